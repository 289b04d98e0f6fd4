"""Inputs for days and moments: the browser's own, which need no script, have names and work by keyboard."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from unfold.widgets import INPUT_CLASSES

MINUTES = "%Y-%m-%dT%H:%M"
SECONDS = f"{MINUTES}:%S"


class DayInput(forms.DateInput):
    """A day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and a time, in the time zone of whoever looks."""

    input_type = "datetime-local"

    def __init__(self, *, seconds: bool = True) -> None:
        step = {"step": "1"} if seconds else {}
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES), **step}, format=SECONDS if seconds else MINUTES)


def time_options(db_field: models.Field[Any, Any]) -> dict[str, Any]:
    """How a form shows a column of days or moments; nothing for others."""
    if isinstance(db_field, models.DateTimeField):
        return {"form_class": forms.DateTimeField, "widget": MomentInput()}
    return {"widget": DayInput()} if isinstance(db_field, models.DateField) else {}
