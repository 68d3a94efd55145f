// The case page by keyboard: J/K next and previous task, 1 to the main act, 2 return. Off while somebody types.
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
      act.focus();
    }
  } else if (event.key === "2") {
    const box = document.querySelector("details.jh-return");
    if (box) {
      event.preventDefault();
      box.open = true;
      box.querySelector("textarea").focus();
    }
  }
});

document.querySelectorAll("[data-fill]").forEach((button) =>
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.fill);
    field.value = field.value.trim() ? `${field.value.trim()}\n${button.value}` : button.value;
    field.focus();
  })
);

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
