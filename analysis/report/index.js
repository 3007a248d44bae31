(() => {
  const box = document.getElementById("search");
  const rows = [...document.querySelectorAll("tbody tr")];
  const count = document.getElementById("count");
  const find = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.length}`;
  };
  box.addEventListener("input", find);
  document.getElementById("finder").hidden = false;
  find();
})();
