"use strict";
// The strip of long jobs above every page. It asks at once when an event of the live stream tells of a job; beside
// that every 10 s while a job goes on (2 s without a stream), less and less often while none does or the server does
// not answer.
(() => {
  const strip = document.querySelector("[data-progress-strip]");
  if (!strip) { return; }
  const EVERY = 2_000, STREAMED = 10_000, IDLE = 30_000, BROKEN = 60_000, STAYS = 10_000, OFFERED = 60_000, GAP = 500;
  const KEY = "agora-jobs";
  const ACTIVE = ["pending", "running"];
  const words = strip.dataset;
  const list = strip.querySelector("[data-jobs-shown]");
  const spoken = document.querySelector("[data-progress-spoken]");
  const template = strip.querySelector("template");
  const language = document.documentElement.lang || "en";
  const number = new Intl.NumberFormat(language);
  const rows = new Map(); // job id → {item, job}
  const stopping = new Set();
  let timer = 0, pause = EVERY, failures = 0, asking = false, again = false, asked = -GAP, isFirst = true;

  // What this tab has shown and nobody has put away, so that an end between two pages is not missed.
  function remembered() {
    try { return JSON.parse(sessionStorage.getItem(KEY) || "[]"); } catch { return []; }
  }
  function remember() {
    try { sessionStorage.setItem(KEY, JSON.stringify([...rows.keys()])); } catch { /* a tab without storage */ }
  }

  const isStreamed = () => document.documentElement.dataset.live === "open";
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const say = (text) => { spoken.textContent = text; };

  function duration(seconds) {
    const [value, unit] = seconds < 60 ? [seconds, "second"] : seconds < 5400 ? [Math.round(seconds / 60), "minute"]
      : [Math.round(seconds / 3600), "hour"];
    return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
  }

  function wording(job) {
    if (job.status === "failed") { return job.error || words.wordFailed; }
    if (!ACTIVE.includes(job.status)) { return words[`word${job.status[0].toUpperCase()}${job.status.slice(1)}`]; }
    const parts = [];
    if (job.is_cancel_requested) { parts.push(words.wordStopping); } else if (job.status === "pending") { parts.push(words.wordPending); }
    if (job.total !== null) {
      parts.push(fill(words.wordCounted, { done: number.format(job.processed), total: number.format(job.total) }));
    } else if (job.processed) { parts.push(number.format(job.processed)); }
    if (job.percent !== null) { parts.push(`${job.percent} %`); }
    if (job.eta_seconds !== null && !job.is_cancel_requested) {
      parts.push(fill(words.wordLeft, { time: duration(job.eta_seconds) }));
    }
    return parts.join(" · ");
  }

  function rowOf(job) {
    const item = template.content.firstElementChild.cloneNode(true);
    const name = item.querySelector("[data-name]");
    name.textContent = job.name;
    name.title = job.name;
    if (words.page) { name.href = `${words.page}${job.id}/change/`; }
    item.querySelector("[data-bar]").setAttribute("aria-label", job.name);
    const button = item.querySelector("[data-stop]");
    button.setAttribute("aria-label", fill(words.wordStop, job));
    button.addEventListener("click", () => stop(job.id));
    item.querySelector("[data-close]").addEventListener("click", () => putAway(job.id));
    const undo = item.querySelector("[data-undo]");
    if (undo) { undo.addEventListener("submit", () => { rows.delete(job.id); remember(); }); } // it is offered once
    list.append(item);
    return { item, job };
  }

  function show(job) {
    const isNew = !rows.has(job.id);
    if (isNew) { rows.set(job.id, rowOf(job)); }
    const row = rows.get(job.id), { item } = row, isActive = ACTIVE.includes(job.status);
    const hasEnded = !isActive && (isNew || ACTIVE.includes(row.job.status));
    row.job = job;
    item.className = `ag-strip__job ag-strip__job--${job.status}`;
    item.querySelector("[data-words]").textContent = wording(job);
    const bar = item.querySelector("[data-bar]");
    bar.hidden = !isActive;
    if (job.percent === null && job.status === "running") { bar.removeAttribute("value"); } else { bar.value = job.percent || 0; }
    const button = item.querySelector("[data-stop]"), hadFocus = document.activeElement === button;
    button.hidden = !(isActive && job.is_cancellable && !job.is_cancel_requested);
    if (hadFocus && button.hidden) { item.querySelector("[data-name]").focus(); }
    item.querySelector("[data-close]").hidden = isActive;
    const download = item.querySelector("[data-download]");
    download.hidden = !job.result.download;
    if (job.result.download) { download.href = job.result.download; }
    const undo = item.querySelector("[data-undo]");
    if (undo) {
      undo.hidden = job.status !== "completed" || !job.result.action;
      undo.elements.action.value = job.result.action || "";
      undo.querySelector("button").setAttribute("aria-label", fill(words.wordUndo, job));
    }
    if (isNew && isActive && !isFirst) { say(fill(words.wordStarted, job)); }
    if (hasEnded) { ended(job); }
  }

  function ended(job) {
    say(fill(words.wordEnded, { name: job.name, state: wording(job) }));
    const isRead = job.status === "failed" || job.result.download;
    if (!isRead) { setTimeout(() => putAway(job.id), job.result.action ? OFFERED : STAYS); }
  }

  function putAway(id) {
    const row = rows.get(id);
    if (!row) { return; }
    const hadFocus = row.item.contains(document.activeElement);
    row.item.remove();
    rows.delete(id);
    remember();
    strip.hidden = rows.size === 0;
    if (hadFocus && !strip.hidden) { list.querySelector("a, button").focus(); }
  }

  async function fetched(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.status === 404) { return null; }
    if (answer.status === 401 || answer.status === 403) { throw new Error("signed out"); }
    if (!answer.ok) { throw new Error(`status ${answer.status}`); }
    return answer.json();
  }

  async function look() {
    const query = "status__in=pending,running&parent_id__isnull=true&is_own=true&page_size=20&count=none";
    const found = await fetched(`${words.jobs}?${query}`);
    const active = found ? found.results : [];
    const ids = new Set(active.map((job) => job.id));
    const known = [...rows.values()].filter((row) => ACTIVE.includes(row.job.status)).map((row) => row.job.id);
    const gone = new Set([...known, ...(isFirst ? remembered() : [])].filter((id) => !ids.has(id)));
    const last = await Promise.all([...gone].map(async (id) => [id, await fetched(`${words.jobs}${id}/`)]));
    last.forEach(([id, job]) => { if (job) { show(job); } else { putAway(id); } });
    active.reverse().forEach(show);
    strip.hidden = rows.size === 0;
    isFirst = false;
    remember();
    return active.length;
  }

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) { return; }
    if (asking) { again = true; return; }
    asking = true;
    again = false;
    asked = performance.now();
    try {
      const count = await look();
      failures = 0;
      pause = count ? (isStreamed() ? STREAMED : EVERY) : Math.min(pause * 2, IDLE);
    } catch (error) {
      if (error.message === "signed out") { return; }
      failures += 1;
      pause = Math.min(EVERY * 2 ** failures, BROKEN);
    } finally {
      asking = false;
    }
    timer = setTimeout(ask, again ? GAP : pause);
  }

  // Many events at once are one reason to ask.
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(0, asked + GAP - performance.now()));
    pause = EVERY;
  }

  async function stop(id) {
    if (stopping.has(id)) { return; }
    stopping.add(id);
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": words.token };
    try {
      await fetch(`${words.jobs}${id}/cancel/`, { method: "POST", body: "{}", headers, credentials: "same-origin" });
    } catch { /* the next look shows how the job stands */ }
    stopping.delete(id);
    soon();
  }

  addEventListener("agora:event", (event) => {
    const name = event.detail && event.detail.name;
    if (!name || String(name).startsWith("progress.")) { soon(); }
  });
  addEventListener("agora:reconnected", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { soon(); } });
  ask();
})();
