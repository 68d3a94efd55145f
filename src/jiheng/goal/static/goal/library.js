// Puts an indicator of the library into the first empty row of the table, as if it had been typed.
(() => {
  const offered = document.getElementById("offered");
  const grid = document.getElementById("grid");
  if (!offered || !grid) return;
  offered.addEventListener("click", (event) => {
    const button = event.target.closest("[data-use]");
    if (!button) return;
    const empty = () => [...grid.tBodies[0].querySelectorAll("[data-row]")].find(
      (row) => [...row.querySelectorAll("[name]")].every((field) => !field.value));
    if (!empty()) document.querySelector('[data-add="grid"]').click();
    const row = empty();
    for (const column of ["level1", "level2", "name", "target"]) {
      row.querySelector(`[name="${column}"]`).value = button.dataset[column];
    }
    grid.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest("li").remove();
    row.querySelector('[name="target"]').focus();
  });
})();
