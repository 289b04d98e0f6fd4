"use strict";
// Writing a comment: behind an @ the names of people are offered, and whoever is chosen will be told.
// Without this script a comment is written as well; it then tells nobody in particular.
(() => {
  const form = document.querySelector("[data-composer]");
  if (!form) { return; }
  const body = form.querySelector("[data-body]");
  const list = form.querySelector("[data-found]");
  const told = form.querySelector("[data-told]");
  const said = form.querySelector("[data-said]");
  const WAIT = 150;
  const ASKED = /(^|\s)@([\p{L}\p{N}._'-]{0,30})$/u;
  let found = [], place = -1, timer = 0, asked = 0;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const before = () => body.value.slice(0, body.selectionStart);

  form.querySelector("[data-hint]").hidden = false;
  list.id = "comment-people";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", told.getAttribute("aria-label"));
  body.setAttribute("aria-autocomplete", "list");
  body.setAttribute("aria-controls", list.id);

  function close() {
    found = [];
    place = -1;
    list.hidden = true;
    list.replaceChildren();
    body.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    place = next;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === place)));
    if (place >= 0) { body.setAttribute("aria-activedescendant", list.children[place].id); }
  }

  function show(people) {
    found = people;
    if (!people.length) { close(); return; }
    list.replaceChildren(...people.map((person, n) => {
      const item = document.createElement("div");
      item.id = `comment-person-${n}`;
      item.setAttribute("role", "option");
      item.textContent = person.name;
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(n); });
      return item;
    }));
    list.hidden = false;
    mark(0);
    said.textContent = fill(form.dataset.wordFound, { count: people.length });
  }

  async function ask(text) {
    const number = ++asked;
    try {
      const answer = await fetch(`${form.dataset.people}?q=${encodeURIComponent(text)}`);
      if (!answer.ok || number !== asked) { return; }
      show((await answer.json()).results);
    } catch { close(); }
  }

  function look() {
    clearTimeout(timer);
    const match = ASKED.exec(before());
    if (!match) { asked += 1; close(); return; }
    timer = setTimeout(() => ask(match[2]), WAIT);
  }

  function removal(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", fill(form.dataset.wordRemove, { name: item.dataset.name }));
    const icon = document.createElement("span");
    icon.className = "material-symbols-outlined";
    icon.setAttribute("aria-hidden", "true");
    icon.textContent = "close";
    button.append(icon);
    button.addEventListener("click", () => { item.remove(); body.focus(); });
    return button;
  }

  function tell(person) {
    if ([...told.querySelectorAll("input")].some((input) => input.value === person.id)) { return; }
    const item = document.createElement("li");
    item.dataset.name = person.name;
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "mention_ids";
    input.value = person.id;
    item.append(input, person.name, removal(item));
    told.append(item);
  }

  function choose(n) {
    const person = found[n], match = ASKED.exec(before());
    if (!person || !match) { close(); return; }
    const start = body.selectionStart - match[2].length;
    body.setRangeText(`${person.name} `, start, body.selectionStart, "end");
    tell(person);
    close();
  }

  body.addEventListener("input", look);
  body.addEventListener("blur", () => setTimeout(close, WAIT));
  body.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); form.requestSubmit(); return; }
    if (list.hidden) { return; }
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) { mark((place + steps[event.key] + found.length) % found.length); }
    else if (event.key === "Enter" || event.key === "Tab") { choose(place); }
    else if (event.key === "Escape") { close(); }
    else { return; }
    event.preventDefault();
    event.stopPropagation();
  });
  // Whose name was taken out of the text again is not told.
  form.addEventListener("submit", () => {
    for (const item of [...told.children]) { if (!body.value.includes(`@${item.dataset.name}`)) { item.remove(); } }
  });
  [...told.children].forEach((item) => item.append(removal(item)));
})();
