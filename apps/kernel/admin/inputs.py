"""From checked form fields to the keyword arguments of a command."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest

EXPECTED_VERSION = "expected_version"


def stated_version(request: HttpRequest) -> int | None:
    """The version that the user saw, None where the form states none."""
    text = request.POST.get(EXPECTED_VERSION, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def field_input(form: forms.BaseForm, model: type[models.Model]) -> dict[str, Any]:
    """Every editable field of the form, by the name that commands use.

    A foreign key `parent` becomes `parent_id`; of a many-to-many field the list of ids is given. What other modules
    add to the form goes to their own commands.
    """
    added = {name for item in getattr(form, "added", ()) for name in item.inputs}
    keys = {item.name: item for item in model._meta.get_fields() if isinstance(item, models.ForeignKey)}
    given: dict[str, Any] = {}
    for name, value in form.cleaned_data.items():
        if name == EXPECTED_VERSION or name in added:
            continue
        if name in keys:
            given[keys[name].attname] = value.pk if value is not None else None
        elif isinstance(value, models.QuerySet):
            given[name] = [row.pk for row in value]
        else:
            given[name] = value
    return given


def rows_input(formset: Any) -> list[dict[str, Any]]:
    """The rows of an inline in the order shown: `{"id": UUID or None, **fields, "deleted": bool}`.

    Blank extra rows are left out; rows marked for deletion say so and keep their fields.
    """
    foreign_key = getattr(formset, "fk", None)
    rows = []
    for form in formset.forms:
        if not form.has_changed() and form.instance._state.adding:
            continue
        values = field_input(form, formset.model)
        values.pop(foreign_key.attname if foreign_key else "", None)
        deleted = bool(values.pop("DELETE", False))
        values.pop(formset.model._meta.pk.name, None)
        record_id = None if form.instance._state.adding else form.instance.pk
        if deleted and record_id is None:
            continue
        rows.append({"id": record_id, **values, "deleted": deleted})
    return rows
