"""The advanced filter of a list: the rows that pass a condition, what it may name, and what is wrong with it.

The condition is the one that the REST interface takes as `filter=`, and it becomes SQL in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.arranging import CONDITION
from apps.kernel.admin.customs import entity_on, offered, takes_customs
from apps.kernel.admin.labels import target_of
from apps.kernel.admin.resources import shape_of, shape_of_list
from apps.kernel.admin.wording import field_label
from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.conditions import Filterable, comparable_kind, treed
from apps.kernel.bases.custom_columns import CustomColumn
from apps.kernel.customs import FieldDefinitions
from apps.kernel.errors import FieldError
from apps.kernel.services import service

Words = Mapping[str, str | Promise]

TEXT: Final[Words] = {
    "=": _("is"),
    "!=": _("is not"),
    "contains": _("contains"),
    "not_contains": _("does not contain"),
    "starts_with": _("begins with"),
    "ends_with": _("ends with"),
    "in": _("is one of"),
    "not_in": _("is none of"),
    "is_empty": _("is empty"),
    "is_not_empty": _("is not empty"),
}
NUMBER: Final[Words] = {
    "=": "=",
    "!=": "≠",
    ">": ">",
    ">=": "≥",
    "<": "<",
    "<=": "≤",
    "between": _("is between"),
    "is_empty": _("is empty"),
    "is_not_empty": _("is not empty"),
}
DAY: Final[Words] = {
    "=": _("is on"),
    "!=": _("is not on"),
    ">": _("is after"),
    ">=": _("is on or after"),
    "<": _("is before"),
    "<=": _("is on or before"),
    "between": _("is between"),
    "is_empty": _("is empty"),
    "is_not_empty": _("is not empty"),
}
CHOICE: Final[Words] = {name: TEXT[name] for name in ("=", "!=", "in", "not_in", "is_empty", "is_not_empty")}
POINTER: Final[Words] = {name: TEXT[name] for name in ("=", "!=", "is_empty", "is_not_empty")}
CLAIM: Final[Words] = {"=": TEXT["="], "is_empty": TEXT["is_empty"], "is_not_empty": TEXT["is_not_empty"]}
OPERATORS: Final[Mapping[str, Words]] = {
    "text": TEXT,
    "integer": NUMBER,
    "number": NUMBER,
    "date": DAY,
    "datetime": DAY,
    "uuid": POINTER,
    "boolean": CLAIM,
}
ALONE: Final = frozenset({"is_empty", "is_not_empty"})


@dataclass(frozen=True, slots=True)
class Named:
    """A field that a condition may name, as pages show it.

    `choices` are values and labels, `target` the entity that an id points to; `is_empty` says whether it may be so.
    """

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    target: str = ""
    may_be_empty: bool = True

    @property
    def operators(self) -> Words:
        """Comparisons that fit."""
        words = CHOICE if self.choices else OPERATORS[self.kind]
        return words if self.may_be_empty else {name: text for name, text in words.items() if name not in ALONE}


def filterable(page: Any, request: HttpRequest) -> Filterable | None:
    """What the reader may filter the list by; None where its records are no resource."""
    shape = shape_of(page, request)
    return None if shape is None else shape.what


def narrowed(rows: models.QuerySet[Any], text: str, what: Filterable | None) -> tuple[Any, list[FieldError]]:
    """The rows that pass the condition, and complaints at the places of its nodes; with any all rows are left."""
    if what is None:
        return rows, [FieldError(CONDITION, "kernel.parameter.unknown", str(_("This list has no advanced filter.")))]
    query = QueryDict(mutable=True)
    query[CONDITION] = text
    asked = Asked(query)
    found = treed(rows, asked, what)
    return (rows, asked.found) if asked.found else (found, [])


def complaints_of_list(name: str, text: str) -> list[FieldError]:
    """What is wrong with a condition on a list, by the list's name; it may name what the reader may filter by."""
    shape = shape_of_list(name)
    rows = shape.entity.model._default_manager.none() if shape is not None else None
    return narrowed(rows, text, shape.what if shape is not None else None)[1] if rows is not None else []


def fields_of(page: Any, request: HttpRequest) -> dict[str, Named]:
    """Fields that a condition on the list may name, by name."""
    what = filterable(page, request)
    if what is None:
        return {}
    return {**named_columns(what.entity.model, what.columns), **_customs(page, request, what)}


def named_columns(model: type[models.Model], names: Iterable[str]) -> dict[str, Named]:
    """Those of the columns that can be compared, as pages show them."""
    columns: Mapping[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    return {name: _named(name, columns[name]) for name in names if comparable_kind(columns[name])}


def _named(name: str, field: Any) -> Named:
    label, kind = field_label(field, name), str(comparable_kind(field))
    may_be_empty = field.null or (kind == "text" and field.blank)
    return Named(name, capfirst(str(label)), kind, _choices(field), target_of(field), may_be_empty)


def _choices(field: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in field.flatchoices if value not in {None, ""})


def _customs(page: Any, request: HttpRequest, what: Filterable) -> dict[str, Named]:
    if what.customs.definitions is None or not takes_customs(page):
        return {}
    labels = {field.name: field.label for field in offered(page, request)}
    if not labels:
        return {}
    columns = {name: column for name, column in what.customs.columns.items() if name in labels}
    return {
        name: _custom(column, labels[name], entity_on(page, request))
        for name, column in columns.items()
        if comparable_kind(column.field)
    }


def _custom(column: CustomColumn, label: str, entity: str) -> Named:
    kind = str(comparable_kind(column.field))
    target = service(FieldDefinitions).target(entity, column.key) if kind == "uuid" else ""
    return Named(column.name, label, kind, _choices(column.field), target)
