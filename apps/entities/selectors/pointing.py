"""Custom fields as references: which of them point to a kind of record, and which records hold an id in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, TextField, Value

from apps.entities.contracts import DECLARED, Kind
from apps.entities.models import FieldDefinition, Record
from apps.entities.models.records import PREFIX
from apps.entities.selectors.book import as_field
from apps.entities.selectors.definitions import HOLDERS, entities_with_fields, rows_of
from apps.entities.selectors.showing import target_of
from apps.kernel.registry.entities import Entity


@dataclass(frozen=True, slots=True)
class Pointing:
    """A key of a kind of record under which ids of the target stand; living while somebody defines it."""

    kind: Entity
    key: str
    label: str
    is_living: bool

    @property
    def entity(self) -> str:
        """The kind of record that has the field."""
        return self.kind.id

    @property
    def column(self) -> str:
        """The place in the kind's table; a table of several kinds has one for each of them."""
        return f"{self.entity}.{self.key}" if self.entity.startswith(PREFIX) else f"custom.{self.key}"


POINTING: Final = (Kind.RELATION, *HOLDERS)


def every_pointing_field() -> dict[tuple[str, str], set[str]]:
    """Targets that are there of every living field that points to records, by entity and key.

    Organizations may let one key point to different kinds of record.
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    kinds = entities_with_fields()
    rows = FieldDefinition.objects.filter(kind__in=POINTING, deleted_at__isnull=True)
    fields = [(row.entity, row.key, target_of(as_field(row))) for row in rows]
    fields += [(field.entity, field.key, target_of(field)) for field in DECLARED.values()]
    for entity, key, target in fields:
        if target and entity in kinds:
            found[entity, key].add(target)
    return found


def pointing_rows(target: str) -> models.QuerySet[Any]:
    """Definitions of the tenant whose values point to the entity, of every organization, deleted ones too."""
    kinds = [kind for kind, holder in HOLDERS.items() if holder == target]
    named = Q(target=target)
    if target == Record.entity_id:  # fields lead to the records of one type
        named |= Q(target__startswith=PREFIX)
    return FieldDefinition.objects.filter(Q(named, kind=Kind.RELATION) | Q(kind__in=kinds))


def pointing_fields(target: str) -> list[Pointing]:
    """Fields that point to the entity, by table and key: those that modules declare, and in one query the tenant's."""
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    rows = pointing_rows(target).order_by("entity", "key", "pk").values_list("entity", "key", "label", "deleted_at")
    for entity, key, label, deleted_at in rows:
        known = found.get((entity, key))
        if known is None or (deleted_at is None and not known[1]):
            found[entity, key] = (label, deleted_at is None)
    for field in DECLARED.values():
        if target_of(field) == target:
            found[field.entity, field.key] = (str(field.label), True)
    return sorted(_installed(found), key=lambda item: (item.kind.model._meta.db_table, item.entity, item.key))


def _installed(found: dict[tuple[str, str], tuple[str, bool]]) -> Iterator[Pointing]:
    kinds = entities_with_fields() if found else {}
    for (entity, key), (label, is_living) in found.items():
        if entity in kinds:
            yield Pointing(kinds[entity], key, label, is_living)


def held_under(key: str) -> Func:
    """The id under a key as text; the reader is leakproof, so that an index on it serves under row-level security."""
    return Func(F("custom"), Value(key), function="cf_text", output_field=TextField())


def living_rows(entity: str, key: str) -> models.QuerySet[Any]:
    """Living records with the id under a key as `held`."""
    rows: models.QuerySet[Any] = rows_of(entity).annotate(held=held_under(key))
    if any(item.name == "deleted_at" for item in rows.model._meta.local_concrete_fields):
        rows = rows.filter(deleted_at__isnull=True)
    return rows


def counts_by_id(field: Pointing, ids: Iterable[UUID]) -> list[tuple[UUID, int]]:
    """How many living records hold each of the ids in the field, in one query."""
    rows = living_rows(field.entity, field.key).filter(held__in=[str(item) for item in ids])
    counted = rows.values("held").annotate(found=models.Count("pk")).order_by("held")
    return [(UUID(row["held"]), row["found"]) for row in counted]


def defaults_by_id(target: str, ids: Collection[UUID]) -> list[tuple[UUID, int]]:
    """How many living definitions give each of the ids to new records."""
    rows = pointing_rows(target).filter(deleted_at__isnull=True, default__in=[str(item) for item in ids])
    counted = rows.values("default").annotate(found=models.Count("pk")).order_by("default")
    return [(UUID(row["default"]), row["found"]) for row in counted]
