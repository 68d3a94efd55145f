// What every page does: the menu on small screens, “/” for the search box, help, and focus on the error summary.
document.documentElement.classList.add("js");

const KEYS = "jiheng-single-keys";

/** Whether single keys may act: switched on, and nobody is typing or has a dialog open. */
window.jihengKeys = function (event) {
  if (localStorage.getItem(KEYS) === "off") return false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  if (document.querySelector("dialog[open]")) return false;
  // A field that can't be seen, such as one of a dialog just closed, is not being typed in.
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  return !field || field.getClientRects().length === 0;
};

const menu = document.querySelector(".jh-menu");
const nav = document.getElementById("jh-nav");
if (menu) {
  const set = (open) => {
    nav.classList.toggle("jh-open", open);
    menu.setAttribute("aria-expanded", String(open));
  };
  menu.addEventListener("click", () => set(menu.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.getAttribute("aria-expanded") === "true") {
      set(false);
      menu.focus();
    }
  });
}

const help = document.getElementById("jh-help");
const keys = document.getElementById("jh-keys");
keys.checked = localStorage.getItem(KEYS) !== "off";
keys.addEventListener("change", () => localStorage.setItem(KEYS, keys.checked ? "on" : "off"));
document.querySelectorAll("[data-help]").forEach((button) => button.addEventListener("click", () => help.showModal()));

document.addEventListener("keydown", (event) => {
  if (!window.jihengKeys(event)) return;
  const search = document.getElementById("jh-q");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" && !help.open) {
    event.preventDefault();
    help.showModal();
  }
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.jh-person[open]").forEach((open) => {
    if (!open.contains(event.target)) open.open = false;
  });
});

const errors = document.getElementById("jh-errors");
if (errors) errors.focus();

// A table that is wider than its place can be scrolled by keyboard too.
const reachable = () =>
  document.querySelectorAll(".jh-scroll").forEach((box) => {
    const wide = box.scrollWidth > box.clientWidth + 1;
    if (wide && !box.hasAttribute("tabindex")) {
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "region");
      const caption = box.querySelector("caption");
      box.setAttribute("aria-label", caption ? caption.textContent : "可左右滚动");
    }
  });
reachable();
window.addEventListener("resize", reachable);
