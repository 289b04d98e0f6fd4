// The picker of events: finds by words. Without this script every box is there all the same.
(function () {
    "use strict";

    function find(picker, text) {
        const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
        let count = 0;
        picker.querySelectorAll("[data-found]").forEach(function (box) {
            const fits = words.every((word) => box.dataset.found.includes(word));
            box.hidden = !fits;
            count += fits ? 1 : 0;
        });
        picker.querySelectorAll("details").forEach(function (group) {
            const any = group.querySelector("[data-found]:not([hidden])") !== null;
            group.hidden = words.length > 0 && !any;
            if (words.length > 0 && any) {
                group.open = true;
            }
        });
        const told = picker.querySelector("[data-none]");
        told.textContent = words.length > 0 && count === 0 ? told.dataset.none : "";
        told.classList.toggle("wh-hidden", told.textContent === "");
    }

    function begin() {
        document.querySelectorAll(".wh-picker").forEach(function (picker) {
            const input = picker.querySelector("[data-finds]");
            input.closest("label").hidden = false;
            input.addEventListener("input", () => find(picker, input.value));
            input.addEventListener("keydown", function (event) {
                if (event.key === "Enter") {
                    event.preventDefault(); // it finds; it does not save the form
                }
            });
        });
    }

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", begin);
    } else {
        begin();
    }
})();
