/* Shows and hides inputs beside the values of others, as the server decides it (kernel/extensions/rules.py). */
"use strict";

(() => {
  const FALSY = ["", "false", "0"];

  function textOf(input) {
    return input.type === "checkbox" ? String(input.checked) : input.value.trim();
  }

  function otherOf(input, name) {
    const found = input.form.elements[name];
    return found instanceof RadioNodeList ? [...found].find((one) => one.type !== "hidden") : found;
  }

  function holds(rule, text) {
    if (rule.operator === "truthy" || rule.operator === "falsy") {
      return FALSY.includes(text) === (rule.operator === "falsy");
    }
    return rule.values.includes(text) === (rule.operator === "eq" || rule.operator === "in");
  }

  function settle(input) {
    const rule = JSON.parse(input.dataset.visibleWhen);
    const other = otherOf(input, rule.field);
    // An input that is not on the page has no value to go by: the server decides.
    const isSeen = other ? holds(rule, textOf(other)) : true;
    const row = input.closest(".field-line, .field-row, .form-row") || input.parentElement;
    row.hidden = !isSeen;
    input.disabled = !isSeen;
  }

  function settleAll() {
    document.querySelectorAll("[data-visible-when]").forEach(settle);
  }

  document.addEventListener("change", settleAll);
  document.addEventListener("input", settleAll);
  document.addEventListener("DOMContentLoaded", settleAll);
})();
