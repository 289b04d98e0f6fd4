"use strict";
// Puts the browser's own chooser beside a field for a colour; what stands in the field counts.
addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("[data-color]")) {
    const chooser = document.createElement("input"), frame = document.createElement("span");
    chooser.type = "color";
    chooser.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() || field.name);
    const show = () => { if (/^#[0-9a-f]{6}$/i.test(field.value)) { chooser.value = field.value; } };
    frame.className = "di-color";
    field.before(frame);
    frame.append(chooser, field);
    chooser.addEventListener("input", () => { field.value = chooser.value.toUpperCase(); });
    field.addEventListener("input", show);
    show();
  }
});
