"""What only a form knows of a record, on pages that are only read: in words, under the labels of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.html import format_html

from apps.kernel.admin.customs import entered_text
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.wording import NOTHING

Reading = Callable[[Any], Any]


class ReadForms:
    """Mixin of pages. Django reads what it only shows from the record, which has nothing of a form's own inputs."""

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Put such inputs into words, in the form and in its rows."""
        parent: Any = super()
        shown, labels = context["adminform"], labels_of(request)
        fixed = _own_names(shown.form, self, set(shown.readonly_fields))
        made = {name: reading(shown.form, name, [shown.form], labels) for name in fixed}
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
    if rows.has_change_permission:
        return
    fixed = _own_names(rows.formset.empty_form, rows.opts)
    made = {name: reading(rows.formset.empty_form, name, rows.formset.forms, labels) for name in fixed}
    rows.fieldsets = replaced(rows.fieldsets, made)


def _own_names(form: Any, page: Any, among: set[Any] | None = None) -> list[str]:
    """Inputs that are no fields of the record but the form's own, and that the page does not know to read."""
    fields = {field.name for field in form._meta.model._meta.get_fields()}
    names = (name for name in form.fields if among is None or name in among)
    return [name for name in names if name not in fields and not hasattr(page, name)]


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
        words = entered_text(form.fields[name], form[name].value(), labels)
        return "" if words == NOTHING else format_html('<span class="ag-lines">{}</span>', words)

    shown.__name__ = name
    return shown
