// Page, sort and filter tables. Without this script the first rows stand in order.
(() => {
  // A value written as a bound, <0.001 or >−0.001, lies between that and 0.
  const number = (text) => {
    if (text === "–" || text === "") return -Infinity;
    const plain = text.replace(/,/g, "").replace("−", "-").replace("∞", "Infinity");
    return /^[<>]/.test(plain) ? Number(plain.slice(1)) / 2 : Number(plain);
  };
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  for (const figure of document.currentScript.parentNode.querySelectorAll(".exhibit.table")) {
    const table = figure.querySelector("table");
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const codes = heads.map((head) => JSON.parse(head.dataset.codes || "{}"));
    const rows = [...body.rows].map((tr) => ({ span: tr.dataset.span || "", cells: [...tr.cells].map((cell) => cell.textContent), tr }));
    const size = rows.length;
    const rest = figure.querySelector("script");
    for (const line of rest ? JSON.parse(rest.textContent).split("\n") : []) {
      const [span, ...cells] = line.split("\t");
      rows.push({ span, cells });
    }
    const element = (row) => {
      if (row.tr) return row.tr;
      row.tr = make("tr");
      if (row.span) row.tr.dataset.span = row.span;
      row.cells.forEach((text, column) => {
        const head = heads[column];
        const leads = row.span && "leads" in head.dataset;
        const cell = make("td", { className: head.className, title: codes[column][text] || "" });
        cell.append(leads ? make("a", { href: `#c${row.span}` }, text) : text);
        row.tr.append(cell);
      });
      return row.tr;
    };
    let shown = rows;
    let page = 0;
    const pager = figure.querySelector(".pager");
    const say = make("span", { role: "status" });
    const before = make("button", { type: "button", onclick: () => turn(page - 1) }, "‹ back");
    const after = make("button", { type: "button", onclick: () => turn(page + 1) }, "more ›");
    const turn = (to) => {
      page = Math.max(0, Math.min(to, Math.ceil(shown.length / size) - 1));
      const part = shown.slice(page * size, (page + 1) * size);
      body.replaceChildren(...part.map(element));
      if (!pager) return;
      const found = shown.length < rows.length ? ` found, of ${rows.length.toLocaleString("en")}` : "";
      const first = page * size + 1;
      say.textContent = part.length ? `${first.toLocaleString("en")} to ${(first + part.length - 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}${found}` : `none${found}`;
      before.disabled = page === 0;
      after.disabled = (page + 1) * size >= shown.length;
    };
    let sorted = {};
    let words = "";
    const arrange = () => {
      shown = words ? rows.filter((row) => row.cells.join(" ").toLowerCase().includes(words)) : [...rows];
      const { column, down } = sorted;
      if (column !== undefined) {
        const compare = heads[column].classList.contains("n") ? (a, b) => number(a) - number(b) || 0 : new Intl.Collator("en").compare;
        shown.sort((a, b) => (down ? compare(b.cells[column], a.cells[column]) : compare(a.cells[column], b.cells[column])));
      }
      heads.forEach((head, at) => head.setAttribute("aria-sort", at !== column ? "none" : down ? "descending" : "ascending"));
      turn(0);
    };
    // Another script may ask for a row.
    figure.rows = rows;
    figure.showRow = (row) => {
      if (!shown.includes(row)) {
        words = "";
        if (box) box.value = "";
        arrange();
      }
      turn(Math.floor(shown.indexOf(row) / size));
      return row.tr;
    };
    if (pager) pager.replaceChildren(before, say, after);
    let box;
    if (rows.length >= 12) {
      box = make("input", { type: "search", placeholder: "filter rows" });
      box.setAttribute("aria-label", `Filter the rows of ${figure.querySelector("figcaption").textContent}`);
      box.addEventListener("input", () => {
        words = box.value.toLowerCase();
        arrange();
      });
      table.parentElement.before(box);
    }
    if (rows.length < 3) continue;
    heads.forEach((head, column) => {
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      // Numbers begin with the largest, words with the first; a third click brings the order back that there was.
      const begin = head.classList.contains("n");
      button.addEventListener("click", () => {
        const again = sorted.column === column;
        sorted = again && sorted.down !== begin ? {} : { column, down: again ? !begin : begin };
        arrange();
      });
      head.setAttribute("aria-sort", "none");
    });
    if (pager) turn(0);
  }
})();
