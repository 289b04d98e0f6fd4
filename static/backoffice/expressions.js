"use strict";
// The content policy lets no script make code of a text. So the theme's Alpine is replaced by its CSP build, which reads
// expressions itself: without globals, and one expression at a time. What the theme's templates want beyond that stands
// here, by its first words; an expression that Alpine cannot read shows up in the console and fails the browser tests.
const REWRITTEN = {
  "x-init": { "activeTab =": (text) => text.split(";")[0] },
};

// The globals that expressions name, as much of each as they need.
const GLOBALS = {
  localStorage: { getItem: (key) => window.localStorage.getItem(key) },
  window: {
    location: {
      get pathname() { return window.location.pathname; },
      get search() { return window.location.search; },
    },
  },
  getCurrentTab: () => getCurrentTab(),
  moveRecords: (event) => moveRecords(event),
  sortRecords: (event) => sortRecords(event),
  rememberSidebar: (open) => window.localStorage.setItem("sidebarDesktopOpen", open ? "1" : "0"),
};

function rewrite(item, attribute, ways) {
  const text = (item.getAttribute(attribute) || "").trim();
  const start = Object.keys(ways).find((words) => text.startsWith(words));
  if (start) { item.setAttribute(attribute, ways[start](text)); }
}

document.addEventListener("alpine:init", () => {
  for (const [attribute, ways] of Object.entries(REWRITTEN)) {
    document.querySelectorAll(`[${CSS.escape(attribute)}]`).forEach((item) => rewrite(item, attribute, ways));
  }
  document.body.setAttribute("x-effect", "rememberSidebar(sidebarDesktopOpen)");
  Alpine.data("theme", (chosen) => ({ ...theme(chosen), ...GLOBALS }));
  Alpine.data("searchForm", searchForm);
  Alpine.data("searchDropdown", searchDropdown);
});
