"""Decimal numbers in forms and on pages that are only read: without the noughts that columns keep at their end."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.db import models


def shortened(value: Any) -> Any:
    """A decimal number without noughts at its end (`2.5000` → `2.5`, `100` stays); anything else as it is."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) and value.is_finite() else value


class ShortDecimal(forms.DecimalField):
    """An input for a decimal number, which shows no noughts at its end."""

    def prepare_value(self, value: Any) -> Any:
        """What stands in the input."""
        return shortened(super().prepare_value(value))


def number_options(db_field: Any) -> dict[str, Any]:
    """Options of the input for a column: for decimal numbers one that shows them short."""
    is_chosen = isinstance(db_field, models.DecimalField) and not db_field.choices
    return {"form_class": ShortDecimal} if is_chosen else {}


def number_texts(model: type[models.Model]) -> dict[str, Any]:
    """How read-only pages word decimal numbers, by field name."""
    fields = (field for field in model._meta.get_fields() if isinstance(field, models.DecimalField))
    return {field.name: partial(_cut, int(field.decimal_places or 0)) for field in fields}


def _cut(places: int, contents: Any) -> Any:
    """The text of a number that has all its places, in whatever way of writing it."""
    text = str(contents)
    whole, fraction = text[: -places - 1], text[-places:].rstrip("0")
    if not places or not text[-places:].isdecimal() or text[-places - 1 : -places].isdecimal():
        return contents
    return f"{whole}{text[-places - 1]}{fraction}" if fraction else whole
