"""Columns that a list can have: those of its page, those of widgets, and further fields of its records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from apps.kernel.admin.customs import column_of, entity_on, offered, takes_customs
from apps.kernel.admin.labels import labels_of, pointing_columns, target_of
from apps.kernel.admin.resources import shape_of
from apps.kernel.admin.wording import field_label
from apps.kernel.api.reading.conditions import comparable_kind
from apps.kernel.customs import FieldDefinitions
from apps.kernel.extensions.spots import COLUMNS, Column, entity_of, widgets_in
from apps.kernel.services import service

LEFT_OUT = frozenset({"id", "version", "tenant_id", "custom"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that may be chosen. `column` is what Django's list takes; `is_fixed` is the way into the record.

    `target` and `attname` are the entity that a key points to and the key's column, "" for others.
    """

    name: str
    title: str
    column: Any
    is_default: bool = True
    is_fixed: bool = False
    is_sortable: bool = False
    is_widget: bool = False
    target: str = ""
    attname: str = ""


Catalogue = Mapping[str, Choice]


def catalogue_of(page: Any, request: HttpRequest) -> Catalogue:
    """Every column that the reader may choose, by name, in the page's order; made once in a request."""
    known: dict[str, Catalogue] = vars(request).setdefault("agora_columns", {})
    key = f"{page.opts.label_lower} {entity_on(page, request) if takes_customs(page) else ''}"
    if key not in known:
        own = list(_own(page, request))
        taken = {choice.name for choice in own}
        widgets = [choice for choice in _widgets(page) if choice.name not in taken]
        known[key] = {choice.name: choice for choice in (*own, *widgets, *_further(page, request, taken))}
    return known[key]


def default_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Names of the columns that the page shows by itself."""
    return tuple(choice.name for choice in catalogue.values() if choice.is_default)


def chosen_columns(catalogue: Catalogue, names: Iterable[str]) -> list[Choice]:
    """Columns in the order wanted, without unknown ones; the way into the record is always among them."""
    found = [catalogue[name] for name in names if name in catalogue]
    if not found:
        return [choice for choice in catalogue.values() if choice.is_default]
    missing = [choice for choice in catalogue.values() if choice.is_fixed and choice not in found]
    return [*missing, *found]


def column_name(column: Any) -> str:
    """The name of what stands in `list_display`."""
    return column if isinstance(column, str) else str(column.__name__)


def _own(page: Any, request: HttpRequest) -> Iterator[Choice]:
    columns = page.own_columns(request)
    links = {column_name(item) for item in page.own_links(columns)[:1]}
    sortable, keys = page.sortable_by, pointing_columns(page.model)
    for column in columns:
        name = column_name(column)
        # Labels of other records come in the order of their ids, which means nothing to anybody.
        is_sortable = name not in keys if sortable is None else isinstance(column, str) and name in sortable
        yield Choice(name, _title(page, column), column, is_fixed=name in links, is_sortable=is_sortable)


def _title(page: Any, column: Any) -> str:
    return capfirst(str(label_for_field(column, page.model, page)))


def _widgets(page: Any) -> Iterator[Choice]:
    for item in widgets_in(f"data-table:{entity_of(page.opts)}:{COLUMNS}"):
        yield Choice(item.id, capfirst(str(item.title)), WidgetColumn(item.id, str(item.title)), is_widget=True)


class WidgetColumn:
    """The place of a widget's column; its cells are filled in when the rows of the page are known."""

    empty_value_display = ""

    def __init__(self, name: str, title: Any) -> None:
        self.__name__ = name
        self.short_description = title
        self.cells: Mapping[UUID, str] = {}

    def fill(self, column: Column) -> None:
        """Take the cells."""
        self.cells = column.cells

    def __call__(self, row: Any) -> str:
        """The cell of a row."""
        return self.cells.get(row.pk, "")


def _further(page: Any, request: HttpRequest, taken: set[str]) -> Iterator[Choice]:
    """Fields that the REST interface shows the reader, and custom fields that are not listed; no secrets."""
    shape = shape_of(page, request)
    for name in shape.readable if shape is not None else ():
        column = shape.plan.columns[name] if shape is not None else None
        field: Any = column.field if column is not None and "__" not in column.source else None
        if field is None or {name, field.name} & (taken | LEFT_OUT) or not _is_open(field):
            continue
        yield _field_choice(page, request, field, is_sortable=shape is not None and name in shape.sortable)
    yield from _further_customs(page, request, taken)


def _is_open(field: models.Field[Any, Any]) -> bool:
    """Say whether the field may be shown and says something: no secrets, no lists, no bare ids."""
    kind = comparable_kind(field)
    return bool(target_of(field)) if kind == "uuid" else kind is not None and not getattr(field, "encrypted", False)


def _field_choice(page: Any, request: HttpRequest, field: Any, *, is_sortable: bool) -> Choice:
    target = target_of(field)
    if not target:
        return Choice(field.name, _title(page, field.name), field.name, is_default=False, is_sortable=is_sortable)
    column = label_column(field, target, request)
    return Choice(field.name, _title(page, column), column, is_default=False, target=target, attname=field.attname)


def label_column(field: Any, target: str, request: HttpRequest) -> Any:
    """A column of a key that shows the label of what it points to."""

    @admin.display(description=field_label(field, field.name), ordering=field.name)
    def column(row: Any) -> str | None:
        return labels_of(request).link(target, getattr(row, field.attname)) or None  # the page's dash for none

    column.__name__ = field.name
    return column


def _further_customs(page: Any, request: HttpRequest, taken: set[str]) -> Iterator[Choice]:
    fields = [item for item in offered(page, request) if item.is_visible and item.name not in taken]
    if not fields:
        return
    entity, port = entity_on(page, request), service(FieldDefinitions)
    secret, known = port.secret_keys(entity), port.columns(entity)
    for field in fields:
        if field.key in secret:
            continue
        order = known[field.key].value if field.key in known and known[field.key].is_sortable else None
        column = column_of(field, request, order)
        yield Choice(field.name, _title(page, column), column, is_default=False, is_sortable=order is not None)
