"use strict";
// The pictures of a product or a variant: adding, moving, describing and removing them through the REST interface of
// files. The list is drawn by the server; after a change the page is fetched again and its list taken over.
(() => {
  const box = document.querySelector("[data-media]");
  if (!box) { return; }
  const words = box.dataset;
  const LOOKS = 10, BETWEEN = 2_000;
  const said = box.querySelector("[data-media-said]");
  const add = box.querySelector("[data-media-add]");
  const shown = () => box.querySelector("[data-media-shown]");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  let looks = 0, timer = 0;

  function say(text, bad = false) {
    said.textContent = text;
    said.classList.toggle("cm-said--bad", bad);
    said.hidden = !text;
  }

  async function reason(answer) {
    try {
      const problem = await answer.json();
      return (problem.errors || []).map((item) => item.message).join(" ") || problem.detail || words.wordFailed;
    } catch { return words.wordFailed; }
  }

  async function call(method, address, body) {
    const headers = { "X-CSRFToken": words.token };
    if (body && !(body instanceof FormData)) { headers["Content-Type"] = "application/json"; }
    try { return await fetch(address, { method, headers, body }); } catch { return null; }
  }

  async function tell(answer, text, name) {
    if (answer && answer.ok) { say(fill(text, { name })); return true; }
    say(answer ? await reason(answer) : words.wordFailed, true);
    return false;
  }

  async function refresh() {
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) { return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-media-shown]");
      if (fresh) { shown().replaceWith(document.adoptNode(fresh)); }
    } catch { /* the next change, or the next page, shows it */ }
  }

  // Pictures that a worker has still to look at: they can be seen a little later.
  function watch() {
    clearTimeout(timer);
    if (!box.querySelector("[data-waiting]") || looks >= LOOKS) { return; }
    timer = setTimeout(async () => {
      looks += 1;
      if (!document.hidden && !shown().contains(document.activeElement)) { await refresh(); }
      watch();
    }, BETWEEN);
  }

  async function send(file) {
    if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) { return words.wordPicture; }
    if (file.size > Number(words.largest)) { return words.wordLarge; }
    const form = new FormData();
    form.append("entity", words.entity);
    form.append("record_id", words.record);
    form.append("file", file);
    const answer = await call("POST", words.files, form);
    if (answer && answer.ok) { return ""; }
    return answer ? reason(answer) : words.wordFailed;
  }

  async function take(files) {
    const refused = [];
    let added = "";
    box.setAttribute("aria-busy", "true");
    for (const file of files) {
      const why = await send(file);
      if (why) { refused.push(`${fill(words.wordRefused, { name: file.name })} ${why}`); } else { added = file.name; }
    }
    box.removeAttribute("aria-busy");
    if (added) { await refresh(); }
    if (refused.length) { say(refused.join(" "), true); } else if (added) { say(fill(words.wordAdded, { name: added })); }
    looks = 0;
    watch();
  }

  async function move(item, step) {
    const items = [...shown().querySelectorAll("[data-id]")];
    const from = items.indexOf(item);
    items.splice(from, 1);
    items.splice(from + step, 0, item);
    let answer = null;
    for (const [position, other] of items.entries()) {
      answer = await call("PATCH", `${words.files}${other.dataset.id}/`, JSON.stringify({ position }));
      if (!answer || !answer.ok) { break; }
    }
    const { id, name } = item.dataset;
    await tell(answer, words.wordMoved, name);
    await refresh();
    const moved = shown().querySelector(`[data-id="${id}"]`);
    const button = moved && (moved.querySelector(`[data-move="${step}"]:not([disabled])`) || moved.querySelector("[data-move]:not([disabled])"));
    if (button) { button.focus(); }
  }

  async function remove(item) {
    const answer = await call("DELETE", `${words.files}${item.dataset.id}/`);
    if (!await tell(answer, words.wordRemoved, item.dataset.name)) { return; }
    await refresh();
    add.querySelector("input").focus();
  }

  box.addEventListener("click", (event) => {
    const item = event.target.closest("[data-id]"), button = event.target.closest("button");
    if (!item || !button) { return; }
    if ("move" in button.dataset) { move(item, Number(button.dataset.move)); }
    if ("take" in button.dataset) { remove(item); }
  });
  box.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-describe]");
    if (!form) { return; }
    event.preventDefault();
    const item = form.closest("[data-id]");
    const answer = await call("PATCH", `${words.files}${item.dataset.id}/`, JSON.stringify({ note: form.elements.text.value }));
    await tell(answer, words.wordDescribed, item.dataset.name);
  });
  if (add) {
    const chosen = box.querySelector("[data-media-chosen]");
    add.hidden = false;
    chosen.hasChangeListener = true; // the theme's script would look for a text field of its own beside it
    chosen.addEventListener("change", async () => { await take([...chosen.files]); chosen.value = ""; });
    const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    box.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) { return; }
      event.preventDefault();
      box.classList.add("cm-media--over");
    });
    box.addEventListener("dragleave", (event) => { if (!box.contains(event.relatedTarget)) { box.classList.remove("cm-media--over"); } });
    box.addEventListener("drop", (event) => {
      if (!holdsFiles(event)) { return; }
      event.preventDefault();
      box.classList.remove("cm-media--over");
      take([...event.dataTransfer.files]);
    });
  }
  watch();
})();
