"use strict";
// The dialog of the advanced filter. A condition is a group of rows and of groups of rows: more the server does not take.
// What a row cannot show is kept as it is. Before the list is opened anew, the server says what it does not understand.
class Builder {
  constructor(dialog, data) {
    Object.assign(this, {dialog, data, words: dialog.dataset, faults: data.faults || [], serial: 0});
    this.fields = new Map(data.fields.map((field) => [field.name, field]));
    this.place = dialog.querySelector("[data-tree]");
    this.general = dialog.querySelector("[data-general]");
    this.form = dialog.querySelector("form");
    this.root = this.readRoot(data.tree);
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.apply(); });
    dialog.querySelector("[data-cancels]").addEventListener("click", () => dialog.close());
    dialog.querySelector("[data-empties]").addEventListener("click", () => { this.root = this.empty("and"); this.apply(); });
  }

  open() {
    if (!this.root.items.length) { this.root.items.push(this.newRow()); }
    this.draw();
    this.dialog.showModal();
    this.focus(this.root.items[0]);
  }

  // From JSON

  empty(word) { return {kind: "group", word, items: []}; }

  newRow() {
    const field = this.data.fields[0];
    return {kind: "row", field: field.name, operator: field.operators[0][0], value: null, negated: false};
  }

  readRoot(tree) {
    if (!tree || typeof tree !== "object") { return this.empty("and"); }
    if (Array.isArray(tree.and)) { return this.readGroup("and", tree.and, true); }
    if (Array.isArray(tree.or)) { return this.readGroup("or", tree.or, true); }
    if (tree.not && Array.isArray(tree.not.or)) { return this.readGroup("none", tree.not.or, false); }
    return {...this.empty("and"), items: [this.readItem(tree, true)]};
  }

  readGroup(word, items, nests) {
    return {kind: "group", word, items: items.map((item) => this.readItem(item, nests))};
  }

  readItem(tree, nests) {
    if (nests) {
      const word = ["and", "or"].find((name) => Array.isArray(tree && tree[name]));
      if (word) { return this.readGroup(word, tree[word], false); }
      if (tree && tree.not) {
        const row = this.readRow(tree.not);
        return row ? {...row, negated: true} : {kind: "other", tree};
      }
    }
    return this.readRow(tree) || {kind: "other", tree};
  }

  readRow(tree) {
    if (!tree || typeof tree.field !== "string" || "value_field" in tree) { return null; }
    const name = tree.field.replace(/^custom_fields\./, "cf_");
    const field = this.fields.get(name);
    if (!field || !field.operators.some(([operator]) => operator === tree.operator)) { return null; }
    const value = tree.value === undefined ? null : tree.value;
    const parts = Array.isArray(value) ? value : [value];
    if (parts.some((part) => part !== null && typeof part === "object")) { return null; }
    return {kind: "row", field: name, operator: tree.operator, value, negated: false};
  }

  // To JSON. Numbers are written with the digits that were typed: a number of the script would round long ones.

  written(item) {
    if (item.kind === "other") { return JSON.stringify(item.tree); }
    if (item.kind === "group") { return this.writtenGroup(item); }
    const parts = [`"field":${JSON.stringify(item.field)}`, `"operator":${JSON.stringify(item.operator)}`];
    if (!this.isAlone(item)) { parts.push(`"value":${this.writtenValue(item)}`); }
    const text = `{${parts.join(",")}}`;
    return item.negated ? `{"not":${text}}` : text;
  }

  writtenGroup(group) {
    const items = group.items.filter((item) => item.kind !== "group" || item.items.length);
    const list = `[${items.map((item) => this.written(item)).join(",")}]`;
    return group.word === "none" ? `{"not":{"or":${list}}}` : `{"${group.word}":${list}}`;
  }

  writtenValue(item) {
    const field = this.fields.get(item.field);
    const one = (value) => {
      const text = value === null ? "" : String(value).trim();
      if (typeof value === "boolean") { return String(value); }
      if (["integer", "number"].includes(field.kind)) {
        const match = /^(-?)0*(\d+)(\.\d+)?$/.exec(text.replace(",", "."));
        if (match) { return `${match[1]}${match[2]}${match[3] || ""}`; }
      }
      return JSON.stringify(text);
    };
    return Array.isArray(item.value) ? `[${item.value.map(one).join(",")}]` : one(item.value);
  }

  takesList(operator) { return ["in", "not_in", "between"].includes(operator); }

  // A list lies one step deeper than a single value, and the depth is limited: only rows at the top have room for it.
  hasRoom(item, parent) { return parent === this.root && parent.word !== "none" && !item.negated; }

  isAlone(item) { return item.operator === "is_empty" || item.operator === "is_not_empty"; }

  // Places of faults, as the server names them: `filter.and[1].or[0].value`

  located() {
    const found = new Map();
    const walk = (group, path) => {
      const start = group.word === "none" ? `${path}not.or` : `${path}${group.word}`;
      const items = group.items.filter((item) => item.kind !== "group" || item.items.length);
      items.forEach((item, at) => {
        const own = `${start}[${at}]`;
        found.set(item, own);
        if (item.kind === "group") { walk(item, `${own}.`); }
      });
    };
    walk(this.root, "filter.");
    return found;
  }

  faultOf(item, own) {
    if (item.fault) { return item.fault; }
    const mine = this.faults.find(({path}) => path === own || path.startsWith(`${own}.`));
    return mine ? mine.text : "";
  }

  // Drawing

  draw() {
    const places = this.located();
    const placed = new Set();
    this.texts = new Map();
    for (const [item, own] of places) {
      if (item.kind === "group") { continue; }
      const text = this.faultOf(item, own);
      if (text) { this.texts.set(item, text); }
      this.faults.filter(({path}) => path === own || path.startsWith(`${own}.`)).forEach((fault) => placed.add(fault));
    }
    const others = this.faults.filter((fault) => !placed.has(fault));
    this.general.hidden = !others.length;
    this.general.textContent = others.map(({text}) => text).join(" ");
    this.serial = 0;
    this.places = new Map();
    this.place.replaceChildren(this.group(this.root, null));
  }

  group(group, parent) {
    const box = make("fieldset", {className: "vw-group"});
    const head = make("div", {className: "vw-group__head"});
    const word = make("select", {className: "vw-group__word", ariaLabel: this.words.wordGroup});
    const nests = group.items.some((item) => item.kind !== "row" || item.negated || this.takesList(item.operator));
    const words = [["and", this.words.wordAll], ["or", this.words.wordAny]];
    if (!parent && !nests) { words.push(["none", this.words.wordNone]); }
    words.forEach(([value, text]) => word.append(option(value, text, value === group.word)));
    word.addEventListener("change", () => { group.word = word.value; this.draw(); this.places.get(group).focus(); });
    this.places.set(group, word);
    head.append(word);
    if (parent) { head.append(this.remover(group, parent, this.words.wordRemoveGroup)); }
    box.append(head);
    group.items.forEach((item) => box.append(item.kind === "group" ? this.group(item, group) : this.row(item, group)));
    box.append(this.foot(group, parent));
    return box;
  }

  foot(group, parent) {
    const foot = make("div", {className: "vw-group__foot"});
    const all = this.count(this.root);
    const add = (text, item) => {
      const button = make("button", {type: "button", className: "ag-button ag-button--small", textContent: text});
      button.addEventListener("click", () => { group.items.push(item()); this.draw(); this.focus(group.items.at(-1)); });
      foot.append(button);
    };
    if (group.items.length >= this.data.most.group || all + 1 >= this.data.most.all) {
      foot.append(make("span", {className: "ag-note", textContent: this.words.wordFull}));
      return foot;
    }
    add(this.words.wordAdd, () => this.newRow());
    if (!parent && group.word !== "none") {
      add(this.words.wordAddGroup, () => ({...this.empty(group.word === "and" ? "or" : "and"), items: [this.newRow()]}));
    }
    return foot;
  }

  count(item) {
    if (item.kind === "group") { return 1 + item.items.reduce((sum, inner) => sum + this.count(inner), 0); }
    return item.kind === "row" && item.negated ? 2 : 1;
  }

  focus(item) {
    const place = item && this.places.get(item.kind === "group" ? item.items[0] || item : item);
    (place || this.place.querySelector("select, button")).focus();
  }

  remover(item, parent, text) {
    const button = make("button", {type: "button", className: "ag-icon-button vw-row__remove", ariaLabel: text});
    button.append(make("span", {className: "material-symbols-outlined", ariaHidden: "true", textContent: "close"}));
    button.addEventListener("click", () => {
      const at = parent.items.indexOf(item);
      parent.items.splice(at, 1);
      this.draw();
      this.focus(parent.items[at] || parent.items[at - 1] || this.root.items[0]);
    });
    return button;
  }

  row(item, parent) {
    const box = make("div", {className: "vw-row"});
    const number = this.serial += 1;
    if (item.kind === "other") {
      box.append(make("span", {className: "vw-row__other", textContent: `${this.words.wordOther} ${JSON.stringify(item.tree)}`}));
    } else {
      const mayDeny = parent === this.root && parent.word !== "none" && !this.takesList(item.operator);
      if (mayDeny) { box.append(this.denial(item, number)); }
      box.append(this.fieldSelect(item, number), this.operatorSelect(item, parent, number), this.valueInputs(item, number));
    }
    box.append(this.remover(item, parent, `${this.words.wordRemove} ${number}`));
    const fault = this.texts.get(item);
    if (fault) {
      box.classList.add("vw-row--faulty");
      box.append(make("p", {className: "vw-row__fault", id: `vw-fault-${number}`, textContent: fault}));
      box.querySelectorAll("select, input:not([type=checkbox])").forEach((input) => {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", `vw-fault-${number}`);
      });
    }
    return box;
  }

  denial(item, number) {
    const label = make("label", {className: "vw-check vw-row__not"});
    const box = make("input", {type: "checkbox", checked: item.negated, ariaLabel: `${this.words.wordNot} ${number}`});
    box.addEventListener("change", () => {
      item.negated = box.checked;
      this.draw();
      this.place.querySelector(`[aria-label="${CSS.escape(box.getAttribute("aria-label"))}"]`).focus();
    });
    label.append(box, make("span", {textContent: this.words.wordNot}));
    return label;
  }

  fieldSelect(item, number) {
    const select = make("select", {ariaLabel: `${this.words.wordField} ${number}`});
    this.data.fields.forEach((field) => select.append(option(field.name, field.label, field.name === item.field)));
    select.addEventListener("change", () => {
      const field = this.fields.get(select.value);
      Object.assign(item, {field: field.name, operator: field.operators[0][0], value: null, fault: ""});
      this.draw();
      this.places.get(item).focus();
    });
    this.places.set(item, select);
    return select;
  }

  operatorSelect(item, parent, number) {
    const field = this.fields.get(item.field);
    const select = make("select", {ariaLabel: `${this.words.wordOperator} ${number}`});
    const fitting = field.operators.filter(([name]) => this.hasRoom(item, parent) || !this.takesList(name));
    fitting.forEach(([name, words]) => select.append(option(name, words, name === item.operator)));
    select.addEventListener("change", () => {
      const shape = (operator) => ({in: "list", not_in: "list", between: "pair"})[operator] || "one";
      if (shape(item.operator) !== shape(select.value)) { item.value = null; }
      item.operator = select.value;
      this.draw();
      this.place.querySelector(`[aria-label="${CSS.escape(select.getAttribute("aria-label"))}"]`).focus();
    });
    return select;
  }

  // Values

  valueInputs(item, number) {
    const box = make("div", {className: "vw-row__value"});
    const field = this.fields.get(item.field);
    const name = `${this.words.wordValue} ${number}`;
    if (this.isAlone(item)) { return box; }
    if (field.kind === "boolean") { box.append(this.claim(item, name)); return box; }
    if (["in", "not_in"].includes(item.operator)) { box.append(field.choices.length ? this.several(item, field, name) : this.list(item)); return box; }
    if (field.choices.length) { box.append(this.choice(item, field, name)); return box; }
    if (field.target) { box.append(...this.reference(item, field, name, number)); return box; }
    if (item.operator === "between") { box.append(...this.pair(item, field, number)); return box; }
    const input = this.plain(field, item.value, name);
    input.addEventListener("input", () => { item.value = input.value; });
    box.append(input);
    return box;
  }

  plain(field, value, name) {
    const type = {date: "date", datetime: "date", integer: "number", number: "number"}[field.kind] || "text";
    const shown = value === null ? "" : String(value);
    // A moment that was written by hand has a time, which a field for days would lose.
    const kept = type === "date" && shown && !/^\d{4}-\d\d-\d\d$/.test(shown) ? "text" : type;
    return make("input", {type: kept, step: "any", value: shown, ariaLabel: name, autocomplete: "off"});
  }

  claim(item, name) {
    if (item.value === null) { item.value = true; }
    const select = make("select", {ariaLabel: name});
    select.append(option("true", this.words.wordYes, item.value === true), option("false", this.words.wordNo, item.value === false));
    select.addEventListener("change", () => { item.value = select.value === "true"; });
    return select;
  }

  // A value that cannot be chosen any more is offered as it stands: records may hold it still.
  offered(field, values) {
    const known = new Set(field.choices.map(([value]) => value));
    return [...field.choices, ...values.filter((value) => !known.has(value)).map((value) => [value, value])];
  }

  choice(item, field, name) {
    if (item.value === null) { item.value = field.choices[0][0]; }
    const select = make("select", {ariaLabel: name});
    this.offered(field, [String(item.value)]).forEach(([value, text]) => select.append(option(value, text, value === String(item.value))));
    select.addEventListener("change", () => { item.value = select.value; });
    return select;
  }

  several(item, field, name) {
    const chosen = new Set((item.value || []).map(String));
    const select = make("select", {multiple: true, ariaLabel: name});
    this.offered(field, [...chosen]).forEach(([value, text]) => select.append(option(value, text, chosen.has(value))));
    select.addEventListener("change", () => { item.value = [...select.selectedOptions].map(({value}) => value); });
    return select;
  }

  list(item) {
    const input = make("input", {type: "text", value: (item.value || []).join(", "), ariaLabel: this.words.wordList, placeholder: this.words.wordList});
    input.addEventListener("input", () => { item.value = input.value.split(",").map((text) => text.trim()).filter(Boolean); });
    return input;
  }

  pair(item, field, number) {
    if (!Array.isArray(item.value)) { item.value = ["", ""]; }
    return [this.words.wordFrom, this.words.wordTo].map((word, at) => {
      const input = this.plain(field, item.value[at], `${word} ${number}`);
      input.addEventListener("input", () => { item.value[at] = input.value; });
      return input;
    });
  }

  reference(item, field, name, number) {
    const id = `vw-options-${number}`;
    const input = make("input", {type: "text", role: "combobox", ariaLabel: name, ariaExpanded: "false", autocomplete: "off", placeholder: this.words.wordSearch});
    input.setAttribute("aria-controls", id);
    input.setAttribute("aria-autocomplete", "list");
    input.value = item.value ? this.data.labels[item.value] || item.value : "";
    const list = make("ul", {id, role: "listbox", className: "vw-options", hidden: true, ariaLabel: name});
    const spoken = make("span", {className: "sr-only", ariaLive: "polite"});
    new Completion(this, {item, field, input, list, spoken});
    return [input, list, spoken];
  }

  // Applying

  lacks(item) {
    if (item.kind === "group") { return item.items.map((inner) => this.lacks(inner)).some(Boolean); }
    if (item.kind === "other" || this.isAlone(item)) { return false; }
    const values = Array.isArray(item.value) ? item.value : [item.value];
    const isEmpty = !values.length || values.some((value) => value === null || String(value).trim() === "");
    item.fault = isEmpty ? this.dialog.dataset.wordEmpty : "";
    return isEmpty;
  }

  async apply() {
    this.faults = [];
    if (this.lacks(this.root)) { this.showFaults(); return; }
    const isEmpty = !this.root.items.some((item) => item.kind !== "group" || item.items.length);
    const text = isEmpty ? "" : this.writtenGroup(this.root);
    if (text) { this.faults = await this.check(text); }
    if (this.faults.length) { this.showFaults(); return; }
    this.give(text);
  }

  // Opens the list anew; a page that keeps the condition in a field of its own has another way.
  give(text) {
    const hidden = this.form.querySelector("[data-filter]");
    hidden.disabled = !text;
    hidden.value = text;
    this.form.submit();
  }

  async check(text) {
    if (!this.data.check) { return []; }
    const query = new URLSearchParams({list: this.data.list, filter: text});
    try {
      const answer = await fetch(`${this.data.check}?${query}`, {headers: {Accept: "application/json"}});
      return answer.ok ? (await answer.json()).faults : [];
    } catch {
      return [];
    }
  }

  showFaults() {
    this.draw();
    const first = this.place.querySelector("[aria-invalid]");
    if (first) { first.focus(); }
  }
}

// Records to choose from while somebody types: one list below the input, moved through with the arrow keys.
class Completion {
  constructor(builder, parts) {
    Object.assign(this, {builder, ...parts, found: [], at: -1, timer: 0});
    this.input.addEventListener("input", () => { this.item.value = null; clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), 200); });
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      const at = [...this.list.children].indexOf(event.target.closest("li"));
      if (at >= 0) { event.preventDefault(); this.choose(at); }
    });
  }

  async ask() {
    const {data, words} = this.builder;
    const query = new URLSearchParams({...data.asking, field_name: this.field.name, term: this.input.value});
    try {
      const answer = await fetch(`${data.references}?${query}`, {headers: {Accept: "application/json"}});
      this.found = answer.ok ? (await answer.json()).results : [];
    } catch {
      this.found = [];
    }
    this.at = -1;
    this.list.replaceChildren(...this.found.map(({text}, at) => make("li", {role: "option", id: `${this.list.id}-${at}`, textContent: text})));
    this.list.hidden = !this.found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.spoken.textContent = words.wordFound.replace("{n}", this.found.length);
  }

  press(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) { this.ask(); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.at < 0 && step < 0 ? 0 : this.at;
      this.mark((from + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && !this.list.hidden && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
    this.list.children[at].scrollIntoView({block: "nearest"});
  }

  choose(at) {
    const {id, text} = this.found[at];
    this.item.value = id;
    this.builder.data.labels[id] = text;
    this.input.value = text;
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function make(tag, properties) {
  const item = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role") { item.setAttribute("role", value); } else { item[name] = value; }
  }
  return item;
}

function option(value, text, chosen) {
  return make("option", {value, textContent: text, selected: chosen});
}

document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("vw-dialog");
  const data = document.getElementById("vw-data");
  if (!dialog || !data) { return; }
  const builder = dialog.builder = new Builder(dialog, JSON.parse(data.textContent));
  document.querySelectorAll("[data-opens-builder]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => builder.open());
  });
});
