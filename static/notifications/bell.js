"use strict";
// The bell at the top of every page: how many are unread, a panel of the newest, and what pops up. It asks when the
// live stream tells of a notification; every 30 s where there is no stream, and not at all in a hidden tab.
(() => {
  const bell = document.querySelector("[data-notification-bell]");
  if (!bell) { return; }
  const EVERY = 30_000, GAP = 300, SHOWN = 20, POPPED = 3, STAYS = 12_000, SILENT = 45_000;
  const LOUD = ["warning", "error"], KEY = "agora-notified", OPENED = "agora-notification-opened";
  const words = bell.dataset, opener = bell.querySelector("summary");
  const items = bell.querySelector("[data-items]"), note = bell.querySelector("[data-note]");
  const toasts = document.querySelector("[data-toasts]"), spoken = document.querySelector("[data-notification-spoken]");
  const language = document.documentElement.lang || "en";
  // Moments as the pages write them: in the reader's own zone, which need not be the browser's, and days before months.
  const moments = writing({ dateStyle: "medium", timeStyle: "short" });
  const rows = new Map(); // id → {item, text}
  let timer = 0, poll = 0, asking = false, again = false, lastSeen = remembered(), streamAt = 0, isSignedOut = false;

  function writing(style) {
    const locale = language === "en" ? "en-GB" : language;
    try { return new Intl.DateTimeFormat(locale, { ...style, timeZone: words.zone }); }
    catch { return new Intl.DateTimeFormat(locale, style); } // a zone that the browser does not know
  }

  // The moment up to which this tab has popped things up, from page to page, so that none falls between two pages.
  function remembered() {
    try { return sessionStorage.getItem(KEY) || words.now; } catch { return words.now; }
  }
  function remember(moment) {
    lastSeen = moment;
    try { sessionStorage.setItem(KEY, moment); } catch { /* a tab without storage */ }
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const say = (text) => { spoken.textContent = text; };

  async function called(address, options) {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    const record = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (answer.status === 401 || (answer.status === 403 && !options.method)) { isSignedOut = true; }
    return { isWell: answer.ok, status: answer.status, record };
  }
  const asked = (address) => called(address, { headers: { Accept: "application/json" } });
  const sent = (address, body = {}) => called(address, {
    method: "POST",
    keepalive: true,
    body: JSON.stringify(body),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": words.token },
  });

  // Whoever follows one has read it. The page that opens may have been counted a moment before that was noted.
  function opened(id) {
    sent(`${words.list}${id}/read/`).catch(() => {});
    try { sessionStorage.setItem(OPENED, id); } catch { /* the stream will tell */ }
  }
  function wasOpened() {
    try {
      const id = sessionStorage.getItem(OPENED);
      sessionStorage.removeItem(OPENED);
      return id !== null;
    } catch { return false; }
  }

  function count(found) {
    const shown = bell.querySelector("[data-count-shown]");
    shown.textContent = found.count_capped ? "99+" : String(found.count);
    shown.hidden = found.count === 0;
    opener.setAttribute("aria-label", found.count ? fill(words.wordSome, { count: shown.textContent }) : words.wordNone);
    bell.querySelector("[data-read-all]").disabled = found.count === 0;
  }

  // Buttons of a notification: commands ask their question in place, links lead on.
  function actions(box, result, record, after) {
    box.replaceChildren();
    const open = record.action_taken || record.status === "dismissed" ? [] : record.actions;
    for (const item of open) { box.append(item.href ? leading(item) : pressing(item, box, result, record, after)); }
    box.hidden = open.length === 0;
    if (record.action_taken && !result.textContent) {
      const { label } = record.action_result;
      result.textContent = label ? fill(words.wordDid, { label }) : words.wordDone;
    }
  }
  function styled(element, item) {
    const look = { primary: " ag-button--primary", danger: " ag-button--danger" }[item.variant] || "";
    element.className = `ag-button ag-button--small${look}`;
    element.textContent = item.label;
    return element;
  }
  function leading(item) {
    const link = styled(document.createElement("a"), item);
    link.href = item.href;
    return link;
  }
  function button(item, press) {
    const made = styled(document.createElement("button"), item);
    made.type = "button";
    // The button may be gone when the click arrives further up, where it would look like one beside the panel.
    made.addEventListener("click", (event) => { event.stopPropagation(); press(); });
    return made;
  }
  function pressing(item, box, result, record, after) {
    const act = () => press(item, box, result, record, after);
    if (!item.confirm) { return button(item, act); }
    return button(item, () => {
      const question = document.createElement("p");
      question.className = "no-item__question";
      question.textContent = item.confirm;
      const yes = button({ label: words.wordSure, variant: item.variant }, act);
      const no = button({ label: words.wordNot, variant: "plain" }, () => {
        actions(box, result, record, after);
        box.querySelector("button, a")?.focus();
      });
      box.replaceChildren(question, yes, no);
      no.focus();
    });
  }
  async function press(item, box, result, record, after) {
    box.querySelectorAll("button").forEach((one) => { one.disabled = true; });
    const answer = await sent(`${words.list}${record.id}/action/`, { action_id: item.id }).catch(() => ({ record: {} }));
    const newest = answer.isWell ? answer.record : (await asked(`${words.list}${record.id}/`).catch(() => ({}))).record || record;
    result.textContent = answer.isWell ? "" : answer.record.detail || words.wordFailed;
    if (!answer.isWell) { newest.id = record.id; }
    actions(box, result, { ...record, ...newest }, after);
    result.tabIndex = -1;
    result.focus();
    if (answer.isWell) { after(answer.record); }
  }

  function rowOf(record) {
    const item = bell.querySelector("template[data-item]").content.firstElementChild.cloneNode(true);
    const title = item.querySelector("[data-title]");
    title.addEventListener("click", () => { if (item.hasAttribute("data-unread")) { opened(record.id); } });
    item.querySelector("[data-read]").addEventListener("click", () => move(record.id, "read"));
    item.querySelector("[data-away]").addEventListener("click", () => move(record.id, "dismiss"));
    return { item, text: "" };
  }

  function show(record) {
    const isNew = !rows.has(record.id);
    if (isNew) { rows.set(record.id, rowOf(record)); }
    const row = rows.get(record.id), { item } = row, text = JSON.stringify(record);
    if (row.text === text) { return; }
    row.text = text;
    item.className = `no-item no-item--${record.severity}`;
    item.toggleAttribute("data-unread", record.status === "unread");
    item.querySelector("[data-icon]").textContent = record.icon;
    const title = item.querySelector("[data-title]");
    title.textContent = record.title;
    title.href = record.link || `${words.page}${record.id}/change/`;
    const often = item.querySelector("[data-often]");
    often.textContent = `×${record.count}`;
    often.hidden = record.count < 2;
    const body = item.querySelector("[data-body]");
    body.textContent = record.body;
    body.hidden = !record.body;
    const when = item.querySelector("[data-when]");
    when.dateTime = record.happened_at;
    when.textContent = moments.format(new Date(record.happened_at));
    const read = item.querySelector("[data-read]");
    read.setAttribute("aria-label", fill(words.wordRead, record));
    read.hidden = record.status !== "unread";
    item.querySelector("[data-away]").setAttribute("aria-label", fill(words.wordAway, record));
    const box = item.querySelector("[data-actions]");
    if (!box.contains(document.activeElement)) { actions(box, item.querySelector("[data-result]"), record, soon); }
  }

  // Whoever works by keyboard stays where they are: with the row, else with its neighbour.
  function list(records) {
    const ids = records.map((record) => record.id);
    const active = document.activeElement, within = items.contains(active) ? active.closest("li") : null;
    const place = within ? [...items.children].indexOf(within) : -1;
    for (const [id, row] of rows) { if (!ids.includes(id)) { row.item.remove(); rows.delete(id); } }
    records.forEach(show);
    const ordered = ids.map((id) => rows.get(id).item);
    if (ordered.some((item, index) => items.children[index] !== item)) { items.replaceChildren(...ordered); }
    if (within && items.contains(within)) { (active.isConnected && active.offsetParent ? active : within.querySelector("a")).focus(); }
    else if (within) { (items.children[Math.min(place, items.children.length - 1)]?.querySelector("a") || bell.querySelector("[data-all]")).focus(); }
    bell.querySelector("[data-empty]").hidden = records.length > 0;
  }

  function toast(record) {
    const made = bell.querySelector("template[data-toast]").content.firstElementChild.cloneNode(true);
    made.classList.add(`no-toast--${record.severity}`);
    made.setAttribute("role", record.severity === "error" ? "alert" : "status");
    made.querySelector("[data-icon]").textContent = record.icon;
    const title = made.querySelector("[data-title]"), hide = made.querySelector("[data-hide]");
    title.textContent = record.title;
    title.href = record.link || `${words.page}${record.id}/change/`;
    title.addEventListener("click", () => opened(record.id));
    hide.setAttribute("aria-label", fill(words.wordHide, record));
    const away = () => { made.remove(); toasts.hidden = toasts.children.length === 0; };
    hide.addEventListener("click", away);
    toasts.hidden = false;
    toasts.append(made);
    while (toasts.children.length > POPPED) { toasts.firstElementChild.remove(); }
    // An error stays until somebody has put it away; a warning leaves, but not from under the pointer or the focus.
    const leave = () => { if (made.matches(":hover, :focus-within")) { setTimeout(leave, STAYS); } else { away(); } };
    if (record.severity !== "error") { setTimeout(leave, STAYS); }
  }

  async function pop() {
    const query = new URLSearchParams({ status: "unread", happened_at__gt: lastSeen, page_size: SHOWN, count: "none" });
    const found = await asked(`${words.list}?${query}`);
    if (!found.isWell) { return; }
    const fresh = found.record.results.reverse();
    if (fresh.length) { remember(fresh.at(-1).happened_at); }
    const heard = fresh.filter((record) => !record.is_silent);
    heard.filter((record) => LOUD.includes(record.severity)).forEach(toast);
    const last = heard.at(-1);
    if (last && !LOUD.includes(last.severity)) { say(fill(words.wordNew, last)); }
  }

  async function look() {
    const number = await asked(`${words.list}unread-count/`);
    if (number.isWell) { count(number.record); }
    if (bell.open) {
      const query = `status__in=unread,read,actioned&page_size=${SHOWN}&count=none`;
      const found = await asked(`${words.list}?${query}`);
      note.hidden = found.isWell;
      if (found.isWell) { list(found.record.results); } else { note.textContent = words.wordFailed; }
    }
    await pop();
  }

  async function ask() {
    clearTimeout(timer);
    if (document.hidden || isSignedOut) { return; }
    if (asking) { again = true; return; }
    asking = true;
    again = false;
    try { await look(); } catch { if (bell.open) { note.textContent = words.wordFailed; note.hidden = false; } }
    asking = false;
    if (again) { soon(); }
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, GAP);
  }

  async function move(id, verb) {
    const answer = await sent(`${words.list}${id}/${verb}/`).catch(() => ({ record: {} }));
    if (!answer.isWell && answer.status !== 404) { note.textContent = answer.record.detail || words.wordFailed; note.hidden = false; }
    await ask();
  }

  // Tabs share one connection, so the one that has it says for all of them that it lives.
  const stream = document.querySelector("script[data-listener]");
  if (stream && window.BroadcastChannel) {
    new BroadcastChannel(`agora-stream:${stream.dataset.listener}`).addEventListener("message", () => { streamAt = performance.now(); });
  }
  const isLive = () => document.documentElement.dataset.live === "open" || (streamAt > 0 && performance.now() - streamAt < SILENT);
  poll = setInterval(() => { if (isSignedOut) { clearInterval(poll); } else if (!isLive()) { ask(); } }, EVERY);

  addEventListener("agora:event", (event) => {
    const name = event.detail && event.detail.name;
    if (String(name || "").startsWith("notifications.notification.")) { soon(); }
  });
  addEventListener("agora:reconnected", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { soon(); } });
  bell.addEventListener("toggle", () => { if (bell.open) { ask(); } });
  bell.querySelector("[data-read-all]").addEventListener("click", async () => {
    await sent(`${words.list}mark-all-read/`).catch(() => {});
    await ask();
    opener.focus();
  });
  count({ count: Number(words.count), count_capped: "capped" in words });
  if (wasOpened() || lastSeen !== words.now) { soon(); }

  // The page of one notification: opening it is reading it.
  const page = document.querySelector("[data-notification]");
  if (page) {
    const own = `${words.list}${page.dataset.notification}/`, result = page.querySelector("[data-result]");
    const box = page.querySelector("[data-actions]");
    asked(own).then(({ isWell, record }) => {
      if (!isWell) { return; }
      actions(box, result, record, soon);
      if (box.hidden && !result.textContent && !page.querySelector("a")) { result.textContent = words.wordNothing; }
      if (record.status === "unread") { sent(`${own}read/`).then(soon); }
    }).catch(() => { result.textContent = words.wordFailed; });
  }
})();
