// One box that ticks them all: <input type="checkbox" data-all="name">.
document.addEventListener("change", (event) => {
  const name = event.target.dataset && event.target.dataset.all;
  if (name) document.querySelectorAll(`input[name="${name}"]`).forEach((box) => { box.checked = event.target.checked; });
});

// A field named in the summary of errors is marked and tied to its words.
document.querySelectorAll("#jh-errors a[href^='#']").forEach((link) => {
  const field = document.getElementById(link.getAttribute("href").slice(1));
  if (!field || !field.matches("input, select, textarea")) return;
  field.setAttribute("aria-invalid", "true");
  link.id ||= `error-for-${field.id}`;
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), link.id].filter(Boolean).join(" "));
});
