// Leads through the days of a calendar by keyboard: arrows from day to day, Page Up and Page Down to another page.
// In a month what is planned is dragged to another day; the link beside it does the same by keyboard and without this script.
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

    if ("hours" in calendar.dataset) {
        return; // hours.js
    }
    const form = document.querySelector("[data-moves]"), cells = [...calendar.querySelectorAll("[data-date]")];
    window.agoraDragging({
        root: calendar,
        grip: "[data-entry][draggable=true]",
        thing: "[data-entry]",
        dragged: "ci-entry--dragged",
        place: (event, entry) => {
            const day = event.target.closest?.("[data-date]");
            return day && day.dataset.date !== entry.dataset.from ? day : null;
        },
        mark: (day) => day.classList.add("ci-day--over"),
        unmark: () => cells.forEach((day) => day.classList.remove("ci-day--over")),
        drop: (entry, day) => {
            form.action = entry.dataset.entry;
            form.elements.version.value = entry.dataset.version;
            form.elements.starts.value = entry.dataset.starts;
            form.elements.from.value = entry.dataset.from;
            form.elements.to.value = day.dataset.date;
            form.submit();
        },
    });
})();
