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

// A form with a list whose lines are put into another order by their grips, and sent with it. Their classes begin with
// `line`.
window.agoraArranging = (form, line) => {
  const list = form.querySelector("ol"), lines = () => [...list.children];
  const order = () => lines().map((item) => item.dataset.id).join();
  for (const grip of form.querySelectorAll("[data-grip]")) { grip.draggable = true; }
  window.agoraDragging({
    root: list,
    grip: "[data-grip]",
    thing: "[data-id]",
    dragged: `${line}--dragged`,
    place: (event, held) => {
      const item = event.target.closest("[data-id]");
      if (!item || item === held) { return null; }
      const box = item.getBoundingClientRect();
      return { item, after: event.clientY > box.top + box.height / 2 };
    },
    mark: ({ item, after }) => item.classList.add(`${line}--${after ? "below" : "above"}`),
    unmark: () => lines().forEach((item) => item.classList.remove(`${line}--above`, `${line}--below`)),
    drop: (held, { item, after }) => {
      const before = order();
      item[after ? "after" : "before"](held);
      if (order() === before) { return; }
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "order", value: order() });
      form.append(field);
      form.submit();
    },
  });
};
