"use strict";
// The offer to undo stands for its seconds, longer while somebody points at it or has the focus in it.
function watchOffer(item) {
  const form = item.querySelector("form");
  let left = Number(item.dataset.undoSeconds) * 1000;
  let held = false;
  for (const [event, value] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
    item.addEventListener(event, () => { held = value; });
  }
  const timer = setInterval(() => {
    if (held) { return; }
    left -= 250;
    if (left <= 0) {
      clearInterval(timer);
      form.remove();
    }
  }, 250);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-undo-seconds]").forEach(watchOffer);
  const closing = () => document.querySelectorAll("details[data-closes-outside][open]");
  document.addEventListener("click", (event) => {
    closing().forEach((item) => { if (!item.contains(event.target)) { item.open = false; } });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { return; }
    closing().forEach((item) => { item.open = false; item.querySelector("summary").focus(); });
  });
});

// The theme renumbers rows by rewriting their markup, which forgets what was typed unless the markup knows it.
document.addEventListener("input", (event) => {
  const item = event.target;
  if (!item.closest || !item.closest(".formset")) { return; }
  if (item.matches("select")) {
    [...item.options].forEach((option) => option.toggleAttribute("selected", option.selected));
  } else if (item.matches("textarea")) {
    item.textContent = item.value;
  } else if (item.matches("[type=checkbox], [type=radio]")) {
    item.toggleAttribute("checked", item.checked);
  } else {
    item.setAttribute("value", item.value);
  }
});

// The page is hidden until the theme's script has run, and what is hidden cannot take the focus that its markup asks for.
// Where a form is new, its first field does, or the first that is wrong; not where a keyboard would cover the screen.
function firstField() {
  const form = matchMedia("(hover: hover)").matches && document.querySelector("[data-focus-first]")?.closest("form");
  const fields = form ? [...form.querySelectorAll("input, select, textarea")] : [];
  const open = fields.filter((item) => !item.disabled && item.type !== "hidden" && item.checkVisibility());
  return open.find((item) => item.matches("[aria-invalid=true]")) || open[0];
}
document.addEventListener("alpine:initialized", () => requestAnimationFrame(() => {
  const field = document.querySelector("[autofocus]") || firstField();
  if (field && document.activeElement === document.body) { field.focus(); }
}));
