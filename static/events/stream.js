"use strict";
// The live stream: one connection for all tabs of a browser that show the same person in the same organization.
// Each event becomes a DOM event on window: `agora:event` with the event as `detail`. `agora:reconnected` follows a
// break; its `detail.gap` says whether something may have been missed, so that the page had better read anew.
(() => {
  const { address, listener } = document.currentScript.dataset;
  if (!address || !window.EventSource) { return; }
  const SILENT = 45_000, LOOK = 5_000, SHORTEST = 1_000, LONGEST = 60_000, FRESH = 60_000, KNOWN = 500;
  const name = `agora-stream:${listener}`;
  const channel = window.BroadcastChannel ? new BroadcastChannel(name) : null;
  const heard = new Set(); // ids of the last events, so that none is told twice
  let source = null, release = null, timer = 0, watch = 0, pause = SHORTEST;
  let lastId = "", lastAt = 0, wasOpen = false, isWanted = false;

  // A page that follows upon another one goes on where that one ended.
  function remember() {
    try { sessionStorage.setItem(name, JSON.stringify([lastId, Date.now()])); } catch { /* a tab without storage */ }
  }
  function remembered() {
    try {
      const [id, at] = JSON.parse(sessionStorage.getItem(name) || "[]");
      return Date.now() - at < FRESH ? id : "";
    } catch { return ""; }
  }

  function tell(kind, detail) { window.dispatchEvent(new CustomEvent(kind, { detail })); }

  function take(message) {
    if (message.id) { lastId = message.id; remember(); }
    if (message.kind === "reconnected") { tell("agora:reconnected", { gap: message.gap }); return; }
    if (message.kind !== "event" || heard.has(message.detail.id)) { return; }
    heard.add(message.detail.id);
    if (heard.size > KNOWN) { heard.delete(heard.values().next().value); }
    tell("agora:event", message.detail);
  }

  function share(message) {
    if (channel) { channel.postMessage(message); }
    take(message);
  }

  function alive(event) {
    lastAt = performance.now();
    pause = SHORTEST;
    return event.lastEventId;
  }

  function opened() {
    lastAt = performance.now();
    if (wasOpen) { share({ kind: "reconnected", gap: false }); }
    wasOpen = true;
    document.documentElement.dataset.live = "open";
  }

  function missed(event) {
    const message = { kind: "reconnected", gap: true, id: alive(event) };
    // A page that has just been loaded has missed nothing; those beside it may have.
    if (heard.size || performance.now() > FRESH) { share(message); return; }
    if (channel) { channel.postMessage(message); }
    lastId = message.id;
    remember();
  }

  function open() {
    close();
    const after = lastId || remembered();
    source = new EventSource(after ? `${address}?after=${encodeURIComponent(after)}` : address);
    lastAt = performance.now();
    source.addEventListener("open", opened);
    source.addEventListener("agora:heartbeat", (event) => share({ kind: "heartbeat", id: alive(event) }));
    source.addEventListener("agora:gap", missed);
    source.addEventListener("message", (event) => {
      const id = alive(event);
      try { share({ kind: "event", id, detail: JSON.parse(event.data) }); } catch { /* not one of ours */ }
    });
    source.addEventListener("error", () => {
      document.documentElement.dataset.live = "broken";
      if (source && source.readyState === EventSource.CLOSED) { later(); }
    });
    watch = setInterval(() => { if (performance.now() - lastAt > SILENT) { later(); } }, LOOK);
  }

  function close() {
    clearTimeout(timer);
    clearInterval(watch);
    if (source) { source.close(); }
    source = null;
  }

  // The browser comes back by itself after a break, but not after a refusal, and it does not notice silence.
  function later() {
    close();
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST);
  }

  function lead() {
    open();
    return new Promise((done) => { release = done; });
  }

  function start() {
    if (isWanted) { return; }
    isWanted = true;
    if (!channel || !navigator.locks) { open(); return; }
    navigator.locks.request(name, () => (isWanted ? lead() : undefined)).catch(() => { if (isWanted) { open(); } });
  }

  function stop() {
    isWanted = false;
    close();
    if (release) { release(); }
    release = null;
  }

  if (channel) { channel.addEventListener("message", (event) => take(event.data)); }
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) { wasOpen = true; start(); } });
  addEventListener("online", () => { if (source || timer) { pause = SHORTEST; later(); } });
  start();
})();
