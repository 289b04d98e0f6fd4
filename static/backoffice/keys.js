"use strict";
// Shortcuts of the back office. Those of one key can be switched off, and never act while somebody types.
(() => {
  const help = document.querySelector("[data-keys]");
  if (!help) { return; }
  const KEY = "agora-keys", GOING = 1_500, SAID = 4_000;
  const words = help.dataset;
  const said = document.querySelector("[data-keys-said]");
  const toggle = help.querySelector("[data-keys-on]");
  const find = (selector) => document.querySelector(selector);
  let going = 0, saying = 0;

  function isOn() {
    try { return localStorage.getItem(KEY) !== "off"; } catch { return true; }
  }
  function say(text) {
    clearTimeout(saying);
    said.textContent = text;
    saying = setTimeout(() => { said.textContent = ""; }, SAID);
  }

  // Letters of the modules: each takes the first letter of its name that is still free.
  const places = new Map();
  function lettered() {
    for (const link of document.querySelectorAll("#nav-sidebar-apps a[href]")) {
      const group = link.closest("div"), head = group && group.querySelector("h2");
      const name = (head || link.querySelector(".truncate")).textContent.trim();
      if ([...places.values()].some((place) => place.name === name)) { continue; }
      const plain = name.toLowerCase().normalize("NFD").replace(/[^a-z]/g, "");
      const letter = [...plain, ..."abcdefghijklmnopqrstuvwxyz"].find((item) => !places.has(item));
      if (letter) { places.set(letter, { name, href: link.href }); }
    }
    const shown = help.querySelector("[data-keys-places]");
    for (const [letter, { name }] of places) {
      const head = document.createElement("dt"), text = document.createElement("dd");
      for (const key of ["g", letter]) {
        const made = document.createElement("kbd");
        made.className = "ag-kbd";
        made.textContent = key;
        head.append(made, " ");
      }
      text.textContent = name;
      shown.append(head, text);
    }
  }

  // Checkboxes and buttons take no letters; everything else that has a caret or a list of its own does.
  function isTyping(target) {
    const field = target.closest && target.closest("input, textarea, select, [role=combobox], [role=textbox], [role=listbox]");
    if (target.isContentEditable) { return true; }
    return Boolean(field) && !field.matches("[type=checkbox], [type=radio], [type=submit], [type=button]");
  }

  const rows = () => [...document.querySelectorAll("#result_list tbody tr")].filter((row) => row.querySelector("a[href]"));
  const current = () => document.activeElement.closest && document.activeElement.closest("#result_list tbody tr");
  function step(by) {
    const all = rows(), at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (!next) { return; }
    const link = next.querySelector("th a[href], td a[href]") || next.querySelector("a[href]");
    link.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function select() {
    const row = current(), box = row && row.querySelector("input.action-select");
    if (box) { box.click(); }
  }

  const saving = () => find("#submit-row button[name=_save], #submit-row [type=submit], #content .ag-form-buttons [type=submit]");
  function edit() {
    const fields = "input:not([type=hidden], [type=checkbox], [type=radio], :disabled, [readonly]), select:not(:disabled), textarea:not(:disabled)";
    const field = [...document.querySelectorAll(`#content form[method=post]:not(#changelist-form) :is(${fields})`)].find((item) => item.checkVisibility());
    const link = current() && current().querySelector("th a[href], td a[href]");
    if (field) { field.focus(); } else if (link) { link.click(); }
  }
  function create() {
    const link = find("a.addlink[href], #content a[href$='/add/']");
    if (link) { link.click(); }
  }
  function undo() {
    const buttons = document.querySelectorAll(".ag-message__undo button");
    if (buttons.length) { buttons[buttons.length - 1].click(); } else { say(words.wordNone); }
  }
  function search() {
    const field = find("#searchbar");
    if (field) { field.focus(); field.select(); } else { dispatchEvent(new CustomEvent("opencommand")); }
  }
  function go() {
    going = performance.now();
    say(words.wordGo);
  }
  function show() {
    said.textContent = "";
    toggle.checked = isOn();
    if (!help.open) { help.showModal(); }
  }

  const keys = { "?": show, "/": search, n: create, e: edit, s: () => { const button = saving(); if (button) { button.focus(); } }, j: () => step(1), k: () => step(-1), x: select, u: undo, g: go };

  function single(event) {
    if (going && performance.now() - going < GOING) {
      going = 0;
      const place = places.get(event.key.toLowerCase());
      said.textContent = "";
      if (place) { event.preventDefault(); location.assign(place.href); return; }
    }
    going = 0;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  }

  // Out of the field first; then out of the form, where its own way out leads, else to the list.
  function leave(target) {
    if (document.querySelector("details[data-closes-outside][open]") || document.body.classList.contains("overflow-hidden")) { return; }
    if (isTyping(target)) {
      const field = target.closest(".select2-container--open") ? null : target;
      if (field && field.closest("#content form, #changelist-search")) { field.blur(); }
      return;
    }
    const form = find("#content form[method=post]:not(#changelist-form)");
    const cancel = find("#content .ag-form-buttons a[href], #submit-row a[data-cancel]");
    const steps = document.querySelectorAll(".ag-title__part[href]");
    if (form && (saving() || cancel) && (cancel || steps.length)) { location.assign((cancel || steps[steps.length - 1]).href); }
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) { return; }
    const { target } = event;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = target.closest && target.closest("form");
      const button = form && form.matches(".ag-card, [data-submits]") ? form.querySelector("[type=submit]") : saving();
      if (button && !(form && form.id === "changelist-form")) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape" && isOn()) { leave(target); return; }
    if (event.key.length === 1 && isOn() && !isTyping(target)) { single(event); }
  });

  toggle.addEventListener("change", () => {
    try { localStorage.setItem(KEY, toggle.checked ? "on" : "off"); } catch { /* this browser keeps nothing */ }
    say(toggle.checked ? words.wordOn : words.wordOff);
  });
  help.addEventListener("click", (event) => { if (event.target === help) { help.close(); } });
  help.querySelector("[data-keys-close]").addEventListener("click", () => help.close());
  document.querySelectorAll("[data-keys-open]").forEach((button) => button.addEventListener("click", show));
  lettered();
})();
