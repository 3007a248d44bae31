// A row and its words in the article light each other, by pointer and by keyboard. Without this script rows are links.
(() => {
  // What is folded away is printed too, and opened where a link leads into it.
  const open = (element) => {
    for (let outer = element; outer; outer = outer.parentElement) if (outer.tagName === "DETAILS") outer.open = true;
  };
  addEventListener("beforeprint", () => document.querySelectorAll(".appendix").forEach(open));
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.closest("details:not([open])")) return;
    open(target);
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  follow();

  const source = document.querySelector(".source");
  if (!source) return;
  const panel = source.closest(".article");
  const isBeside = () => getComputedStyle(panel).position === "fixed";
  const figures = [...document.querySelectorAll(".exhibit.table")].filter((figure) => figure.rows);

  // Spans count characters; a script counts the units of UTF-16, of which a character may have two.
  const text = source.textContent;
  const units = [];
  if (/[\ud800-\udbff]/.test(text)) {
    let unit = 0;
    for (const character of text) {
      units.push(unit);
      unit += character.length;
    }
    units.push(unit);
  }
  const unitOf = (at) => (units.length ? units[Math.min(at, units.length - 1)] : at);
  const nodes = [];
  const walker = document.createTreeWalker(source, NodeFilter.SHOW_TEXT);
  for (let node, begin = 0; (node = walker.nextNode()); begin += node.length) nodes.push({ node, begin });
  const locate = (unit) => {
    let low = 0;
    let high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (nodes[middle].begin <= unit) low = middle;
      else high = middle - 1;
    }
    return [nodes[low].node, unit - nodes[low].begin];
  };
  const rangeOf = (start, end) => {
    const range = new Range();
    range.setStart(...locate(start));
    const [node, at] = locate(end - 1);
    range.setEnd(node, at + 1);
    return range;
  };
  const spanOf = (span) => span.split("-").map(Number).map(unitOf);

  const see = (range) => {
    const place = range.getBoundingClientRect();
    const box = source.getBoundingClientRect();
    if (isBeside() && (place.top < box.top || place.bottom > box.bottom)) source.scrollBy({ top: place.top - box.top - box.height / 3 });
  };
  const light = (start, end) => {
    const range = rangeOf(start, end);
    if (window.Highlight) CSS.highlights.set("lit", new Highlight(range));
    else getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
    return range;
  };
  const lightRows = (isLit) => {
    for (const tr of document.querySelectorAll("tr[data-span], tr.lit")) tr.classList.toggle("lit", isLit(tr));
  };

  // From a row to the article.
  const choose = (event) => {
    const tr = event.target.closest?.("tr[data-span]");
    if (!tr || tr.classList.contains("lit")) return;
    lightRows((other) => other === tr);
    see(light(...spanOf(tr.dataset.span)));
  };
  document.addEventListener("pointerover", choose);
  document.addEventListener("focusin", choose);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("tr[data-span] a, a.layer");
    if (!link) return;
    if (link.matches(".layer")) document.getElementById(link.hash.slice(1)).checked = true;
    else {
      const range = light(...spanOf(link.closest("tr").dataset.span));
      see(range);
      if (!isBeside() && !document.getElementById(link.hash.slice(1))) scrollTo({ top: scrollY + range.getBoundingClientRect().top - innerHeight / 3 });
    }
    if (isBeside() || !document.getElementById(link.hash.slice(1))) event.preventDefault();
  });

  // From the article to the rows.
  const found = panel.querySelector(".found");
  const holds = (span, start, end) => span && spanOf(span)[0] < end && start < spanOf(span)[1];
  const tell = (start, end, focus) => {
    const links = [];
    for (const figure of figures) {
      const rows = figure.rows.filter((row) => holds(row.span, start, end));
      if (!rows.length) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = figure.querySelector("figcaption b")?.textContent.replace(/\.$/, "") || figure.id;
      button.title = figure.querySelector("figcaption").textContent;
      button.addEventListener("click", () => {
        open(figure);
        const tr = figure.showRow(rows[0]);
        lightRows((other) => other === tr);
        tr.scrollIntoView({ block: "center" });
        tr.querySelector("a")?.focus({ preventScroll: true });
      });
      links.push(button);
    }
    found.replaceChildren(links.length ? "In " : "In no table.", ...links);
    if (focus) links[0]?.focus();
  };
  const lightAt = (start, end) => {
    lightRows((tr) => holds(tr.dataset.span, start, end));
    return light(start, end);
  };
  const words = [...text.matchAll(/[\p{L}\p{N}]+(?:[-’'.][\p{L}\p{N}]+)*/gu)].map((word) => [word.index, word.index + word[0].length]);
  const wordAt = (unit, step) => {
    if (!step) return words.find(([start, end]) => start <= unit && unit < end);
    return step > 0 ? words.find(([start]) => start > unit) : words.findLast(([start]) => start < unit);
  };
  const pointed = (event) => {
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = place || document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const node = place ? place.offsetNode : range?.startContainer;
    const entry = nodes.find((each) => each.node === node);
    return entry && wordAt(entry.begin + (place ? place.offset : range.startOffset), 0);
  };
  let word;
  let waiting = false;
  source.addEventListener("pointermove", (event) => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const now = pointed(event);
      if (!now || now[0] === word?.[0]) return;
      word = now;
      lightAt(...word);
    });
  });
  source.addEventListener("click", (event) => {
    word = pointed(event) || word;
    if (word) tell(...word, false);
  });
  source.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      word = wordAt(word ? word[0] : -1, step) || word;
      if (word) see(lightAt(...word));
    } else if (event.key === "Enter" && word) tell(...word, true);
    else return;
    event.preventDefault();
  });
})();
