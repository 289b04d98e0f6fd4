// Arrow keys and Enter lead up and down a column of the grid of prices. Without the script the grid works by Tab.
(() => {
  "use strict";
  const STEPS = {ArrowUp: -1, ArrowDown: 1, Enter: 1};

  const beside = (input, step) => {
    const cell = input.closest("td");
    let row = cell.parentElement;
    do {
      row = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    } while (row && !row.cells[cell.cellIndex]?.querySelector("input"));
    return row?.cells[cell.cellIndex].querySelector("input");
  };

  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const input = event.target;
    if (!step || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (!(input instanceof HTMLInputElement) || !input.closest("[data-price-grid] td")) { return; }
    const next = beside(input, step);
    if (!next) { return; }
    event.preventDefault();
    next.focus();
    next.select();
  });
})();
