"use strict";
// Moves widgets by dragging, sets a width at once, and asks for the choices that follow from another one. The buttons
// beside do the same without a mouse and without this script.
(() => {
  const settings = document.querySelector("[data-settings]");
  settings?.addEventListener("change", (event) => {
    if (event.target.matches("[data-refines]")) { settings.querySelector("[data-refine]").click(); }
  });

  const form = document.querySelector("[data-arrange]");
  if (!form) { return; }
  form.classList.add("da-arrange--ready");
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-width]")) { return; }
    event.target.closest("[data-id]").querySelector("[name=widen]").click();
  });
  if (form.hasAttribute("data-fixed")) { return; }  // some are not shown, so an order of all cannot be given

  form.classList.add("da-arrange--drags");
  window.agoraArranging(form, "da-line");
})();
