"""The form of an option schema: a list of typed options with their choices, which a script makes easy to edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.choosing import TemplateInput
from apps.catalog.calculations.options import Kind, is_shaped
from apps.kernel.admin.forms import CommandForm
from apps.kernel.errors import FieldError

KINDS: Final = {
    Kind.SELECT: _("chosen from a list"),
    Kind.TEXT: _("a text"),
    Kind.NUMBER: _("a number"),
    Kind.BOOLEAN: _("yes or no"),
}
PLACE: Final = re.compile(r"options\.([0-9]+)(?:\.choices\.([0-9]+))?")


def _words() -> dict[str, Any]:
    """What the script writes, in the reader's language."""
    return {
        "option": _now("Option"),
        "label": _now("Label"),
        "code": _now("Code"),
        "codeHint": _now("Left empty, it is made of the label."),
        "kind": _now("Value"),
        "kinds": {kind: str(label) for kind, label in KINDS.items()},
        "required": _now("Every variant has to have it"),
        "choices": _now("Choices"),
        "choice": _now("Choice"),
        "addOption": _now("Add an option"),
        "addChoice": _now("Add a choice"),
        "up": _now("Move up"),
        "down": _now("Move down"),
        "remove": _now("Remove"),
        "none": _now("There are no options yet."),
    }


class OptionsInput(TemplateInput, forms.Textarea):
    """The options as JSON, and in their place an editor where scripts run."""

    template_name = "catalog/options.html"
    complaints: dict[str, str]

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 12, "class": "ct-options__text", "spellcheck": "false"})
        self.complaints = {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Further the words of the editor, and what is wrong where."""
        found: dict[str, Any] = super().get_context(name, value, attrs)
        found["widget"] |= {"words": json.dumps(_words()), "complaints": json.dumps(self.complaints)}
        return found

    @property
    def media(self) -> forms.Media:
        """The editor."""
        return forms.Media(js=["catalog/options.js"], css={"all": ["catalog/options.css"]})


class OptionsField(forms.JSONField):
    """A list of options. What they are worth is judged by the command."""

    widget = OptionsInput

    def prepare_value(self, value: Any) -> Any:
        """Nothing is an empty list."""
        return super().prepare_value([] if value is None else value)

    def clean(self, value: Any) -> Any:
        """The list; nothing at all is an empty one. Raises ValidationError for what is none."""
        found = super().clean(value)
        if found in self.empty_values:
            return []
        if not is_shaped(found):
            raise ValidationError(_("This is not a list of options."), code="invalid")
        return found


class OptionSchemaForm(CommandForm):
    """An option schema."""

    options = OptionsField(label=_("Options"), required=False)

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.refusal is not None and "options" in self.fields:
            self._show_complaints([item for item in self.refusal.errors if item.field.startswith("options.")])

    def _show_complaints(self, items: Iterable[FieldError]) -> None:
        """Say above the options what is wrong and with which one; the editor says it beside the input too."""
        widget: Any = self.fields["options"].widget
        for item in items:
            widget.complaints[item.field] = item.message
            self.add_error("options", ValidationError(f"{_placed(item.field)}: {item.message}", code=item.code))


def _placed(path: str) -> str:
    found = PLACE.match(path)
    if found is None:
        return path
    option, choice = found.groups()
    if choice is None:
        return _now("Option %(number)s") % {"number": int(option) + 1}
    return _now("Option %(number)s, choice %(choice)s") % {"number": int(option) + 1, "choice": int(choice) + 1}
