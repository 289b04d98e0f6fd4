"use strict";
// Says on a record's page that the record has changed since the page was loaded.
(() => {
  const notice = document.querySelector("[data-record-changed]");
  if (!notice) { return; }
  const { entity, id, version, who } = notice.dataset;
  const words = notice.querySelector("[data-words]");
  const said = { unsure: 0, own: 1, changed: 1, deleted: 2 }; // nothing is taken back by something weaker
  let saying = -1;

  function say(kind) {
    if (said[kind] < saying) { return; }
    saying = said[kind];
    notice.hidden = false;
    words.textContent = notice.dataset[`word${kind[0].toUpperCase()}${kind.slice(1)}`];
  }

  // The page may be younger than the event: it may have been loaded, or saved, after the change.
  const isKnown = (payload) => Boolean(version && payload.version) && payload.version <= Number(version);

  addEventListener("agora:event", ({ detail }) => {
    if (detail.entity !== entity || detail.entity_id !== id || isKnown(detail.payload)) { return; }
    const verb = detail.name.slice(entity.length + 1), isOwn = detail.actor.id === who;
    if (verb === "deleted") { say("deleted"); }
    if (verb === "restored" || (verb === "updated" && (version || !isOwn))) { say(isOwn ? "own" : "changed"); }
  });
  addEventListener("agora:reconnected", ({ detail }) => { if (detail.gap) { say("unsure"); } });
})();
