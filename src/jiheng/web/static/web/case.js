// The case page by keyboard: J/K next and previous, 1 the main act, 2 return, H later. Off while somebody types.
// In a list of tasks 1 leads to the button; while reading one case after another it does the act at once.
function accept(button) {
  const form = button.form;
  const empty = [...form.querySelectorAll("[data-needed]")]
    .map((box) => box.querySelector("input, select, textarea"))
    .find((field) => field && !field.value.trim());
  if (empty) empty.focus();
  else form.requestSubmit(button);
}

document.addEventListener("keydown", (event) => {
  if (!window.jihengKeys(event)) return;
  const go = (id) => {
    const link = document.getElementById(id);
    if (link) link.click();
  };
  if (event.key === "j" || event.key === "J") go("jh-after");
  else if (event.key === "k" || event.key === "K") go("jh-before");
  else if (event.key === "1") {
    const act = document.getElementById("jh-main-act");
    if (act) {
      event.preventDefault();
      if (document.getElementById("jh-reading")) accept(act);
      else act.focus();
    }
  } else if (event.key === "h" || event.key === "H") go("jh-later");
  else if (event.key === "2") {
    const box = document.querySelector("details.jh-return");
    if (box) {
      event.preventDefault();
      box.open = true;
      box.querySelector("textarea").focus();
    }
  }
});

// Ctrl+Enter sends the form in which somebody writes.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey || !event.target.closest("form.jh-step")) return;
  event.preventDefault();
  const form = event.target.closest("form.jh-step");
  form.requestSubmit(form.querySelector("button.btn:not([type=button])"));
});

// A second click while the first is on its way does nothing.
document.querySelectorAll("form.jh-step").forEach((form) =>
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  })
);
window.addEventListener("pageshow", () =>
  document.querySelectorAll("form.jh-step").forEach((form) => delete form.dataset.sent)
);
