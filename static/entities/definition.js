"use strict";
// The form of a custom field: parts that its kind has use for, options as rows, and how the field will look.
document.addEventListener("DOMContentLoaded", () => {
  const kind = document.getElementById("id_kind");
  if (!kind) { return; }
  const texts = ["text", "multiline", "richtext", "url", "email", "phone"];
  const numbers = ["integer", "decimal", "currency"];
  const times = ["date", "datetime"];
  const choosing = ["select", "multiselect"];
  const PARTS = {
    options: choosing,
    target: ["relation"],
    dictionary: ["dictionary"],
    minimum: [...numbers, ...times],
    maximum: [...numbers, ...times],
    min_length: [...texts, "multiselect"],
    max_length: [...texts, "multiselect"],
    pattern: ["text", "multiline", "url", "email", "phone"],
    is_unique: ["text", "integer", "decimal", ...times, "select", "relation", "dictionary", "url", "email", "phone"],
    is_encrypted: ["text", "multiline", "integer", "decimal", "boolean", ...times, "select", "url", "email", "phone"],
    is_searchable: [...texts, ...choosing],
  };
  const field = (name) => document.getElementById(`id_${name}`);
  const words = document.documentElement.lang;

  function rowOf(input) {
    return input.closest(".field-row, .form-row, [class*='field-']") || input.parentElement;
  }

  function hasErrors(row) { return Boolean(row.querySelector(".errorlist, .errors, .text-red-600")); }

  // A part that is hidden is emptied, so that nothing is sent that the kind has no use for.
  function showParts(clears) {
    Object.entries(PARTS).forEach(([name, kinds]) => {
      const input = field(name);
      if (!input) { return; }
      const useful = kinds.includes(kind.value);
      const row = rowOf(input);
      row.hidden = !useful && !hasErrors(row);
      if (!useful && clears) {
        if (input.type === "checkbox") { input.checked = false; } else { input.value = ""; }
      }
    });
    document.querySelectorAll("fieldset").forEach((set) => {
      set.hidden = false;
      const inputs = [...set.querySelectorAll("[id^='id_']")];
      set.hidden = inputs.length > 0 && inputs.every((input) => input.parentElement.closest("[hidden]"));
    });
  }

  function element(tag, attributes, text) {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => { made.setAttribute(name, value); });
    if (text) { made.textContent = text; }
    return made;
  }

  // Rows of inputs in place of the lines, which stay what is sent.
  const lines = document.querySelector("[data-options]");
  const labels = lines ? lines.dataset : {};
  function optionsOf() {
    return lines.value.split("\n").map((line) => line.split("|").map((part) => part.trim()))
      .filter((parts) => parts[0]).map(([value, label, colour]) => ({ value, label: label || "", colour: colour || "" }));
  }

  function editor() {
    if (!lines) { return; }
    const box = element("div", { class: "agora-options" });
    const write = () => {
      const rows = [...box.querySelectorAll(".agora-option")].map((row) => {
        const [value, label] = row.querySelectorAll("input[type='text']");
        const colour = row.querySelector("input[type='color']");
        const clean = (text) => text.replaceAll("|", "/").trim();
        return [clean(value.value), clean(label.value), "unset" in colour.dataset ? "" : colour.value];
      }).filter((parts) => parts[0]);
      lines.value = rows.map((parts) => parts.join(" | ").replace(/[ |]+$/, "")).join("\n");
      preview();
    };
    const add = (option) => {
      const row = element("div", { class: "agora-option" });
      const value = element("input", { type: "text", class: lines.className, maxlength: 100, placeholder: labels.value, "aria-label": labels.value });
      const label = element("input", { type: "text", class: lines.className, maxlength: 120, placeholder: labels.label, "aria-label": labels.label });
      const colour = element("input", { type: "color", "aria-label": labels.colour, title: labels.colour });
      const up = element("button", { type: "button", "aria-label": labels.up, title: labels.up }, "↑");
      const away = element("button", { type: "button", "aria-label": labels.remove, title: labels.remove }, "×");
      value.value = option.value;
      label.value = option.label;
      if (option.colour) { colour.value = option.colour; } else { colour.dataset.unset = ""; }
      colour.addEventListener("input", () => { delete colour.dataset.unset; write(); });
      colour.addEventListener("contextmenu", (event) => { event.preventDefault(); colour.dataset.unset = ""; write(); });
      [value, label].forEach((input) => { input.addEventListener("input", write); });
      up.addEventListener("click", () => {
        if (row.previousElementSibling) { box.insertBefore(row, row.previousElementSibling); write(); up.focus(); }
      });
      away.addEventListener("click", () => { row.remove(); write(); });
      row.append(value, label, colour, up, away);
      box.insertBefore(row, box.lastElementChild);
      return value;
    };
    const more = element("button", { type: "button" }, labels.add);
    more.addEventListener("click", () => add({ value: "", label: "", colour: "" }).focus());
    box.append(more);
    optionsOf().forEach(add);
    lines.before(box);
    lines.hidden = true;
    kind.addEventListener("change", () => { box.querySelectorAll(".agora-option").forEach((row) => row.remove()); optionsOf().forEach(add); });
  }

  const frame = element("section", { class: "agora-preview", "aria-live": "polite" });
  const INPUTS = { integer: "number", decimal: "number", date: "date", datetime: "datetime-local", url: "url", email: "email", phone: "tel", file: "file" };

  function sample() {
    const options = lines ? optionsOf() : [];
    if (kind.value === "select" || kind.value === "boolean" || kind.value === "relation" || kind.value === "dictionary") {
      const list = element("select", { id: "agora-sample" });
      list.append(element("option", {}, "—"), ...options.map((item) => element("option", {}, item.label || item.value)));
      return list;
    }
    if (kind.value === "multiselect") {
      const box = element("div");
      options.forEach((item) => {
        const line = element("span", { class: "agora-line" });
        line.append(element("input", { type: "checkbox", disabled: "" }), document.createTextNode(item.label || item.value));
        box.append(line);
      });
      return box;
    }
    if (kind.value === "multiline" || kind.value === "richtext") { return element("textarea", { id: "agora-sample", rows: 3 }); }
    return element("input", { id: "agora-sample", type: INPUTS[kind.value] || "text" });
  }

  function preview() {
    const label = field("label");
    const required = field("is_required");
    const help = field("help");
    const title = element("label", { for: "agora-sample" }, `${(label && label.value) || "…"}${required && required.checked ? " *" : ""}`);
    frame.replaceChildren(element("h3", {}, labels.preview), title, sample());
    if (help && help.value) { frame.append(element("small", {}, help.value)); }
  }

  // A key is made from the label until somebody writes one.
  function suggestKey() {
    const label = field("label");
    const key = field("key");
    if (!label || !key || key.value) { return; }
    let own = true;
    key.addEventListener("input", () => { own = false; });
    label.addEventListener("input", () => {
      if (own) {
        key.value = label.value.toLocaleLowerCase(words).normalize("NFKD").replace(/ł/g, "l").replace(/ß/g, "ss")
          .replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 64);
      }
    });
  }

  kind.addEventListener("change", () => { showParts(true); preview(); });
  ["label", "is_required", "help"].forEach((name) => { const input = field(name); if (input) { input.addEventListener("input", preview); } });
  editor();
  const first = kind.closest("fieldset");
  if (first) { first.after(frame); }
  suggestKey();
  showParts(false);
  preview();
});
