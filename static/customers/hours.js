// Moves what is planned in a week or a day of the calendar: by dragging, or with Shift and the arrow keys, by quarters of
// an hour. What is of the day as a whole, or began the day before, keeps its time and changes the day.
(() => {
    "use strict";

    const root = document.querySelector("[data-hours]");
    if (!root) {
        return;
    }

    const QUARTERS = 96, KEPT = "agora-calendar-moved";
    const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const form = document.querySelector("[data-moves]"), said = root.querySelector("[data-said]");
    const scroll = root.querySelector("[data-scroll]"), places = [...root.querySelectorAll("[data-date]")];
    const columns = () => [...root.querySelectorAll("[data-column]")].filter((item) => item.checkVisibility());
    const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const ghost = document.createElement("div");
    let grasped = 0, pending = null;

    // What was moved is in sight again, and has the focus, when the page is back.
    function found() {
        try {
            const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
            sessionStorage.removeItem(KEPT);
            const entry = [...root.querySelectorAll("[data-entry]")].find((item) => item.dataset.entry === kept?.entry);
            if (entry) { scroll.scrollTop = kept.top; }
            return entry;
        } catch { return null; }
    }
    const moved = found();
    if (moved) {
        moved.querySelector("a").focus();
    } else {
        scroll.scrollTop = (Math.max(Number(root.dataset.opensAt) - 0.5, 0) / 24) * scroll.scrollHeight;
    }

    const words = (quarter) => clock.format(new Date(2000, 0, 1, Math.floor(quarter / 4), (quarter % 4) * 15));
    const digits = (quarter) => `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
    const within = (number, last) => Math.min(Math.max(number, 0), last);

    function quarterAt(event, column, offset) {
        const box = column.getBoundingClientRect();
        return within(Math.round(((event.clientY - offset - box.top) / box.height) * QUARTERS), QUARTERS - 1);
    }

    function unmark() {
        ghost.remove();
        places.forEach((item) => item.classList.remove("ci-day--over"));
    }

    function mark({ place, quarter, entry }) {
        if (quarter === null) {
            place.classList.add("ci-day--over");
            return;
        }
        const length = Math.min(Number(entry.dataset.length), QUARTERS - quarter);
        ghost.className = `ci-ghost ci-h${Math.floor(quarter / 4)} ci-m${quarter % 4} ci-lh${Math.floor(length / 4)} ci-lm${length % 4}`;
        ghost.textContent = words(quarter);
        place.append(ghost);
    }

    function drop(entry, { place, quarter }) {
        form.action = entry.dataset.entry;
        form.elements.version.value = entry.dataset.version;
        form.elements.starts.value = entry.dataset.starts;
        form.elements.from.value = entry.dataset.from;
        form.elements.to.value = place.dataset.date;
        form.elements.time.value = quarter === null ? "" : digits(quarter);
        try {
            sessionStorage.setItem(KEPT, JSON.stringify({ entry: entry.dataset.entry, top: scroll.scrollTop }));
        } catch { /* the page opens at its usual hour */ }
        form.submit();
    }

    root.addEventListener("dragstart", (event) => {
        leave();
        grasped = event.clientY - (event.target.closest?.("[data-entry]")?.getBoundingClientRect().top ?? event.clientY);
    });
    window.agoraDragging({
        root,
        grip: "[data-entry][draggable=true]",
        thing: "[data-entry]",
        dragged: "ci-entry--dragged",
        place: (event, entry) => {
            const place = event.target.closest?.("[data-date]");
            if (!place) { return null; }
            const isTimed = "timed" in entry.dataset && "column" in place.dataset;
            const quarter = isTimed ? quarterAt(event, place, grasped) : null;
            const isSame = place.dataset.date === entry.dataset.from && (quarter === null || quarter === Number(entry.dataset.start));
            return isSame ? null : { place, quarter, entry };
        },
        mark,
        unmark,
        drop,
    });

    // By keyboard: the place is chosen step by step, and nothing happens before Enter.
    function leave() {
        if (!pending) { return; }
        pending = null;
        said.textContent = "";
        unmark();
    }

    function step(entry, [days, quarters]) {
        const isTimed = "timed" in entry.dataset;
        pending ??= {
            entry,
            at: columns().findIndex((item) => item.dataset.date === entry.dataset.from),
            quarter: isTimed ? Number(entry.dataset.start) : null,
        };
        pending.at = within(pending.at + days, columns().length - 1);
        pending.quarter = isTimed ? within(pending.quarter + quarters, QUARTERS - 1) : null;
        pending.place = columns()[pending.at];
        unmark();
        mark(pending);
        (isTimed ? ghost : pending.place).scrollIntoView({ block: "nearest" });
        const when = [pending.place.dataset.label, isTimed ? words(pending.quarter) : ""].filter(Boolean).join(", ");
        said.textContent = root.dataset.wordPending.replace("{when}", when);
    }

    function isMoved({ entry, place, quarter }) {
        return place.dataset.date !== entry.dataset.from || (quarter !== null && quarter !== Number(entry.dataset.start));
    }

    root.addEventListener("keydown", (event) => {
        const entry = event.target.closest?.("[data-entry]");
        if (!entry || event.ctrlKey || event.metaKey || event.altKey) { return; }
        if (event.shiftKey && event.key in STEPS) {
            step(entry, STEPS[event.key]);
        } else if (pending && event.key === "Enter") {
            const chosen = pending;
            leave();
            if (isMoved(chosen)) { drop(entry, chosen); }
        } else if (pending && event.key === "Escape") {
            leave();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    });
    root.addEventListener("focusout", leave);

    // A click where nothing stands plans something for that time; the plus above does so by keyboard.
    root.addEventListener("click", (event) => {
        const column = event.target.matches?.("[data-new]") ? event.target : null;
        if (column) {
            location.assign(`${column.dataset.new}${digits(quarterAt(event, column, 0))}`);
        }
    });
})();
