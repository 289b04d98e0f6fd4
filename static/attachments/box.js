"use strict";
// The files of a record: adding them one after the other, with a bar for each, and removing them with a way back.
// The list itself is drawn by the server; after a change the page is fetched again and its list taken over.
(() => {
  const box = document.querySelector("[data-files]");
  if (!box) { return; }
  const LOOKS = 10, BETWEEN = 2_000, OFFERED = 10_000;
  const words = box.dataset;
  const coming = box.querySelector("[data-files-coming]");
  const said = box.querySelector("[data-files-said]");
  const saidWords = box.querySelector("[data-files-words]");
  const undo = box.querySelector("[data-files-undo]");
  const add = box.querySelector("[data-files-add]");
  const queue = [];
  let sending = false, taken = "", takenName = "", offer = 0, looks = 0, timer = 0;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const shown = () => box.querySelector("[data-files-shown]");

  function say(text, { bad = false, action = "" } = {}) {
    clearTimeout(offer);
    saidWords.textContent = text;
    said.classList.toggle("ag-files__said--bad", bad);
    said.hidden = !text;
    taken = action;
    undo.hidden = !(action && "mayUndo" in words);
    if (action) { offer = setTimeout(() => say(""), OFFERED); }
  }

  // What a refusal says: its complaints, else its sentence.
  function reason(answer) {
    try {
      const problem = JSON.parse(answer);
      return (problem.errors || []).map((item) => item.message).join(" ") || problem.detail || words.wordFailed;
    } catch { return words.wordFailed; }
  }

  async function refresh() {
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) { return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-files-shown]");
      if (fresh) { shown().replaceWith(document.adoptNode(fresh)); }
      for (const number of document.querySelectorAll("[data-tab-number]")) {
        number.textContent = page.querySelector(`[data-tab-number="${number.dataset.tabNumber}"]`)?.textContent ?? "";
      }
    } catch { /* the next change, or the next page, shows it */ }
  }

  // Files that a worker has still to look at: their thumbnails come a little later.
  function watch() {
    clearTimeout(timer);
    if (!box.querySelector("[data-waiting]") || looks >= LOOKS) { return; }
    timer = setTimeout(async () => {
      looks += 1;
      if (!document.hidden && !box.contains(document.activeElement)) { await refresh(); }
      watch();
    }, BETWEEN);
  }

  function row(file) {
    const item = document.createElement("li");
    item.className = "ag-file";
    const picture = document.createElement("span");
    picture.className = "ag-file__picture";
    const text = document.createElement("div");
    text.className = "ag-file__words";
    const name = document.createElement("p");
    name.className = "ag-file__name";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.className = "ag-file__bar";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", fill(words.wordSending, { name: file.name }));
    text.append(name, bar);
    item.append(picture, text);
    coming.append(item);
    return { item, bar };
  }

  function send(file, bar) {
    return new Promise((resolve) => {
      const form = new FormData();
      form.append("entity", words.entity);
      form.append("record_id", words.record);
      form.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", words.list);
      request.setRequestHeader("X-CSRFToken", words.token);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) { bar.value = Math.floor((event.loaded / event.total) * 100); }
      });
      request.addEventListener("load", () => resolve({ ok: request.status === 201, text: request.responseText }));
      request.addEventListener("error", () => resolve({ ok: false, text: "" }));
      request.send(form);
    });
  }

  async function work() {
    if (sending) { return; }
    sending = true;
    const refused = [];
    let added = "";
    while (queue.length) {
      const { file, item, bar } = queue.shift();
      const tooLarge = file.size > Number(words.largest);
      const answer = tooLarge ? { ok: false, text: "" } : await send(file, bar);
      item.remove();
      if (answer.ok) { added = file.name; } else {
        const why = tooLarge ? words.wordLarge : reason(answer.text);
        refused.push(`${fill(words.wordRefused, { name: file.name })} ${why}`);
      }
      if (answer.ok) { await refresh(); }
    }
    sending = false;
    if (refused.length) { say(refused.join(" "), { bad: true }); } else if (added) { say(fill(words.wordAdded, { name: added })); }
    looks = 0;
    watch();
  }

  function take(files) {
    say("");
    queue.push(...[...files].map((file) => ({ file, ...row(file) })));
    work();
  }

  async function call(method, address) {
    try {
      const body = method === "POST" ? "{}" : undefined;
      const headers = { "X-CSRFToken": words.token, "Content-Type": "application/json" };
      return await fetch(address, { method, headers, body });
    } catch { return null; }
  }

  async function remove(item) {
    const answer = await call("DELETE", `${words.list}${item.dataset.id}/`);
    if (!answer || !answer.ok) { say(answer ? reason(await answer.text()) : words.wordFailed, { bad: true }); return; }
    takenName = item.dataset.name;
    await refresh();
    say(fill(words.wordRemoved, { name: takenName }), { action: answer.headers.get("X-Action-Id") || "" });
    if (undo.hidden) { (add ? add.querySelector("input") : box).focus(); } else { undo.focus(); }
  }

  box.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-remove]");
    if (!pressed) { return; }
    event.preventDefault();
    remove(pressed.closest("[data-id]"));
  });
  undo.addEventListener("click", async () => {
    const answer = await call("POST", `${words.undo}${taken}/undo/`);
    if (!answer || !answer.ok) { say(answer ? reason(await answer.text()) : words.wordFailed, { bad: true }); return; }
    await refresh();
    say(fill(words.wordBack, { name: takenName }));
    if (add) { add.querySelector("input").focus(); }
  });
  if (add) {
    const chosen = box.querySelector("[data-files-chosen]");
    add.hidden = false;
    chosen.hasChangeListener = true; // the theme's script would look for a text field of its own beside it
    chosen.addEventListener("change", () => { take(chosen.files); chosen.value = ""; });
    const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    box.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) { return; }
      event.preventDefault();
      box.classList.add("ag-files--over");
    });
    box.addEventListener("dragleave", (event) => {
      if (!box.contains(event.relatedTarget)) { box.classList.remove("ag-files--over"); }
    });
    box.addEventListener("drop", (event) => {
      if (!holdsFiles(event)) { return; }
      event.preventDefault();
      box.classList.remove("ag-files--over");
      take(event.dataTransfer.files);
    });
    // A file that misses the box would be opened in place of the form, with everything that was typed into it.
    for (const name of ["dragover", "drop"]) {
      window.addEventListener(name, (event) => { if (holdsFiles(event)) { event.preventDefault(); } });
    }
  }
  watch();
})();
