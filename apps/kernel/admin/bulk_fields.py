"""What may be changed of many records at once: the fields of the page's form that its update command takes."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, QueryDict

from apps.kernel.admin.customs import is_taken_by, split
from apps.kernel.admin.inputs import EXPECTED_VERSION, field_input
from apps.kernel.api.customs import CUSTOM

OWNERS = frozenset({"tenant", "tenant_id", "organization", "organization_id"})
UNCHANGED_BY = ("apps.kernel.admin.", "unfold.", "django.")


def offers_bulk_edit(page: Any, request: HttpRequest) -> bool:
    """Say whether the page's command can change some fields of a record and leave the others as they are."""
    if page.update_command is None or page.bulk_fields == () or not page.has_change_permission(request):
        return False
    _record, *others = page.update_command.spec.signature.parameters.values()
    return all(item.default is not inspect.Parameter.empty or item.kind is item.VAR_KEYWORD for item in others)


def bulk_form(page: Any, request: HttpRequest, sample: Any, data: QueryDict | None, names: Iterable[str]) -> Any:
    """A form with those of the named fields that may be changed, empty or with what was entered.

    `sample` is one of the records: pages decide by a record which fields it has.
    """
    kind = page.get_form(request, sample, change=True)
    offered = {*_offered(page, kind)}
    form = kind(data, instance=copy.copy(sample))
    form.fields = {name: form.fields[name] for name in form.fields if name in offered and name in set(names)}
    if hasattr(form, "custom_names"):
        form.custom_names = form.custom_names & set(form.fields)
    for name, field in form.fields.items():
        field.initial = form.initial[name] = None
        if isinstance(field.widget, forms.CheckboxInput):
            field.initial = form.initial[name] = False
    return form


def field_names(page: Any, request: HttpRequest, sample: Any) -> list[str]:
    """Names of the fields that may be changed of many records, in the order of the form."""
    return list(_offered(page, page.get_form(request, sample, change=True)))


def changes_of(page: Any, form: Any) -> dict[str, Any]:
    """What the checked form means to the update command."""
    names: frozenset[str] = getattr(form, "custom_names", frozenset())
    if names:  # each of them was chosen, whatever the sample holds
        form.changed_data = list({*form.changed_data, *names})
    return split(field_input(form, page.model), form, is_new=False)


def _offered(page: Any, kind: type[Any]) -> Iterator[str]:
    customs: frozenset[str] = getattr(kind, "custom_names", frozenset())
    takes_customs = is_taken_by(page.update_command)
    columns = {item.name: item for item in page.model._meta.concrete_fields}
    single, own_shape = _unique(page.model), not _is_plain(page)
    for name, field in kind.base_fields.items():
        if name == EXPECTED_VERSION or (page.bulk_fields is not None and name not in page.bulk_fields):
            continue
        if name in customs:
            if takes_customs:
                yield name
        elif name in single or _is_unfit(field) or (own_shape and name not in columns):
            continue
        elif _takes(page.update_command, _keyword(columns, name)):
            yield name


def _is_plain(page: Any) -> bool:
    """Say whether the page hands its fields to the command as they are."""
    return bool(type(page).command_input.__module__.startswith(UNCHANGED_BY))


def _is_unfit(field: forms.Field) -> bool:
    kind = getattr(field.widget, "input_type", "")
    return field.widget.is_hidden or kind == "password" or isinstance(field, forms.FileField)


def _unique(model: type[models.Model]) -> set[str]:
    """Fields whose value no two records share."""
    found = {item.name for item in model._meta.concrete_fields if item.unique}
    for rule in (item for item in model._meta.constraints if isinstance(item, models.UniqueConstraint)):
        own = [name for name in rule.fields if name not in OWNERS]
        found |= set(own) if len(own) == 1 else set()
    return found


def _keyword(columns: Mapping[str, Any], name: str) -> str:
    field = columns.get(name)
    return str(field.attname) if isinstance(field, models.ForeignKey) else name


def _takes(command: Any, name: str) -> bool:
    parameters = command.spec.signature.parameters.values()
    return any(item.name == name or item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters) or (
        name == CUSTOM
    )
