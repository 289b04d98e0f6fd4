"""The form of a definition: options as lines, the default as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from apps.entities.calculations.canonical import number_of
from apps.entities.calculations.wrong import Wrong
from apps.entities.contracts import Kind
from apps.entities.models import KindChoices
from apps.entities.selectors import entities_with_fields, possible_kinds
from apps.kernel.admin.forms import CommandForm
from apps.kernel.registry.entities import ENTITIES

# What the page's script says.
WORDS: Final = {
    "value": _("Value"),
    "label": _("Label"),
    "colour": _("Colour"),
    "up": _("Move up"),
    "remove": _("Remove"),
    "add": _("Add an option"),
    "preview": _("Preview"),
}
LINE: Final = _("value | label | #rrggbb, one in a line")
PARTS: Final = ("value", "label", "colour")
Choices = list[tuple[str, str | Promise]]


def entity_choices() -> Choices:
    """Kinds of record that take custom fields, by name."""
    return sorted((key, capfirst(str(item.label_plural))) for key, item in entities_with_fields().items())


def kind_choices() -> Choices:
    """Kinds of field that can be used here."""
    possible = set(possible_kinds())
    return [(value, capfirst(str(label))) for value, label in KindChoices.choices if Kind(value) in possible]


def target_choices() -> Choices:
    """Kinds of record that a field may link to."""
    found = [(key, capfirst(str(item.label))) for key, item in ENTITIES.items() if item.url or item.search]
    return [("", "—"), *sorted(found, key=lambda item: str(item[1]))]


class OptionsField(forms.CharField):
    """One option in a line, `value | label | #rrggbb`; the page's script makes rows of inputs of it."""

    def __init__(self, **options: Any) -> None:
        words = {f"data-{name}": text for name, text in WORDS.items()}
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 5, "data-options": "", "placeholder": LINE, **words}), **options
        )

    def prepare_value(self, value: Any) -> Any:
        """The lines of stored options."""
        if not isinstance(value, list):
            return value
        return "\n".join(" | ".join(item.get(part, "") for part in PARTS).rstrip(" |") for item in value)

    def to_python(self, value: Any) -> Any:
        """The options of lines; blank lines are left out."""
        if isinstance(value, list):
            return value
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return [self._option(line) for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the options, however they are written down."""
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))

    @staticmethod
    def _option(line: str) -> dict[str, str]:
        parts = [part.strip() for part in line.split("|", 2)]
        return dict(zip(PARTS, [*parts, "", ""], strict=False))


class DefaultField(forms.CharField):
    """A default as people type it; what it means depends on the kind."""

    def prepare_value(self, value: Any) -> Any:
        """The text of a stored default."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return ", ".join(value)
        return f"{value['amount']} {value['currency']}" if isinstance(value, Mapping) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the texts."""
        return super().has_changed(self.prepare_value(initial), data)


def typed_default(kind: str, text: str) -> Any:
    """The default that a text means for a kind, None for none; what it cannot be is left to the command to refuse."""
    text = text.strip()
    if not text:
        return None
    if kind == Kind.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind == Kind.MULTISELECT:
        return [part.strip() for part in text.split(",")]
    if kind == Kind.CURRENCY:
        amount, _space, currency = text.rpartition(" ")
        return {"amount": amount.replace(",", "."), "currency": currency}
    return _number(text) if kind == Kind.INTEGER else text


def _number(text: str) -> Any:
    try:
        number = number_of(text)
    except Wrong:
        return text
    return int(number) if number == number.to_integral_value() else text


class DefinitionForm(CommandForm):
    """Every part of a definition. Which of them a kind has use for, the page's script shows."""

    entity = forms.ChoiceField(label=_("Record type"), choices=entity_choices, widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices, widget=UnfoldAdminSelectWidget)
    target = forms.ChoiceField(
        label=_("Links to"), choices=target_choices, required=False, widget=UnfoldAdminSelectWidget
    )
    options = OptionsField(
        label=_("Options"),
        required=False,
        help_text=_("Records hold the value; label and colour may change."),
    )
    default = DefaultField(
        label=_("Default"),
        required=False,
        help_text=_("What new records get: true or false, choices parted by commas, 12.50 EUR for money."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields.pop("entity", None)

    def clean(self) -> dict[str, Any]:
        """The default as a value of the kind."""
        found = super().clean() or self.cleaned_data
        kind = str(found.get("kind") or self.instance.kind)
        if "default" in found:
            found["default"] = typed_default(kind, found["default"] or "")
        return found
