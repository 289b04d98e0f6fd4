"use strict";
// The palette: pages and commands are matched here, records are asked for while somebody types.
(() => {
  const dialog = document.querySelector("[data-palette]");
  if (!dialog) { return; }
  const WAIT = 150, MOST_RECENT = 8, MOST_LOCAL = 6, PATIENCE = 10_000;
  const words = dialog.dataset;
  const input = dialog.querySelector("[data-palette-input]");
  const list = dialog.querySelector("[data-palette-list]");
  const state = dialog.querySelector("[data-palette-state]");
  const spoken = dialog.querySelector("[data-palette-spoken]");
  const again = dialog.querySelector("[data-palette-again]");
  const KEY = `agora-recent:${words.who}`;
  let offered = null; // {pages, commands}, once they have been fetched
  let options = [], chosen = 0, hasMoved = false;
  let records = [], asked = "", answered = "", failure = "", timer = 0, question = null;

  // Accents and capitals do not matter: "zloty" finds "Złoty".
  const fold = (text) => text.toLowerCase().replaceAll("ł", "l").replaceAll("ß", "ss")
    .normalize("NFD").replace(/\p{M}/gu, "");

  // How well an item matches, lower is better; null: not at all. Every word has to be there.
  function rank(item, query) {
    const title = fold(item.title), all = `${title} ${fold(item.note || "")} ${fold(item.words || "")}`;
    if (!query.split(/\s+/).every((word) => all.includes(word))) { return null; }
    if (title.startsWith(query)) { return 0; }
    if (` ${title}`.includes(` ${query}`)) { return 1; }
    return title.includes(query) ? 2 : 3;
  }

  function matching(items, query, most) {
    if (!query) { return items.slice(0, most); }
    return items.map((item, place) => ({ item, place, score: rank(item, query) }))
      .filter(({ score }) => score !== null)
      .sort((one, two) => one.score - two.score || one.place - two.place)
      .slice(0, most).map(({ item }) => item);
  }

  // What has been opened lately in this tab: kept no longer than the tab.
  function recent() {
    try { return JSON.parse(sessionStorage.getItem(KEY) || "[]"); } catch { return []; }
  }
  function remember({ title, note, icon, url }) {
    if (!url) { return; }
    const kept = [{ title, note, icon, url }, ...recent().filter((item) => item.url !== url)].slice(0, MOST_RECENT);
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* a tab without storage */ }
  }

  // What this page itself offers: its tabs and buttons.
  function here() {
    const found = document.querySelectorAll(".ag-tabs-line a[href]:not([aria-current]), [data-palette-item]");
    return [...found].map((control) => {
      const icon = control.querySelector(".material-symbols-outlined"), copy = control.cloneNode(true);
      copy.querySelectorAll("[aria-hidden], .ag-badge").forEach((part) => part.remove());
      const item = { title: copy.textContent.trim(), note: "", icon: icon ? icon.textContent.trim() : "touch_app" };
      return control.href ? { ...item, url: control.href } : { ...item, control };
    }).filter((item) => item.title);
  }

  function groups() {
    const typed = input.value.trim(), isCommand = typed.startsWith(">");
    const query = fold(isCommand ? typed.slice(1).trim() : typed);
    const { pages, commands } = offered || { pages: [], commands: [] };
    if (isCommand) {
      return [[words.wordHere, matching(here(), query, 20)], [words.wordCommands, matching(commands, query, 200)]];
    }
    if (!query) {
      return [[words.wordRecent, recent()], [words.wordHere, here()], [words.wordPages, pages], [words.wordCommands, matching(commands, "", MOST_LOCAL)]];
    }
    return [
      [words.wordHere, matching(here(), query, MOST_LOCAL)],
      [words.wordPages, matching(pages, query, MOST_LOCAL)],
      // What an earlier question has found stands until the next answer only where it matches that one, too.
      [words.wordRecords, answered === asked ? records : records.filter((item) => rank(item, query) !== null)],
      [words.wordCommands, matching(commands, query, MOST_LOCAL)],
    ];
  }

  function option(item, number) {
    const made = document.createElement(item.url ? "a" : "button");
    if (item.url) { made.href = item.url; } else { made.type = "button"; }
    made.id = `ag-option-${number}`;
    made.className = "ag-option";
    made.tabIndex = -1;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    for (const [name, text] of [["material-symbols-outlined", item.icon], ["ag-option__title", item.title], ["ag-option__note", item.note]]) {
      if (!text) { continue; }
      const part = document.createElement("span");
      part.className = name;
      part.textContent = text;
      if (text === item.icon) { part.setAttribute("aria-hidden", "true"); }
      made.append(part);
    }
    made.addEventListener("click", (event) => { press(item, event); });
    made.addEventListener("mousemove", () => { if (options[chosen]?.made !== made) { hasMoved = true; choose(number); } });
    return made;
  }

  function draw() {
    const former = hasMoved && options[chosen] ? options[chosen].item.url || options[chosen].item.title : "";
    list.replaceChildren();
    options = [];
    for (const [title, items] of groups()) {
      if (!items.length) { continue; }
      const group = document.createElement("div"), head = document.createElement("div");
      head.id = `ag-option-group-${list.children.length}`;
      head.className = "ag-options__head";
      head.textContent = title;
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", head.id);
      group.append(head);
      for (const item of items) {
        const made = option(item, options.length);
        options.push({ item, made });
        group.append(made);
      }
      list.append(group);
    }
    const kept = options.findIndex(({ item }) => former && (item.url || item.title) === former);
    choose(kept < 0 ? 0 : kept);
    tell();
  }

  function choose(number) {
    chosen = number;
    options.forEach(({ made }, place) => {
      made.classList.toggle("ag-results__chosen", place === chosen);
      made.setAttribute("aria-selected", String(place === chosen));
    });
    const current = options[chosen];
    if (!current) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", current.made.id);
    current.made.scrollIntoView({ block: "nearest" });
  }

  const isWaiting = () => Boolean(asked) && asked !== answered && !failure;

  // What stands instead of results: nothing yet, nothing found, or why there is no answer.
  function tell() {
    const typed = input.value.trim();
    let text = failure;
    if (!text && !options.length) { text = isWaiting() || !offered ? words.wordWaiting : typed ? words.wordNothing : ""; }
    state.hidden = !text;
    state.querySelector("span").textContent = text;
    again.hidden = !failure;
    dialog.classList.toggle("ag-palette--waiting", isWaiting());
    if (!isWaiting() && typed) { spoken.textContent = words.wordCounted.replace("{count}", options.length); }
  }

  async function json(address, signal) {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", signal });
    if (answer.status === 401 || answer.redirected) { throw new Error(words.wordSignedOut); }
    if (answer.status === 400) { return null; } // nothing in it that can be searched for
    if (!answer.ok) { throw new Error(words.wordFailed); }
    return answer.json();
  }

  const shown = (hit) => ({
    title: hit.title,
    note: [hit.subtitle, hit.entity_label, hit.organization].filter(Boolean).join(" · "),
    icon: hit.icon,
    url: hit.url,
  });

  // The index answers for the kinds that it holds as a whole; the records themselves are asked for the others.
  async function found(text, signal) {
    if (!words.index) { return (await json(`${words.find}?s=${encodeURIComponent(text)}`, signal)).results; }
    const answer = await json(`${words.index}?q=${encodeURIComponent(text)}`, signal);
    const hits = answer ? answer.results.filter((hit) => hit.url).map(shown) : [];
    if (!answer || !answer.building.length) { return hits; }
    const query = `s=${encodeURIComponent(text)}&in=${encodeURIComponent(answer.building.join(","))}`;
    const more = (await json(`${words.find}?${query}`, signal)).results;
    const known = new Set(hits.map((hit) => hit.url));
    return [...hits, ...more.filter((item) => !known.has(item.url))];
  }

  async function ask(text) {
    if (question) { question.abort(); }
    const own = question = new AbortController();
    const patience = setTimeout(() => own.abort("late"), PATIENCE);
    let hits = [], complaint = "";
    try {
      hits = await found(text, own.signal);
    } catch (error) {
      if (own !== question) { return; }
      complaint = error instanceof TypeError || error === "late" ? words.wordAway : error.message;
    } finally {
      clearTimeout(patience);
    }
    if (own !== question) { return; } // somebody has typed on
    [records, answered, failure] = [hits, text, complaint];
    draw();
  }

  function typed() {
    clearTimeout(timer);
    hasMoved = false;
    failure = "";
    const text = input.value.trim();
    asked = text.startsWith(">") ? "" : text;
    if (!asked) {
      if (question) { question.abort(); question = null; }
      records = [];
      answered = "";
    } else if (asked !== answered) {
      timer = setTimeout(ask, WAIT, asked);
    }
    draw();
  }

  async function offer() {
    failure = "";
    try {
      offered = await json(words.offer);
    } catch (error) {
      failure = error instanceof TypeError ? words.wordAway : error.message;
    }
    draw();
  }

  function post(item) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = item.post;
    const values = { csrfmiddlewaretoken: words.token, next: location.pathname + location.search, ...item.values };
    for (const [name, value] of Object.entries(values)) {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, value];
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }

  // A small file comes at once, a large one as a long job that the strip shows.
  async function download(item) {
    try {
      const answer = await fetch(item.download, { credentials: "same-origin" });
      if (answer.status === 202) { dispatchEvent(new CustomEvent("agora:reconnected", { detail: { gap: false } })); return; }
      if (!answer.ok) { throw new Error(words.wordFailed); }
      const link = document.createElement("a"), named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") || "");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = named ? named[1] : "export.csv";
      link.click();
      URL.revokeObjectURL(link.href);
    } catch {
      open();
      failure = words.wordFailed;
      tell();
    }
  }

  function press(item, event) {
    const apart = event.ctrlKey || event.metaKey || event.shiftKey;
    if (item.url) {
      remember(item);
      if (event.type === "click") { if (!apart) { dialog.close(); } return; } // the link does the rest
      if (apart) { window.open(item.url, "_blank", "noopener"); return; }
      dialog.close();
      location.assign(item.url);
      return;
    }
    dialog.close();
    if (item.post) { post(item); } else if (item.download) { download(item); } else {
      const control = item.control || document.querySelector(item.press);
      if (control) { control.click(); }
    }
  }

  function open() {
    if (dialog.open || document.querySelector("dialog[open]")) { return; }
    dialog.showModal();
    input.value = "";
    [records, asked, answered, failure, hasMoved] = [[], "", "", "", false];
    input.focus();
    draw();
    if (!offered) { offer(); }
  }

  input.addEventListener("input", typed);
  again.addEventListener("click", () => { failure = ""; input.focus(); if (!offered) { offer(); } if (asked) { ask(asked); } tell(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) { dialog.close(); } });
  dialog.querySelector("[data-palette-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key === "Escape" && input.value) { // the first one empties the field
      event.preventDefault();
      input.value = "";
      typed();
    } else if (event.target === input && steps[event.key] && options.length) {
      event.preventDefault();
      hasMoved = true;
      const wanted = chosen + steps[event.key], last = options.length - 1;
      choose(wanted < 0 ? (chosen ? 0 : last) : wanted > last ? (chosen < last ? last : 0) : wanted);
    } else if (event.target === input && event.key === "Enter") {
      event.preventDefault();
      if (options[chosen]) { press(options[chosen].item, event); }
    }
  });
  addEventListener("opencommand", open);
  document.addEventListener("keydown", (event) => {
    const isOurs = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isOurs || event.target.isContentEditable) { return; }
    event.preventDefault();
    if (dialog.open) { dialog.close(); } else { open(); }
  });

  if (words.record) { remember({ title: words.record, note: words.kind, icon: "history", url: location.pathname }); }
})();
