// Leads through the days of a calendar by keyboard: arrows from day to day, Page Up and Page Down to another page.
(() => {
    "use strict";

    const calendar = document.querySelector("[data-calendar]");
    if (!calendar) {
        return;
    }

    const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const TURNS = { PageUp: "previous", PageDown: "following" };
    const days = [...calendar.querySelectorAll("[data-day]")];

    calendar.addEventListener("keydown", (event) => {
        const place = days.indexOf(event.target);
        if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const turn = TURNS[event.key] ?? (event.key in STEPS && !days[place + STEPS[event.key]]
            ? (STEPS[event.key] < 0 ? "previous" : "following") : null);
        if (turn) {
            event.preventDefault();
            document.querySelector(`[data-turn="${turn}"]`)?.click();
        } else if (event.key in STEPS) {
            event.preventDefault();
            days[place + STEPS[event.key]].focus();
        }
    });
})();
