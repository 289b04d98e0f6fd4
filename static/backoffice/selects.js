"use strict";
// The theme's fields that complete while one types are named by what is chosen in them, which may be nothing:
// they get the name of the field in front of it.
(() => {
  function name(box) {
    const select = box.previousElementSibling, label = select && select.labels && select.labels[0];
    const field = box.querySelector("[role=combobox]"), value = box.querySelector("[role=textbox]");
    const text = label ? label.textContent.replace("*", "").trim() : (select && select.getAttribute("aria-label")) || "";
    if (!text || !field) { return; }
    if (value) { value.setAttribute("aria-label", text); }
    field.setAttribute("aria-label", text);
    field.setAttribute("aria-labelledby", [field.id ||= `${select.id}-field`, value && value.id].filter(Boolean).join(" "));
    box.querySelectorAll("input[type=search]").forEach((input) => { input.setAttribute("aria-label", text); });
  }
  const within = (item) => [...(item.matches(".select2-container") ? [item] : []), ...item.querySelectorAll(".select2-container")];

  document.addEventListener("DOMContentLoaded", () => {
    within(document.body).forEach(name);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        addedNodes.forEach((item) => { if (item.nodeType === Node.ELEMENT_NODE) { within(item).forEach(name); } });
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
