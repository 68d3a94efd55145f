// Ordering a priority list: by typing a rank, by the buttons, by Alt and arrow keys, or by dragging a row.
// Without this file the ranks that are typed are sorted when the page is saved.
const table = document.querySelector("[data-order]");
const said = document.querySelector("[data-said]");
const figure = (text) => {
  const plain = text.normalize("NFKC").replace(/[,\s]/g, "").replace(/万元$/, "");
  return plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain);
};
const money = (wan) => wan.toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const lines = () => [...table.querySelectorAll("[data-line]")];
const out = (line) => line.querySelector("[data-out]").checked;

/** Numbers the lines that are in, in the order they stand, and sums their amounts. */
function renew() {
  let rank = 0;
  let total = 0;
  lines().forEach((line) => {
    const box = line.querySelector("[data-rank]");
    if (out(line)) {
      box.value = "";
      return;
    }
    rank += 1;
    box.value = String(rank);
    total += figure(line.querySelector("[data-amount]").value) || 0;
  });
  table.querySelector("[data-total]").value = money(total);
  const left = table.querySelector("[data-left]");
  if (table.dataset.ceiling) {
    const rest = Math.round((Number(table.dataset.ceiling) / 10000 - total) * 1e6) / 1e6;
    left.value = rest < 0 ? `超出控制数 ${money(-rest)} 万元` : `还可安排 ${money(rest)} 万元`;
    left.className = rest < 0 ? "jh-wrong" : "";
  }
}

function tell(line) {
  const name = line.querySelector("[data-handle] a").textContent;
  said.textContent = `“${name}”现在排第 ${line.querySelector("[data-rank]").value}`;
}

function step(line, up) {
  const other = up ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (up) other.before(line);
  else other.after(line);
  renew();
  tell(line);
}

function typed(line) {
  const wanted = figure(line.querySelector("[data-rank]").value);
  if (wanted === null) {
    renew();
    return;
  }
  const rest = lines().filter((each) => each !== line && !out(each));
  const place = Math.min(Math.max(Math.round(wanted), 1), rest.length + 1);
  const before = rest[place - 1];
  if (before) before.before(line);
  else if (rest.length) rest[rest.length - 1].after(line);
  renew();
  tell(line);
}

if (table) {
  let dragged = null;
  table.querySelectorAll("[data-moves]").forEach((moves) => { moves.hidden = false; });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    step(button.closest("[data-line]"), button.dataset.move === "up");
    button.focus();
  });
  table.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-rank]")) return;
    const line = event.target.closest("[data-line]");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(line, event.key === "ArrowUp");
      event.target.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      typed(line);
    }
  });
  table.addEventListener("change", (event) => {
    if (event.target.matches("[data-rank]")) typed(event.target.closest("[data-line]"));
    else renew();
  });
  table.addEventListener("input", (event) => {
    if (event.target.matches("[data-amount]")) renew();
  });
  // A row is dragged by its name's cell, so that fields can still be selected with the mouse.
  table.querySelectorAll("[data-handle]").forEach((cell) => { cell.draggable = true; });
  table.addEventListener("dragstart", (event) => {
    const cell = event.target.closest("[data-handle]");
    if (!cell) return;
    dragged = cell.closest("[data-line]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  table.addEventListener("dragover", (event) => {
    const line = event.target.closest("[data-line]");
    if (!dragged || !line) return;
    event.preventDefault();
    if (line === dragged) return;
    const box = line.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) line.before(dragged);
    else line.after(dragged);
  });
  table.addEventListener("dragend", () => {
    if (!dragged) return;
    renew();
    tell(dragged);
    dragged = null;
  });
  renew();
}
