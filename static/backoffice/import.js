"use strict";
// Pages of imports: dropping a file, hiding what does not concern a column, and looking after a run.
(() => {
  const EVERY = 1_500;

  const drop = document.querySelector("[data-import-drop]");
  if (drop) {
    const input = drop.querySelector("input[type=file]");
    const problem = drop.querySelector("[data-import-problem]");
    const judge = () => {
      const file = input.files[0];
      const isLarge = Boolean(file) && file.size > Number(input.dataset.most);
      problem.hidden = !isLarge;
      problem.textContent = isLarge ? input.dataset.tooLarge : "";
      input.setCustomValidity(isLarge ? input.dataset.tooLarge : "");
    };
    const over = (event, isOver) => { event.preventDefault(); drop.classList.toggle("im-drop--over", isOver); };
    drop.addEventListener("dragover", (event) => over(event, true));
    drop.addEventListener("dragleave", (event) => over(event, false));
    drop.addEventListener("drop", (event) => {
      over(event, false);
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; judge(); }
    });
    // Caught on its way: the theme's own listener looks for an input of text beside the file.
    drop.addEventListener("change", (event) => { event.stopPropagation(); judge(); }, true);
  }

  const SHAPES = { number: [".", ","], date: ["dmy", "mdy"] };
  for (const target of document.querySelectorAll("[data-import-target]")) {
    const style = target.parentElement.querySelector("[data-import-style]");
    const fit = () => {
      const shape = target.selectedOptions[0].dataset.shape || "";
      style.hidden = !shape;
      for (const option of style.options) {
        option.hidden = option.disabled = option.value !== "auto" && !(SHAPES[shape] || []).includes(option.value);
      }
      if (style.selectedOptions[0].disabled) { style.value = "auto"; }
    };
    target.addEventListener("change", fit);
    fit();
  }

  async function look() {
    const live = document.querySelector("[data-import-working]");
    if (!live) { return; }
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-import-live]");
      if (answer.ok && !fresh) { location.reload(); return; } // stopped elsewhere: it stands at the columns again
      if (fresh && !(live.contains(document.activeElement) && fresh.hasAttribute("data-import-working"))) {
        live.replaceWith(fresh);
      }
    } catch { /* asked again below */ }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
})();
