"use strict";
// Dragging of things to places, for pages that also offer buttons for it. Listens on a root that stays, so that what
// is in it may be exchanged. `place(event, thing)` says where a drop would go (null: nowhere), `mark` shows that.
window.agoraDragging = ({ root, grip, thing, dragged, place, mark, unmark, drop }) => {
  let held = null;
  root.addEventListener("dragstart", (event) => {
    const handle = event.target.closest?.(grip);
    if (!handle) { return; }
    held = handle.closest(thing);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.id || held.dataset.id || "");
    if (handle !== held) { event.dataTransfer.setDragImage(held, 0, 0); }
    held.classList.add(dragged);
  });
  root.addEventListener("dragend", () => {
    unmark();
    held?.classList.remove(dragged);
    held = null;
  });
  root.addEventListener("dragover", (event) => {
    if (!held) { return; }
    event.preventDefault();
    unmark();
    const found = place(event, held);
    if (found) { mark(found); }
  });
  root.addEventListener("drop", (event) => {
    const found = held && place(event, held);
    if (!found) { return; }
    event.preventDefault();
    drop(held, found);
  });
  return { isDragging: () => held !== null };
};
