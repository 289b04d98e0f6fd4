/* Makes tabs of sections that stand below each other: without this script they are all there to be read. */
"use strict";

(() => {
  let made = 0;

  function select(tabs, chosen, { focus = false } = {}) {
    tabs.forEach(({ button, section }) => {
      const isChosen = button === chosen;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      section.hidden = !isChosen;
    });
    if (focus) chosen.focus();
  }

  function step(tabs, event) {
    const place = tabs.findIndex(({ button }) => button === event.target);
    const last = tabs.length - 1;
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(tabs, tabs[(next + tabs.length) % tabs.length].button, { focus: true });
  }

  function enhance(box) {
    if (box.dataset.agDone) return;
    box.dataset.agDone = "1";
    const list = document.createElement("div");
    list.className = "ag-tablist";
    list.setAttribute("role", "tablist");
    if (box.dataset.agTabs) list.setAttribute("aria-label", box.dataset.agTabs);
    const tabs = [...box.querySelectorAll(":scope > [data-ag-tab]")].map((section) => {
      const button = document.createElement("button");
      made += 1;
      section.id = section.id || `ag-panel-${made}`;
      button.id = `ag-tab-${made}`;
      button.type = "button";
      button.textContent = section.dataset.agTab;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", section.id);
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", button.id);
      section.querySelector(":scope > h3")?.remove();
      list.append(button);
      return { button, section };
    });
    if (!tabs.length) return;
    box.prepend(list);
    tabs.forEach(({ button }) => button.addEventListener("click", () => select(tabs, button)));
    list.addEventListener("keydown", (event) => step(tabs, event));
    select(tabs, tabs[0].button);
  }

  document.querySelectorAll("[data-ag-tabs]").forEach(enhance);
})();
