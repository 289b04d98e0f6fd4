"use strict";
// The condition of a widget is put together in the dialog of the advanced filter, which writes it into the field.
// Without a script, and where the field holds what is no JSON, the field itself is there.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("textarea[data-condition]");
  const dialog = document.getElementById("vw-dialog");
  if (!field || !dialog || !dialog.builder) { return; }
  const {builder} = dialog, words = dialog.dataset;
  const button = make("button", {type: "button", className: "ag-button da-condition__open", textContent: words.wordOpen});
  const said = make("p", {className: "da-condition__words", id: `${field.id}-words`});
  button.setAttribute("aria-describedby", said.id);
  button.setAttribute("aria-haspopup", "dialog");

  const read = () => {
    try { return JSON.parse(field.value || "null"); } catch { return undefined; }
  };
  const show = () => {
    builder.root = builder.readRoot(read());
    const items = builder.root.items.map((item) => worded(item)).filter(Boolean);
    said.textContent = items.length > 1 || builder.root.word === "none" ? `${wordOf(builder.root)}: ${items.join("; ")}` : items[0] || words.wordAllRecords;
  };
  const wordOf = (group) => ({and: words.wordAll, or: words.wordAny, none: words.wordNone})[group.word];

  function worded(item) {
    if (item.kind === "other") { return JSON.stringify(item.tree); }
    if (item.kind === "group") {
      return item.items.length ? `(${wordOf(item)}: ${item.items.map((inner) => worded(inner)).join("; ")})` : "";
    }
    const own = builder.fields.get(item.field);
    const [, operator] = own.operators.find(([name]) => name === item.operator);
    const values = (Array.isArray(item.value) ? item.value : [item.value]).map((value) => valueWords(own, value));
    const parts = [own.label, item.negated ? words.wordNot : "", operator, builder.isAlone(item) ? "" : values.join(", ")];
    return parts.filter(Boolean).join(" ");
  }

  function valueWords(own, value) {
    if (typeof value === "boolean") { return value ? words.wordYes : words.wordNo; }
    const choice = own.choices.find(([name]) => name === String(value));
    return choice ? choice[1] : builder.data.labels[value] || String(value ?? "");
  }

  if (read() === undefined) { return; }
  builder.give = (text) => {
    field.value = text;
    show();
    dialog.close();
    button.focus();
  };
  field.hidden = true;
  const help = field.parentElement.parentElement.querySelector(":scope > .leading-relaxed"); // it tells how to write JSON
  if (help) { help.hidden = true; }
  field.after(said, button);
  const label = document.querySelector(`label[for="${field.id}"]`);
  if (label) { label.htmlFor = button.id = `${field.id}-open`; button.setAttribute("aria-label", `${label.textContent.trim()}: ${words.wordOpen}`); }
  button.addEventListener("click", () => { show(); builder.open(); });
  show();
});
