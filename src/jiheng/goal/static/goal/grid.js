// The indicator table: a block pasted from Excel or WPS fills it, rows are added and removed, weights are added up.
(() => {
  const grid = document.getElementById("grid");
  if (!grid) return;
  const body = grid.tBodies[0];
  const columns = ["level1", "level2", "name", "target", "weight"];
  const rows = () => [...body.querySelectorAll("[data-row]")];
  const cell = (row, column) => row.querySelector(`[name="${column}"]`);
  const undo = document.getElementById("undo");
  let before = null;

  function put(field, text) {
    if (field.tagName === "SELECT") {
      const wanted = text.replace(/\s|[（(].*[）)]/g, "");
      let option = [...field.options].find((o) => o.value && (o.value === wanted || o.value === wanted + "指标"));
      if (!option && wanted) {
        option = new Option(wanted, wanted);
        field.add(option);
      }
      field.value = option ? option.value : "";
    } else {
      field.value = text;
    }
  }

  function add() {
    const row = rows()[0].cloneNode(true);
    for (const column of columns) {
      const field = cell(row, column);
      put(field, "");
      field.id = `${column}-${rows().length}`;
    }
    body.append(row);
    return row;
  }

  function number(text) {
    const plain = text.normalize("NFKC").replace(/[,\s分]/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : 0;
  }

  function sum() {
    const total = rows().reduce((so, row) => so + number(cell(row, "weight").value), 0);
    const all = total + Number(grid.dataset.execution);
    document.getElementById("sum").textContent = String(Math.round(total * 100) / 100);
    const output = document.getElementById("all");
    output.textContent = String(Math.round(all * 100) / 100);
    output.classList.toggle("jh-wrong", Math.round(all * 100) !== 10000);
  }

  // Excel puts a block on the clipboard as lines of tab-separated cells; a cell with a line break is quoted.
  function cells(text) {
    const lines = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
      const line = lines[lines.length - 1];
      const c = text[i];
      if (quoted) {
        if (c === '"' && text[i + 1] === '"') { line[line.length - 1] += '"'; i++; }
        else if (c === '"') quoted = false;
        else line[line.length - 1] += c === "\n" ? " " : c;
      } else if (c === '"' && line[line.length - 1] === "") quoted = true;
      else if (c === "\t") line.push("");
      else if (c === "\n") lines.push([""]);
      else if (c !== "\r") line[line.length - 1] += c;
    }
    if (lines.length > 1 && lines[lines.length - 1].join("") === "") lines.pop();
    return lines.map((line) => line.map((one) => one.trim()));
  }

  const values = () => rows().map((row) => columns.map((column) => cell(row, column).value));

  function restore(saved) {
    while (rows().length > saved.length) rows().pop().remove();
    while (rows().length < saved.length) add();
    saved.forEach((line, r) => columns.forEach((column, c) => put(cell(rows()[r], column), line[c])));
    sum();
  }

  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    before = values();
    const block = cells(text);
    const first = rows().indexOf(event.target.closest("[data-row]"));
    const left = columns.indexOf(event.target.name);
    const above = {};
    block.forEach((line, r) => {
      while (rows().length <= first + r) add();
      const row = rows()[first + r];
      line.forEach((value, c) => {
        const column = columns[left + c];
        if (!column) return;
        // A merged level-1 or level-2 cell arrives empty below its first row.
        if (column === "level1" || column === "level2") {
          if (value) above[column] = value;
          else if (line.some((one) => one)) value = above[column] || "";
        }
        put(cell(row, column), value);
      });
    });
    document.getElementById("pasted").textContent = `已粘贴 ${block.length} 行。`;
    undo.hidden = false;
    sum();
  });

  undo.addEventListener("click", () => {
    restore(before);
    undo.hidden = true;
    document.getElementById("pasted").textContent = "已撤销粘贴。";
  });

  grid.addEventListener("input", sum);
  grid.addEventListener("click", (event) => {
    if (!event.target.matches("[data-remove]")) return;
    if (rows().length > 1) event.target.closest("[data-row]").remove();
    else columns.forEach((column) => put(cell(rows()[0], column), ""));
    sum();
  });
  document.getElementById("add").addEventListener("click", () => cell(add(), "level1").focus());
  sum();
})();
