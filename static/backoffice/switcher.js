"use strict";
// The switcher of organizations: typing narrows it, arrows go through it.
(() => {
  const box = document.querySelector("details[data-organizations]");
  if (!box) { return; }
  const filter = box.querySelector("[data-switch-filter]"), none = box.querySelector("[data-switch-none]");
  const items = [...box.querySelectorAll("button[name=organization]")];
  const fold = (text) => text.toLowerCase().replaceAll("ł", "l").normalize("NFD").replace(/\p{M}/gu, "");
  const shown = () => items.filter((item) => !item.hidden);

  box.addEventListener("toggle", () => {
    if (!box.open) { return; }
    if (filter) { filter.value = ""; narrow(); filter.focus(); return; }
    (items.find((item) => item.getAttribute("aria-current")) || items[0]).focus();
  });

  function narrow() {
    const words = fold(filter.value).split(/\s+/).filter(Boolean);
    box.classList.toggle("ag-switch--narrowed", words.length > 0);
    items.forEach((item) => { item.hidden = !words.every((word) => fold(item.dataset.words).includes(word)); });
    none.hidden = shown().length > 0;
  }

  if (filter) {
    filter.addEventListener("input", narrow);
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") { return; }
      event.preventDefault();
      const [first] = shown();
      if (first && filter.value.trim()) { first.click(); }
    });
  }
  box.addEventListener("keydown", (event) => {
    const all = shown(), at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !box.open || (event.target === filter && ["Home", "End"].includes(event.key))) { return; }
    event.preventDefault();
    if (to < 0 && filter) { filter.focus(); } else { (all[Math.min(Math.max(to, 0), all.length - 1)] || filter || box).focus(); }
  });
})();
