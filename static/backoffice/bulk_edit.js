// Whoever enters a value means it to change: the field's box is ticked.
"use strict";

document.querySelectorAll("[data-bulk-field]").forEach((group) => {
    const tick = group.querySelector("input[name='change']");
    const entered = (event) => { if (event.target !== tick) { tick.checked = true; } };
    group.addEventListener("input", entered);
    group.addEventListener("change", entered);
    // Choices with completion announce theirs through jQuery only.
    if (window.django && window.django.jQuery) {
        window.django.jQuery(group).on("select2:select select2:clear", () => { tick.checked = true; });
    }
});
