"use strict";
// The board of deals: cards are dragged to another lane, dialogs ask for what a deed needs, and what others do shows.
// The menu on each card does the same by keyboard, and every button works without this script.
(() => {
  const PAUSE = 1_000, MOST = 200, SHOWN = [400, 403, 404, 409, 412, 422];
  const board = () => document.querySelector("[data-board]");
  let timer = 0, focused = "", scrolled = 0;

  function send(deed) {
    const form = document.querySelector("[data-deeds]"), field = form.querySelector("[data-deed]");
    field.value = deed;
    field.disabled = false;
    focused = deed.split(":")[1];
    form.requestSubmit();
    field.disabled = true;
  }

  const lanes = () => [...document.querySelectorAll("[data-lane]")];
  const dragging = window.agoraDragging({
    root: document.getElementById("main") || document.body,
    grip: "[data-deal][draggable=true]",
    thing: "[data-deal]",
    dragged: "kb-card--dragged",
    place: (event, card) => {
      const lane = event.target.closest?.("[data-lane]");
      return lane && lane.dataset.lane !== card.dataset.stage ? lane : null;
    },
    mark: (lane) => lane.classList.add("kb-lane--over"),
    unmark: () => lanes().forEach((lane) => lane.classList.remove("kb-lane--over")),
    drop: (card, lane) => send(`move:${card.dataset.deal}:${card.dataset.version}:${lane.dataset.lane}`),
  });

  function open(name, link) {
    const dialog = document.querySelector(`[data-dialog=${name}]`);
    if (!dialog) { return false; }
    dialog.querySelector("[data-title]").textContent = link.dataset.label;
    dialog.querySelector(name === "add" ? "[name=stage_id]" : "[name=deed]").value = link.dataset[name];
    dialog.showModal();
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-lose], [data-add]");
    if (link && open(link.matches("[data-add]") ? "add" : "lose", link)) { event.preventDefault(); }
    if (event.target.closest?.("[data-close]")) { event.target.closest("dialog").close(); }
    const deed = event.target.closest?.("button[name=deed]");
    if (deed) { focused = deed.value.split(":")[1]; }
  });
  document.addEventListener("change", (event) => { event.target.closest?.("[data-ask]")?.requestSubmit(); });

  // A refusal is a page to be read, too.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (SHOWN.includes(detail.xhr.status)) { Object.assign(detail, { shouldSwap: true, isError: false }); }
    if (["content", "kb-board"].includes(detail.target.id) && !detail.serverResponse.includes('id="content"')) {
      detail.shouldSwap = false;  // the session has ended, or worse: the browser shows what there is
      location.reload();
    }
    scrolled = document.querySelector("[data-lanes]")?.scrollLeft || 0;
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  });
  document.addEventListener("htmx:afterSettle", () => {
    const list = document.querySelector("[data-lanes]");
    if (list && scrolled) { list.scrollLeft = scrolled; }
    document.querySelectorAll("#ag-said [data-undo-seconds]").forEach(watchOnce);
    const summary = focused && document.getElementById(`deal-${focused}`)?.querySelector("summary");
    if (summary) { summary.focus({ preventScroll: true }); }
    focused = "";
  });
  function watchOnce(item) {
    if (item.dataset.watched || typeof watchOffer !== "function") { return; }
    item.dataset.watched = "yes";
    watchOffer(item);
  }

  // What others do. A card of that version or a later one shows it already; whoever is in the midst of something
  // sees it afterwards.
  const isBusy = () => dragging.isDragging() || document.querySelector("dialog[open], .kb-moves[open], .htmx-request");
  function refresh() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!board()) { return; }
      if (document.hidden || isBusy()) { refresh(); return; }
      const most = Math.max(0, ...lanes().map((lane) => lane.querySelectorAll("[data-deal]").length));
      const address = new URL(board().dataset.address, location.href);
      if (most > 20) { address.searchParams.set("first", Math.min(most, MOST)); }
      window.htmx.ajax("GET", `${address.pathname}${address.search}`, { target: "#kb-board", select: "#kb-board", swap: "outerHTML" });
    }, PAUSE);
  }
  addEventListener("agora:event", ({ detail }) => {
    if (detail.entity !== "customers.deal" || !board()) { return; }
    const card = document.getElementById(`deal-${detail.entity_id}`), version = detail.payload?.version;
    if (card && version && version <= Number(card.dataset.version)) { return; }
    refresh();
  });
  addEventListener("agora:reconnected", ({ detail }) => { if (detail.gap && board()) { refresh(); } });
})();
