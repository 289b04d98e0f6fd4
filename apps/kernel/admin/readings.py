"""What only a form knows of a record, on pages that are only read: in words, under the labels of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.forms import BaseForm
from django.http import HttpRequest

from apps.kernel.admin.customs import entered_text
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.wording import NOTHING, in_lines, plain_text

Reading = Callable[[Any], Any]


class ReadForms:
    """Mixin of pages. Django reads what it only shows from the record, which has nothing of a form's own inputs."""

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Put such inputs into words, in the form and in its rows."""
        parent: Any = super()
        shown, labels = context["adminform"], labels_of(request)
        fixed = _own_names(shown.form, self, set(shown.readonly_fields))
        made = {name: reading(shown.form, name, [shown.form], labels) for name in fixed}
        made |= _structured(shown.form, self, shown.readonly_fields)
        shown.fieldsets = replaced(shown.fieldsets, made)
        shown.readonly_fields = [*shown.readonly_fields, *made.values()]
        context["inline_admin_formsets"] = [rows for rows in context["inline_admin_formsets"] if _has_something(rows)]
        for rows in context["inline_admin_formsets"]:
            _word_rows(rows, labels)
        return parent.render_change_form(request, context, *args, **kwargs)


def _has_something(rows: Any) -> bool:
    """Whether there is a row, or a way to add one: readers need no heads of empty tables."""
    return rows.has_change_permission or rows.has_add_permission or bool(rows.formset.initial_forms)


def _word_rows(rows: Any, labels: Labels) -> None:
    """Put inputs of rows into words where the rows are only read."""
    like = rows.formset.empty_form
    if rows.has_change_permission:
        made = _structured(like, rows.opts, rows.readonly_fields)
    else:
        fixed = _own_names(like, rows.opts)
        made = {name: reading(like, name, rows.formset.forms, labels) for name in fixed}
        made |= _structured(like, rows.opts, flatten_fieldsets(rows.fieldsets))
    rows.fieldsets = replaced(rows.fieldsets, made)
    rows.readonly_fields = [*rows.readonly_fields, *made.values()]


def _own_names(form: Any, page: Any, among: set[Any] | None = None) -> list[str]:
    """Inputs that are no fields of the record but the form's own, and that the page does not know to read."""
    fields = {field.name for field in form._meta.model._meta.get_fields()}
    names = (name for name in form.fields if among is None or name in among)
    return [name for name in names if name not in fields and not hasattr(page, name)]


def _structured(like: Any, page: Any, names: Iterable[Any]) -> dict[str, Reading]:
    """Readings of those names that are columns of JSON, for forms like the given one."""
    columns = {item.name: item for item in like._meta.model._meta.concrete_fields if isinstance(item, models.JSONField)}
    wanted = (name for name in names if isinstance(name, str) and name in columns)
    return {name: _structured_reading(columns[name], like.fields.get(name)) for name in wanted}


def _structured_reading(column: models.JSONField[Any, Any], entry: forms.Field | None) -> Reading:
    """What a column of JSON holds: as its input would write it where the form has one of its own, else part by part."""
    own = None if isinstance(entry, forms.JSONField) else entry

    @admin.display(description=column.verbose_name, empty_value=NOTHING)
    def shown(record: Any) -> str:
        value = getattr(record, column.attname)
        words = own.prepare_value(value) if own is not None and isinstance(value, list | dict) else json_text(value)
        return in_lines(words)

    shown.__name__ = column.name
    return shown


def json_text(value: Any) -> str:
    """A value of JSON in words: what it is made of in lines, each part under its name where it has one."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_in_line(item)}" for name, item in value.items())
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "\n".join(map(_in_line, value))
    return _in_line(value)


def _in_line(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_in_line(item)}" for name, item in value.items())
    return ", ".join(map(_in_line, value)) if isinstance(value, list) else plain_text(value)


def replaced(sets: Iterable[Any], readings: dict[str, Reading]) -> list[Any]:
    """Sets of a form with readings in the places of the inputs."""
    return [
        (title, {**options, "fields": [_line(line, readings) for line in options["fields"]]}) for title, options in sets
    ]


def _line(line: Any, readings: dict[str, Reading]) -> Any:
    if isinstance(line, list | tuple):
        return type(line)(_line(item, readings) for item in line)
    return readings.get(line, line)


def reading(like: BaseForm, name: str, forms: Sequence[BaseForm], labels: Labels) -> Reading:
    """What the form of each record holds under the name, in words; all forms are like the given one."""
    by_record = {form.instance.pk: form for form in forms}  # type: ignore[attr-defined]

    @admin.display(description=like.fields[name].label, empty_value=NOTHING)
    def shown(record: Any) -> str:
        form = by_record[record.pk]
        return in_lines(entered_text(form.fields[name], form[name].value(), labels))

    shown.__name__ = name
    return shown
