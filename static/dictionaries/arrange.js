"use strict";
// Moves values by dragging; the buttons beside them do the same without a mouse and without this script.
(() => {
  const form = document.querySelector("[data-arrange]");
  if (!form) { return; }
  const list = form.querySelector("ol");
  let dragged = null;
  form.classList.add("di-form--ready");

  const lines = () => [...list.children];
  const place = (event) => {
    const line = event.target.closest("[data-id]");
    if (!line || line === dragged) { return null; }
    const box = line.getBoundingClientRect();
    return { line, after: event.clientY > box.top + box.height / 2 };
  };
  const unmark = () => lines().forEach((line) => line.classList.remove("di-line--above", "di-line--below"));

  for (const grip of form.querySelectorAll("[data-grip]")) {
    grip.draggable = true;
    grip.addEventListener("dragstart", (event) => {
      dragged = grip.closest("[data-id]");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.id);
      event.dataTransfer.setDragImage(dragged, 0, 0);
      dragged.classList.add("di-line--dragged");
    });
    grip.addEventListener("dragend", () => { unmark(); dragged?.classList.remove("di-line--dragged"); dragged = null; });
  }
  list.addEventListener("dragover", (event) => {
    if (!dragged) { return; }
    event.preventDefault();
    unmark();
    const found = place(event);
    found?.line.classList.add(found.after ? "di-line--below" : "di-line--above");
  });
  list.addEventListener("drop", (event) => {
    const found = dragged && place(event);
    if (!found) { return; }
    event.preventDefault();
    const before = lines().map((line) => line.dataset.id).join();
    found.line[found.after ? "after" : "before"](dragged);
    const order = lines().map((line) => line.dataset.id).join();
    if (order === before) { return; }
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "order", value: order });
    form.append(field);
    form.submit();
  });
})();
