// Sort a table by a click on a heading and filter a long one by a word. Without this script tables are whole and in order.
(() => {
  // A value written as a bound, <0.001 or >−0.001, lies between that and 0.
  const number = (text) => {
    if (text === "–" || text === "") return -Infinity;
    const plain = text.replace(/,/g, "").replace("−", "-").replace("∞", "Infinity");
    return /^[<>]/.test(plain) ? Number(plain.slice(1)) / 2 : Number(plain);
  };
  for (const table of document.querySelectorAll(".exhibit.table table")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < 3) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      const numeric = head.classList.contains("n");
      button.addEventListener("click", () => {
        // Numbers begin with the largest, words with the first.
        const before = head.getAttribute("aria-sort");
        const down = before ? before === "ascending" : numeric;
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[column].textContent;
        const compare = numeric ? (a, b) => number(value(a)) - number(value(b)) || 0 : (a, b) => value(a).localeCompare(value(b), "en");
        body.append(...[...rows].sort((a, b) => (down ? compare(b, a) : compare(a, b))));
      });
    });
    if (rows.length < 12) continue;
    const box = document.createElement("input");
    box.type = "search";
    box.placeholder = "filter rows";
    box.setAttribute("aria-label", `Filter the rows of ${table.closest("figure").querySelector("figcaption").textContent}`);
    box.addEventListener("input", () => {
      const word = box.value.toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(word);
    });
    table.parentElement.before(box);
  }
})();
