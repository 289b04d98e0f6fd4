"use strict";
// The editor of options: a card for each option with its choices, written into the text field that the form sends.
// Without this script that field is edited as it is. Everything is done by buttons and inputs, so by keyboard too.
(() => {
  const TOLD = "ct-told";
  let numbers = 0;

  function make(tag, properties = {}, ...children) {
    const item = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in item) { item[name] = value; } else { item.setAttribute(name, value); }
    }
    item.append(...children.filter((child) => child !== null));
    return item;
  }

  const fresh = (name) => `ct-${name}-${(numbers += 1)}`;
  const icon = (name) => make("span", { className: "material-symbols-outlined", "aria-hidden": "true" }, name);

  class Editor {
    constructor(root) {
      this.words = JSON.parse(root.dataset.words);
      this.complaints = JSON.parse(root.dataset.complaints);
      this.text = root.querySelector("textarea");
      this.list = make("ol", { className: "ct-options__list" });
      this.none = make("p", { className: "ag-note" }, this.words.none);
      this.said = make("p", { className: "sr-only", role: "status" });
      this.adding = this.button("add", this.words.addOption, () => this.add());
      root.append(this.none, this.list, this.adding, this.said);
    }

    // False for text that is no list of options: then the text is what has to be mended.
    open() {
      let given;
      try { given = JSON.parse(this.text.value || "[]") ?? []; } catch { return false; }
      if (!Array.isArray(given)) { return false; }
      given.forEach((option, place) => this.list.append(this.card(option, `options.${place}`)));
      this.text.hidden = true;
      this.text.removeAttribute("aria-describedby");
      this.renumber();
      this.list.addEventListener("input", () => this.write());
      this.list.addEventListener("change", () => this.write());
      return true;
    }

    button(symbol, label, press) {
      const item = make("button", { type: "button", className: "ag-button ag-button--small" }, icon(symbol), label);
      item.addEventListener("click", press);
      return item;
    }

    tool(symbol, label, press) {
      const item = make("button", { type: "button", className: "ag-icon-button", title: label }, icon(symbol));
      item.dataset.does = label;
      item.addEventListener("click", press);
      return item;
    }

    tools(line) {
      return make(
        "span",
        { className: "ct-tools" },
        this.tool("arrow_upward", this.words.up, (event) => this.move(line, -1, event.currentTarget)),
        this.tool("arrow_downward", this.words.down, (event) => this.move(line, 1, event.currentTarget)),
        this.tool("delete", this.words.remove, () => this.remove(line)),
      );
    }

    complain(input, path) {
      const text = this.complaints[path];
      if (!text) { return null; }
      const id = fresh("told");
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", id);
      return make("span", { className: TOLD, id }, text);
    }

    field(name, label, value, path, hint = "") {
      const input = make("input", { type: "text", className: "ct-input", value, id: fresh(name), autocomplete: "off" });
      input.dataset.name = name;
      if (hint) { input.placeholder = hint; }
      const told = this.complain(input, `${path}.${name}`);
      return make("div", { className: "ct-field" }, make("label", { htmlFor: input.id }, label), input, told);
    }

    kinds(chosen, path) {
      const select = make("select", { className: "ct-input", id: fresh("kind") });
      select.dataset.name = "input_type";
      for (const [value, label] of Object.entries(this.words.kinds)) { select.append(make("option", { value }, label)); }
      select.value = chosen;
      const told = this.complain(select, `${path}.input_type`);
      return make("div", { className: "ct-field" }, make("label", { htmlFor: select.id }, this.words.kind), select, told);
    }

    card(option, path) {
      const line = make("li", { className: "ct-option" });
      const title = make("h3", { className: "ct-option__title", id: fresh("title") });
      const required = make("input", { type: "checkbox", checked: Boolean(option.is_required), id: fresh("required") });
      required.dataset.name = "is_required";
      const choices = make("ol", { className: "ct-choices__list" });
      const group = make("div", { className: "ct-choices", role: "group", "aria-label": this.words.choices });
      const told = this.complaints[`${path}.choices`];
      group.append(
        make("h4", { className: "ct-choices__title" }, this.words.choices),
        choices,
        told ? make("p", { className: TOLD }, told) : "",
        this.button("add", this.words.addChoice, () => this.addChoice(line)),
      );
      (option.choices || []).forEach((item, place) => choices.append(this.choice(item, `${path}.choices.${place}`)));
      line.setAttribute("role", "group");
      line.setAttribute("aria-labelledby", title.id);
      line.append(
        make("div", { className: "ct-option__head" }, title, this.tools(line)),
        make(
          "div",
          { className: "ct-option__fields" },
          this.field("label", this.words.label, option.label || "", path),
          this.field("code", this.words.code, option.code || "", path, this.words.codeHint),
          this.kinds(option.input_type || "select", path),
        ),
        make("label", { className: "ct-check", htmlFor: required.id }, required, this.words.required),
        group,
      );
      line.querySelector("select").addEventListener("change", () => this.show(line));
      this.show(line);
      return line;
    }

    choice(item, path) {
      const line = make("li", { className: "ct-choice" });
      for (const [name, label] of [["label", this.words.label], ["code", this.words.code]]) {
        const input = make("input", { type: "text", className: "ct-input", value: item[name] || "", autocomplete: "off" });
        input.dataset.name = name;
        input.placeholder = label;
        const told = this.complain(input, `${path}.${name}`);
        line.append(make("div", { className: "ct-field" }, input, told));
      }
      line.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !event.target.matches("input")) { return; }
        event.preventDefault(); // the next choice, and not the whole form
        this.addChoice(line.closest(".ct-option"), line);
      });
      line.append(this.tools(line));
      return line;
    }

    show(line) {
      line.querySelector(".ct-choices").hidden = line.querySelector("[data-name=input_type]").value !== "select";
    }

    add() {
      const line = this.card({ choices: [{}] }, "new");
      this.list.append(line);
      this.settle();
      line.querySelector("input").focus();
    }

    addChoice(option, after = null) {
      const line = this.choice({}, "new");
      if (after) { after.after(line); } else { option.querySelector(".ct-choices__list").append(line); }
      this.settle();
      line.querySelector("input").focus();
    }

    remove(line) {
      const next = line.nextElementSibling || line.previousElementSibling;
      const option = line.parentElement.closest(".ct-option");
      line.remove();
      this.settle();
      const adding = option ? option.querySelector(".ct-choices > button") : this.adding;
      (next ? next.querySelector("input") : adding).focus();
    }

    move(line, step, pressed) {
      const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
      if (!other) { return; }
      if (step < 0) { other.before(line); } else { other.after(line); }
      this.settle();
      const again = pressed.disabled ? line.querySelector(".ct-tools button:not(:disabled)") : pressed;
      again.focus();
      const place = [...line.parentElement.children].indexOf(line) + 1;
      this.said.textContent = `${pressed.dataset.does}: ${place}`;
    }

    settle() {
      this.renumber();
      this.write();
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    }

    renumber() {
      const lines = [...this.list.children];
      this.none.hidden = lines.length > 0;
      lines.forEach((line, place) => {
        const name = `${this.words.option} ${place + 1}`;
        line.querySelector(".ct-option__title").textContent = name;
        this.name(line.querySelector(".ct-option__head"), name, place, lines.length);
        const choices = [...line.querySelector(".ct-choices__list").children];
        choices.forEach((item, at) => {
          const own = `${name}, ${this.words.choice} ${at + 1}`;
          for (const input of item.querySelectorAll("input")) {
            input.setAttribute("aria-label", `${own}: ${input.placeholder}`);
          }
          this.name(item, own, at, choices.length);
        });
      });
    }

    name(line, name, place, count) {
      const tools = [...line.querySelectorAll(":scope > .ct-tools > button")];
      tools.forEach((item) => item.setAttribute("aria-label", `${item.dataset.does}: ${name}`));
      tools[0].disabled = place === 0;
      tools[1].disabled = place === count - 1;
    }

    value(line, name) {
      return line.querySelector(`:scope > * > [data-name=${name}], :scope > * > * > [data-name=${name}]`);
    }

    write() {
      const named = (line) => ({ label: this.value(line, "label").value, code: this.value(line, "code").value });
      const options = [...this.list.children].map((line) => {
        const kind = line.querySelector("[data-name=input_type]").value;
        const choices = kind === "select" ? [...line.querySelector(".ct-choices__list").children].map(named) : [];
        const isRequired = line.querySelector("[data-name=is_required]").checked;
        return { ...named(line), input_type: kind, is_required: isRequired, choices };
      });
      this.text.value = JSON.stringify(options);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const root of document.querySelectorAll("[data-options-editor]")) {
      const editor = new Editor(root);
      if (!editor.open()) { root.querySelectorAll(":scope > :not(textarea)").forEach((item) => item.remove()); }
    }
  });
})();
