"""The picker of events: boxes by module, and lines for patterns of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import modules
from apps.webhooks.selectors import event_label, offered_events

EVERYTHING = "**"
MORE = "-more"


class EventPicker(forms.Widget):
    """Checkboxes of everything on offer; what is none of it stands in the lines below them."""

    template_name = "webhooks/picker.html"

    class Media:
        css = {"all": ("webhooks/webhooks.css",)}
        js = ("webhooks/picker.js",)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """The ticked boxes, then the lines, each once."""
        ticked = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        lines = [line.strip() for line in str(data.get(f"{name}{MORE}") or "").splitlines()]
        return list(dict.fromkeys([*ticked, *filter(None, lines)]))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Never: no box is an answer too."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The boxes, by a template of this project: the renderer of forms knows those of Django only."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def use_required_attribute(self, initial: Any) -> bool:
        """No: not every box is required."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Modules with their events, what is ticked, and what stands in the lines."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        held = list(value or ())
        groups = _groups(held)
        known = {EVERYTHING, *(item["pattern"] for group in groups for item in (group["whole"], *group["events"]))}
        context |= {
            "groups": groups,
            "everything": EVERYTHING,
            "is_everything": EVERYTHING in held,
            "more": "\n".join(item for item in held if item not in known),
            "more_name": f"{name}{MORE}",
            "id": (attrs or {}).get("id", f"id_{name}"),
        }
        return context

    def id_for_label(self, id_: str) -> str:
        """The label is of the whole group."""
        return ""


def _groups(held: Sequence[str]) -> list[dict[str, Any]]:
    labels = {config.manifest.id: str(config.manifest.label) for config in modules()}
    found: dict[str, list[dict[str, Any]]] = {}
    for event in offered_events():
        box = {"pattern": event.name, "label": event_label(event.name), "is_held": event.name in held}
        found.setdefault(event.module, []).append(box)
    groups = []
    for module, events in sorted(found.items(), key=lambda item: labels.get(item[0], item[0]).lower()):
        whole = {"pattern": f"{module}.**", "label": _("All of these"), "is_held": f"{module}.**" in held}
        count = sum(item["is_held"] for item in (whole, *events))
        groups.append({"title": labels.get(module, module), "whole": whole, "events": events, "count": count})
    return groups


class EventsField(forms.Field):
    """Patterns over names of events."""

    widget = EventPicker

    def to_python(self, value: Any) -> list[str]:
        """The patterns."""
        return list(value or ())

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as sets: the order of boxes means nothing."""
        return set(initial or ()) != set(data or ())
