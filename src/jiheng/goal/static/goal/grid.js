// Tables that are filled in: a block pasted from Excel or WPS is shown first and written only then, as a whole it can be
// taken back; rows are added and removed, weights are added up.
(() => {
  const form = document.getElementById("goal");
  if (!form) return;
  const dialog = document.getElementById("paste");
  const pasted = document.getElementById("pasted");
  const undo = document.getElementById("undo");
  const LEVELS = ["level1", "level2"];
  const FIGURES = { weight: [0, 100, 2], task_fiscal: [0, 1e11, 6], task_other: [0, 1e11, 6] };
  const NAMES = {
    level1: "一级指标", level2: "二级指标", name: "三级指标", target: "指标值", weight: "分值",
    task: "任务名称", content: "主要内容", task_fiscal: "财政拨款", task_other: "其他资金",
  };
  const LONGEST = { level1: 40, level2: 60, name: 200, target: 500, task: 200, content: 1000 };
  const REQUIRED = ["level1", "name", "task"];
  const grids = [...form.querySelectorAll("table.jh-grid")].map((table) => new Grid(table));
  let taken = null;

  function Grid(table) {
    const body = table.tBodies[0];
    const columns = [...body.querySelector("[data-row]").querySelectorAll("[name]")].map((field) => field.name);
    const rows = () => [...body.querySelectorAll("[data-row]")];
    const cell = (row, column) => row.querySelector(`[name="${column}"]`);

    function put(field, text) {
      if (field.tagName !== "SELECT") {
        field.value = text;
        return;
      }
      const wanted = text.replace(/\s|[（(].*[）)]/g, "");
      let option = [...field.options].find((o) => o.value && (o.value === wanted || o.value === wanted + "指标"));
      if (!option && wanted) {
        option = new Option(wanted, wanted);
        field.add(option);
      }
      field.value = option ? option.value : "";
    }

    function add() {
      const row = rows()[0].cloneNode(true);
      const count = rows().length;
      for (const column of columns) {
        const field = cell(row, column);
        put(field, "");
        field.id = `${column}-${count}`;
      }
      body.append(row);
      return row;
    }

    const values = () => rows().map((row) => columns.map((column) => cell(row, column).value));

    function restore(saved) {
      while (rows().length > saved.length) rows().pop().remove();
      while (rows().length < saved.length) add();
      saved.forEach((line, r) => columns.forEach((column, c) => put(cell(rows()[r], column), line[c])));
      sum();
    }

    function remove(button) {
      if (rows().length > 1) button.closest("[data-row]").remove();
      else columns.forEach((column) => put(cell(rows()[0], column), ""));
      sum();
    }

    function write(lines, first, left) {
      lines.forEach((line, r) => {
        while (rows().length <= first + r) add();
        line.forEach((value, c) => {
          if (columns[left + c]) put(cell(rows()[first + r], columns[left + c]), value);
        });
      });
      sum();
    }

    Object.assign(this, { table, body, columns, rows, cell, add, values, restore, remove, write });
  }

  function number(text) {
    const plain = text.normalize("NFKC").replace(/[,\s分]/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : 0;
  }

  function sum() {
    const grid = grids.find((each) => each.table.id === "grid");
    const total = grid.rows().reduce((so, row) => so + number(grid.cell(row, "weight").value), 0);
    const all = total + Number(grid.table.dataset.execution);
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

  // Full-width digits and signs made plain in figures and targets; merged levels filled down; a head line left out.
  function clean(block, columns, left) {
    const heads = Object.values(NAMES);
    const head = block.length > 1 && block[0].filter((one) => heads.includes(one.replace(/[（(].*|\s/g, ""))).length >= 2;
    const above = {};
    let flattened = false;
    const lines = (head ? block.slice(1) : block).map((line) => line.map((value, c) => {
      const column = columns[left + c];
      if (LEVELS.includes(column)) {
        if (value) {
          above[column] = value;
          if (column === "level1") delete above.level2;
        } else if (line.some((one) => one) && above[column]) {
          flattened = true;
          return above[column];
        }
      }
      if (column in FIGURES) return value.normalize("NFKC").replace(/[,\s]/g, "").replace(/(分|万元)$/, "");
      if (column === "target") return value.replace(/[０-９％．＞＜＝]/g, (sign) => sign.normalize("NFKC"));
      return value;
    }));
    return { lines, head, flattened };
  }

  function fault(column, value) {
    if (!value) return REQUIRED.includes(column) ? "不能空白" : "";
    if (column in FIGURES) {
      const [least, most, places] = FIGURES[column];
      const shape = new RegExp(`^\\d+(\\.\\d{0,${places}})?$`);
      if (!shape.test(value) || Number(value) < least || Number(value) > most) return `不是 ${least} 至 ${most} 的数`;
    }
    return LONGEST[column] && value.length > LONGEST[column] ? `超过 ${LONGEST[column]} 个字` : "";
  }

  function preview(grid, found, first, left) {
    const shown = grid.columns.slice(left, left + Math.max(...found.lines.map((line) => line.length)));
    const head = dialog.querySelector("thead tr");
    head.replaceChildren(...shown.map((column) => {
      const th = document.createElement("th");
      th.scope = "col";
      th.textContent = NAMES[column];
      return th;
    }));
    let faults = 0;
    dialog.querySelector("tbody").replaceChildren(...found.lines.map((line) => {
      const row = document.createElement("tr");
      row.append(...shown.map((column, c) => {
        const td = document.createElement("td");
        td.textContent = line[c] || "";
        const wrong = fault(column, line[c] || "");
        if (wrong) {
          faults++;
          td.classList.add("jh-wrong");
          td.append(` ✕ ${wrong}`);
        }
        return td;
      }));
      return row;
    }));
    const more = found.lines.some((line) => line.length > shown.length);
    document.getElementById("paste-told").textContent = [
      `共 ${found.lines.length} 行，将从第 ${first + 1} 行写起。`,
      faults ? `有 ${faults} 格需要改，已标出；写入后可在表里改正。` : "没有发现问题。",
      found.head ? "标题行没有写入。" : "",
      found.flattened ? "合并单元格已逐行填上。" : "",
      more ? "多出的列没有写入。" : "",
    ].join("");
    dialog.returnValue = "no";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "write") {
        pasted.textContent = "没有写入。";
        return;
      }
      taken = { grid, saved: grid.values() };
      grid.write(found.lines, first, left);
      pasted.textContent = `已粘贴 ${found.lines.length} 行。`;
      undo.hidden = false;
      const wrong = grid.rows().flatMap((row) => grid.columns.map((column) => grid.cell(row, column)));
      wrong.forEach((field) => {
        const bad = field.value && fault(field.name, field.value.trim());
        bad ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
      });
    }, { once: true });
  }

  // A block goes to the cell that has the focus; with none, to the first empty row of the indicators.
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/\t/.test(text.trim()) && !(/\n/.test(text.trim()) && event.target.closest("[data-row]"))) return;
    const inside = event.target.closest("table.jh-grid");
    if (!inside && event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    const grid = grids.find((each) => each.table === (inside || document.getElementById("grid")));
    const row = event.target.closest("[data-row]");
    const empty = grid.values().findIndex((line) => line.every((one) => !one));
    const first = row ? grid.rows().indexOf(row) : empty < 0 ? grid.rows().length : empty;
    const left = Math.max(0, grid.columns.indexOf(event.target.name));
    preview(grid, clean(cells(text), grid.columns, left), first, left);
  });

  undo.addEventListener("click", () => {
    taken.grid.restore(taken.saved);
    undo.hidden = true;
    pasted.textContent = "已撤销粘贴。";
  });

  grids.forEach((grid) => {
    grid.table.addEventListener("input", sum);
    grid.table.addEventListener("click", (event) => {
      if (event.target.matches("[data-remove]")) grid.remove(event.target);
    });
    const button = document.querySelector(`[data-add="${grid.table.id}"]`);
    button.addEventListener("click", () => grid.cell(grid.add(), grid.columns[0]).focus());
  });
  sum();
})();
