"""The tenant's own fields in lists: `cf_<key>` as filter, as sort key and in conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.kernel.api.filters import Filter, filters_of, unlike
from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.ordering import Order
from apps.kernel.bases.custom_columns import PREFIX, CustomColumn, spelled
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.customs import FieldDefinitions
from apps.kernel.registry.entities import Entity
from apps.kernel.services import service

SPELLINGS = (PREFIX, "cf:")
RECORD_PATH = "custom_fields."  # how a condition names the field where it is evaluated on a record


@dataclass(frozen=True)
class Customs:
    """Custom fields that a list may be asked for; looked up when a request first names one.

    `definitions` is the entity that they are defined for, None where the list shows no custom fields.
    """

    definitions: str | None

    @cached_property
    def columns(self) -> Mapping[str, CustomColumn]:
        """By name."""
        if self.definitions is None:
            return {}
        found = service(FieldDefinitions).columns(self.definitions)
        return {column.name: column for column in found.values()}

    def named(self, name: str) -> CustomColumn | None:
        """The field that a sort key means."""
        return self.columns.get(name) if name.startswith(PREFIX) else None

    def filter_of(self, parameter: str) -> Filter | None:
        """What a parameter such as `cf_size__gte` compares; None for a field or comparison that there is not."""
        name = spelled(parameter)
        stem = name if name in self.columns else name.rpartition("__")[0]
        column = self.columns.get(stem)
        return None if column is None else _filters(column).get(name)

    def is_private(self, parameter: str) -> bool:
        """Say whether the parameter holds a value that is kept encrypted."""
        item: Any = self.filter_of(parameter) if parameter.startswith(SPELLINGS) else None
        return item is not None and self.columns[item.field_name].is_encrypted

    def filtered(self, parameters: Iterable[str]) -> set[str]:
        """Names of the fields that the parameters compare."""
        named = [self.filter_of(name) for name in parameters if name.startswith(SPELLINGS)]
        return {item.field_name for item in named if item is not None}  # type: ignore[attr-defined]

    def with_columns(self, rows: QuerySet[Any], names: Iterable[str]) -> QuerySet[Any]:
        """Rows whose conditions may name the fields."""
        aliased: QuerySet[Any] = rows.alias(**{name: self.columns[name].value for name in names})
        return aliased

    def sorted_by(self, rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
        """Rows that hold what they are sorted by."""
        names = [term.name for term in order if term.name.startswith(PREFIX)]
        return rows.annotate(**{name: self.columns[name].value for name in names}) if names else rows

    def mentioned(self, text: str) -> Mapping[str, CustomColumn]:
        """Fields by the names that a condition has for them; none where its text cannot mean one."""
        if PREFIX not in text and RECORD_PATH not in text:
            return {}
        by_path = {f"{RECORD_PATH}{column.key}": column for column in self.columns.values()}
        return {**self.columns, **by_path}


def customs_of(kind: Entity, readable: Iterable[str], *, definitions: str) -> Customs:
    """Custom fields of a kind of record, as far as its list shows them to the caller."""
    shown = issubclass(kind.model, CustomFields) and "custom_fields" in readable
    return Customs(definitions if shown else None)


def _filters(column: CustomColumn) -> dict[str, Filter]:
    found = filters_of(column.name, column.field)
    if column.name in found:
        found[f"{column.name}__ne"] = unlike(column.name, column.field)
    return found


def custom_filters(asked: Asked, customs: Customs) -> dict[str, Filter]:
    """The filters that the request names, by the names it has for them; complains about others."""
    found = {}
    for name in asked.parameters:
        if name.startswith(SPELLINGS):
            item = customs.filter_of(name)
            if item is None:
                asked.refuse(name, "kernel.parameter.unknown", _("There is no such parameter."))
            else:
                found[name] = item
    return found
