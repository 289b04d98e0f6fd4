"use strict";
// The tree of categories: dragged to a place or into another, named and added in the row. The menu of each category
// does the same by keyboard, and every button and link works without this script.
(() => {
  const PAUSE = 1_000, SHOWN = [400, 403, 404, 409, 412, 422], MARKS = ["above", "below", "into"];
  const EDGE = .3;  // of a row's height: dropped there, a category comes above or below it, else into it
  const tree = () => document.querySelector("[data-tree]");
  let timer = 0, focused = "";

  function send(deed) {
    const form = document.querySelector("[data-deeds]"), field = form.querySelector("[data-deed]");
    field.value = deed;
    field.disabled = false;
    focused = deed.split(":")[1];
    form.requestSubmit();
    field.disabled = true;
  }

  function placeOf(event, held) {
    const row = event.target.closest?.("[data-row]"), node = row?.closest("[data-node]");
    if (!node || held.contains(node)) { return null; }
    const box = row.getBoundingClientRect(), at = (event.clientY - box.top) / box.height;
    return { row, node, how: at < EDGE ? "above" : at > 1 - EDGE ? "below" : "into" };
  }

  function deedOf(held, { node, how }) {
    const mine = `move:${held.dataset.node}:${held.dataset.version}`;
    if (how === "into") { return `${mine}:${node.dataset.node}:end`; }
    const others = [...node.parentElement.children].filter((item) => item !== held && item.dataset.node);
    return `${mine}:${node.dataset.parent}:${others.indexOf(node) + (how === "below" ? 1 : 0)}`;
  }

  const dragging = window.agoraDragging({
    root: document.getElementById("main") || document.body,
    grip: "[data-grip]",
    thing: "[data-node]",
    dragged: "ct-node--dragged",
    place: placeOf,
    mark: ({ row, how }) => row.classList.add(`ct-row--${how}`),
    unmark: () => document.querySelectorAll(".ct-row").forEach((row) => row.classList.remove(...MARKS.map((how) => `ct-row--${how}`))),
    drop: (held, found) => send(deedOf(held, found)),
  });

  function ask(deed, name, put, restore) {
    document.querySelector(".ct-form [data-cancel]")?.click();
    const form = document.querySelector("[data-name-form]").content.cloneNode(true).querySelector("form");
    form.querySelector("[name=deed]").value = deed;
    const field = form.querySelector("[name=name]");
    field.value = name;
    const leave = () => { form.closest("[data-new]")?.remove(); form.remove(); restore(); };
    form.querySelector("[data-cancel]").addEventListener("click", leave);
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); leave(); } });
    form.addEventListener("submit", () => { focused = deed.split(":")[1]; });
    put(form);
    window.htmx?.process(form);
    field.focus();
    field.select();
  }

  function rename(node) {
    const name = node.querySelector(":scope > [data-row] > [data-name]"), menu = node.querySelector("summary");
    ask(`rename:${node.dataset.node}:${node.dataset.version}`, node.dataset.name, (form) => { name.hidden = true; name.after(form); }, () => { name.hidden = false; menu?.focus(); });
  }

  function add(parent, link) {
    const owner = parent === "root" ? null : document.getElementById(`category-${parent}`);
    const line = document.createElement("li");
    line.dataset.new = "";
    ask(`add:${parent}`, "", (form) => {
      line.append(form);
      const list = document.querySelector(`[data-children="${parent}"]`);
      if (list) { list.append(line); } else { owner.append(Object.assign(document.createElement("ul"), { className: "ct-list" })); owner.lastElementChild.append(line); }
    }, () => { (owner?.querySelector("summary") || link).focus(); });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-rename], [data-add]"), node = link?.closest("[data-node]");
    if (link && tree()) {
      event.preventDefault();
      link.closest("details")?.removeAttribute("open");
      if (link.matches("[data-rename]")) { rename(node); } else { add(link.dataset.add, link); }
    }
    const deed = event.target.closest?.("button[name=deed]");
    if (deed) { focused = deed.value.split(":")[1]; }
  });

  // A refusal is a page to be read, too.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (SHOWN.includes(detail.xhr.status)) { Object.assign(detail, { shouldSwap: true, isError: false }); }
    if (detail.target.id === "content" && !detail.serverResponse.includes('id="content"')) {
      detail.shouldSwap = false;  // the session has ended, or worse: the browser shows what there is
      location.reload();
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const item of document.querySelectorAll("#ag-said [data-undo-seconds]")) {
      if (!item.dataset.watched && typeof watchOffer === "function") { item.dataset.watched = "yes"; watchOffer(item); }
    }
    if (focused) { document.getElementById(`menu-${focused}`)?.focus({ preventScroll: true }); }
    focused = "";
  });

  // What others do; whoever is in the midst of something sees it afterwards.
  const isBusy = () => dragging.isDragging() || document.querySelector(".ct-form, .ct-menu[open], .htmx-request");
  function refresh() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!tree()) { return; }
      if (document.hidden || isBusy()) { refresh(); return; }
      window.htmx.ajax("GET", tree().dataset.address, { target: "[data-tree]", select: "[data-tree]", swap: "outerHTML" });
    }, PAUSE);
  }
  addEventListener("agora:event", ({ detail }) => {
    if (detail.entity !== "catalog.category" || !tree()) { return; }
    const node = document.getElementById(`category-${detail.entity_id}`), version = detail.payload?.version;
    if (!node || !version || version > Number(node.dataset.version)) { refresh(); }
  });
  addEventListener("agora:reconnected", ({ detail }) => { if (detail.gap && tree()) { refresh(); } });
})();
