"use strict";
// Moves values by dragging; the buttons beside them do the same without a mouse and without this script.
(() => {
  const form = document.querySelector("[data-arrange]");
  if (!form) { return; }
  form.classList.add("di-form--ready");
  window.agoraArranging(form, "di-line");
})();
