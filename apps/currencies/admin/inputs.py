"""Inputs of this module's forms: days, numbers and times as browsers offer them."""

from __future__ import annotations

from typing import Any

from django import forms

# A text, or a lazily translated one; the stubs of form fields have a name of their own for it.
Label = Any


def day_field(label: Label, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **options)


def number_field(label: Label, *, digits: int, places: int, **options: Any) -> forms.DecimalField:
    """An exact number, with the decimal point or comma of the reader."""
    attrs = {"inputmode": "decimal", "autocomplete": "off"}
    widget = forms.TextInput(attrs=attrs)
    return forms.DecimalField(
        label=label, max_digits=digits, decimal_places=places, localize=True, widget=widget, **options
    )
