// One box that ticks them all: <input type="checkbox" data-all="name">.
document.addEventListener("change", (event) => {
  const name = event.target.dataset && event.target.dataset.all;
  if (name) document.querySelectorAll(`input[name="${name}"]`).forEach((box) => { box.checked = event.target.checked; });
});

// A button that writes its value into a field.
document.querySelectorAll("[data-fill]").forEach((button) =>
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.fill);
    field.value = field.value.trim() ? `${field.value.trim()}\n${button.value}` : button.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  })
);

// A field named in the summary of errors is marked and tied to its words.
document.querySelectorAll("#jh-errors a[href^='#']").forEach((link) => {
  const field = document.getElementById(link.getAttribute("href").slice(1));
  if (!field || !field.matches("input, select, textarea")) return;
  field.setAttribute("aria-invalid", "true");
  link.id ||= `error-for-${field.id}`;
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), link.id].filter(Boolean).join(" "));
});

// A table that scrolls and holds nothing to focus can be reached and scrolled with the keyboard.
const scrolls = () => document.querySelectorAll(".jh-scroll").forEach((box) => {
  const over = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  if (over && !box.querySelector("a, button, input, select, textarea")) box.tabIndex = 0;
});
addEventListener("resize", scrolls);
scrolls();
