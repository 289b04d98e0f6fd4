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

  const list = form.querySelector("ol");
  const lines = () => [...list.children];
  const order = () => lines().map((line) => line.dataset.id).join();
  let dragged = null;
  form.classList.add("da-arrange--drags");

  function place(event) {
    const line = event.target.closest("[data-id]");
    if (!line || line === dragged) { return null; }
    const box = line.getBoundingClientRect();
    return { line, after: event.clientY > box.top + box.height / 2 };
  }
  const unmark = () => lines().forEach((line) => line.classList.remove("da-line--above", "da-line--below"));

  for (const grip of form.querySelectorAll("[data-grip]")) {
    grip.draggable = true;
    grip.addEventListener("dragstart", (event) => {
      dragged = grip.closest("[data-id]");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.id);
      event.dataTransfer.setDragImage(dragged, 0, 0);
      dragged.classList.add("da-line--dragged");
    });
    grip.addEventListener("dragend", () => { unmark(); dragged?.classList.remove("da-line--dragged"); dragged = null; });
  }
  list.addEventListener("dragover", (event) => {
    if (!dragged) { return; }
    event.preventDefault();
    unmark();
    const found = place(event);
    found?.line.classList.add(found.after ? "da-line--below" : "da-line--above");
  });
  list.addEventListener("drop", (event) => {
    const found = dragged && place(event);
    if (!found) { return; }
    event.preventDefault();
    const before = order();
    found.line[found.after ? "after" : "before"](dragged);
    if (order() === before) { return; }
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "order", value: order() });
    form.append(field);
    form.submit();
  });
})();
