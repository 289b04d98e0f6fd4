// Shows of a recurrence only the inputs that the choices above them need. Without this script all of them are shown.
document.addEventListener("DOMContentLoaded", () => {
    "use strict";

    const form = document.getElementById("id_repeats")?.form;
    if (!form) {
        return;
    }

    const row = (name) => {
        const input = form.querySelector(`[name="${name}"]`);
        return input ? input.closest(`.field-${name}`) ?? input.closest(".form-row") : null;
    };

    const show = (name, isWanted) => {
        const found = row(name);
        if (found && !found.querySelector(".errorlist, [role='alert']")) {
            found.hidden = !isWanted;
        }
    };

    const settle = () => {
        const repeats = form.elements.repeats.value;
        const ends = form.elements.ends.value;
        const isPlain = repeats !== "" && repeats !== "own";
        show("every", isPlain);
        show("weekdays", repeats === "weekly");
        show("ends", isPlain);
        show("times", isPlain && ends === "count");
        show("last_day", isPlain && ends === "until");
        show("recurrence", repeats === "own");
        show("time_zone", repeats !== "");
    };

    form.elements.repeats.addEventListener("change", settle);
    form.elements.ends.addEventListener("change", settle);
    settle();
});
