"use strict";
// Copies the text of an element; where the browser forbids that, marks it for the keyboard.
document.querySelectorAll("[data-copies]").forEach((button) => {
  const source = document.getElementById(button.dataset.copies);
  const told = document.querySelector("[data-copied]");
  const mark = () => {
    getSelection().selectAllChildren(source);
    source.focus();
    told.textContent = told.dataset.marked;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!navigator.clipboard) { mark(); return; }
    navigator.clipboard.writeText(source.textContent).then(() => { told.textContent = told.dataset.copied; }, mark);
  });
});
