"use strict";
// Rows of the grid of variants are moved by dragging, or by their buttons without leaving the page: the order in which
// they stand is the order that is saved. Without this script each button saves by itself.
(() => {
  const form = document.querySelector("[data-grid]"), rows = form?.querySelector("[data-rows]");
  if (!rows || !rows.querySelector("[data-grip]")) { return; }
  const all = () => [...rows.children], status = form.querySelector("[data-status]");

  function settle(row) {
    const list = all();
    list.forEach((item, place) => {
      item.querySelector("[data-move='-1']").disabled = place === 0;
      item.querySelector("[data-move='1']").disabled = place === list.length - 1;
    });
    status.textContent = form.dataset.said
      .replace("{name}", row.dataset.name).replace("{place}", list.indexOf(row) + 1).replace("{count}", list.length);
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  rows.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-move]");
    if (!button) { return; }
    event.preventDefault();
    const row = button.closest("[data-id]"), up = button.dataset.move === "-1";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) { return; }
    other[up ? "before" : "after"](row);
    settle(row);
    (button.disabled ? row.querySelector(`[data-move='${up ? 1 : -1}']`) : button).focus();
  });

  form.classList.add("va-grid--ready");
  for (const grip of form.querySelectorAll("[data-grip]")) { grip.draggable = true; }
  window.agoraDragging({
    root: rows,
    grip: "[data-grip]",
    thing: "[data-id]",
    dragged: "va-row--dragged",
    place: (event, held) => {
      const item = event.target.closest("[data-id]");
      if (!item || item === held) { return null; }
      const box = item.getBoundingClientRect();
      return { item, after: event.clientY > box.top + box.height / 2 };
    },
    mark: ({ item, after }) => item.classList.add(`va-row--${after ? "below" : "above"}`),
    unmark: () => all().forEach((item) => item.classList.remove("va-row--above", "va-row--below")),
    drop: (held, { item, after }) => {
      item[after ? "after" : "before"](held);
      settle(held);
    },
  });
})();
