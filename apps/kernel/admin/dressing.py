"""The theme's looks for forms that are written with Django's plain widgets."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    INPUT_CLASSES,
    SELECT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldBooleanSwitchWidget,
)

LOOKS: dict[type[forms.Widget], list[str]] = {
    forms.TextInput: INPUT_CLASSES,
    forms.EmailInput: INPUT_CLASSES,
    forms.URLInput: INPUT_CLASSES,
    forms.NumberInput: INPUT_CLASSES,
    forms.PasswordInput: INPUT_CLASSES,
    forms.DateInput: INPUT_CLASSES,
    forms.DateTimeInput: INPUT_CLASSES,
    forms.Textarea: TEXTAREA_CLASSES,
    forms.Select: SELECT_CLASSES,
    forms.SelectMultiple: SELECT_CLASSES,
}


def dress(form: forms.BaseForm) -> None:
    """Give plain widgets the theme's looks; widgets of any other class keep their own."""
    for field in form.fields.values():
        kind = type(field.widget)
        if kind is forms.CheckboxInput:
            field.widget = UnfoldBooleanSwitchWidget(attrs=field.widget.attrs)
        elif kind is forms.CheckboxSelectMultiple:
            choices: Any = field
            field.widget = UnfoldAdminCheckboxSelectMultipleWidget(choices=choices.choices)
        else:
            for widget in getattr(field.widget, "widgets", [field.widget]):
                _dress(widget)


def _dress(widget: forms.Widget) -> None:
    looks = LOOKS.get(type(widget))
    if looks is not None and "class" not in widget.attrs:
        widget.attrs["class"] = " ".join(looks)
