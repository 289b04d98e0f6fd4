"use strict";
// The panel of columns: they are moved by buttons or dragged; the form sends them in the order in which they stand.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-arranges]").forEach((list) => {
    list.querySelectorAll(".vw-scripted").forEach((item) => { item.hidden = false; });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-moves]");
      if (!button) { return; }
      const item = button.closest("li");
      if (button.dataset.moves === "-1" && item.previousElementSibling) { item.previousElementSibling.before(item); }
      if (button.dataset.moves === "1" && item.nextElementSibling) { item.nextElementSibling.after(item); }
      button.focus();
      item.scrollIntoView({block: "nearest"});
    });
    drag(list);
  });
});

function drag(list) {
  let held = null;
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    held.classList.add("vw-item--dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held || !over || over === held || over.parentElement !== list) { return; }
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) { over.before(held); } else { over.after(held); }
  });
  list.addEventListener("dragend", () => {
    if (held) { held.classList.remove("vw-item--dragged"); }
    held = null;
  });
}
