"use strict";
// Whoever leaves a form that they have changed is asked first, in the browser's own words.
(() => {
  const SELECTOR = "#content form[method=post]:not(#changelist-form, .ag-message__undo, [data-unguarded])";
  const former = new Map(); // form → what was in it before somebody touched it
  let isLeaving = false;

  function content(form) {
    const data = new FormData(form);
    data.delete("csrfmiddlewaretoken");
    return JSON.stringify([...data].map(([name, value]) => [name, value instanceof File ? value.name : value]));
  }

  // Scripts of the page may fill fields as it loads, so that the first touch is when the form is as it was given.
  function remember(event) {
    const form = event.target.form || (event.target.closest && event.target.closest(SELECTOR));
    if (form && form.matches(SELECTOR) && !former.has(form)) { former.set(form, content(form)); }
  }
  for (const name of ["focusin", "pointerdown"]) { document.addEventListener(name, remember, { capture: true, passive: true }); }

  // A form that was refused holds what is saved nowhere yet.
  const isRefused = (form) => Boolean(form.querySelector(".errors, .errorlist, [aria-invalid=true], .errornote"));
  const isChanged = (form) => form.isConnected && (isRefused(form) || (former.has(form) && former.get(form) !== content(form)));

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(SELECTOR)) { return; }
    if (event.defaultPrevented) { former.delete(event.target); } else { isLeaving = true; } // a script sends it, and stays
  });
  addEventListener("pageshow", () => { isLeaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && [...document.querySelectorAll(SELECTOR)].some(isChanged)) { event.preventDefault(); }
  });
})();
