"""Entity extensions: a module's own table with further facts about records of another module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from apps.kernel.extensions.enrichers import ENRICHERS, Enricher, Values
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.store import Registry


@dataclass(frozen=True, slots=True)
class EntityExtension:
    """Rows of `model` that say more about records of the entity `base`.

    `key` is the ReferenceField that holds the record's id; its `on_deletion` says what becomes of the rows when the
    record goes: `delete` takes them along, `protect` refuses with counts, `keep` leaves them. With `many` a record
    has any number of rows, else at most one, which a unique constraint has to hold. `fields` are shown in REST: of one
    row as they are, of many as a list under `name`.
    """

    id: str
    base: str
    model: type[models.Model]
    key: str
    fields: tuple[str, ...]
    many: bool = False
    priority: int = 0
    features: tuple[str, ...] = ()
    shape: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Under which name many rows are listed: the last part of the id."""
        return self.id.rpartition(".")[2]

    def rows(self, ids: Sequence[UUID]) -> models.QuerySet[Any]:
        """Rows about the records, in the open scope."""
        return self.model._default_manager.filter(**{f"{self.key}__in": list(ids)})

    def values(self, ids: Sequence[UUID]) -> Values:
        """What the rows say about each of the records, in one query."""
        found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for key, *values in self.rows(ids).order_by("pk").values_list(self.key, *self.fields):
            found[key].append(dict(zip(self.fields, values, strict=True)))
        if self.many:
            return {key: {self.name: rows} for key, rows in found.items()}
        return {key: rows[0] for key, rows in found.items()}

    def row_for_update(self, record_id: UUID) -> Any:
        """The record's one row, locked; a new one that is not saved where it has none.

        For commands: whoever writes the record holds its lock, so nobody else makes a row meanwhile.
        """
        rows: Any = self.rows([record_id])
        return rows.select_for_update(no_key=True, of=("self",)).first() or self.model(**{self.key: record_id})


EXTENSIONS: Registry[EntityExtension] = Registry("entity extension")


def entity_extension(declared: EntityExtension) -> EntityExtension:
    """Register an extension; what it says about records stands in REST under `_<module>`, by an enricher of its id."""
    shown = Enricher(
        declared.id,
        declared.base,
        declared.values,
        priority=declared.priority,
        features=declared.features,
        shape=declared.shape,
    )
    ENRICHERS.add(declared.id, shown)
    return EXTENSIONS.add(declared.id, declared)


def faults_of(extension: EntityExtension) -> list[str]:
    """What keeps an extension from doing what it declares."""
    try:
        key: Any = extension.model._meta.get_field(extension.key)
        for name in extension.fields:
            extension.model._meta.get_field(name)
    except FieldDoesNotExist as error:
        return [str(error)]
    if not isinstance(key, ReferenceField) or key.target != extension.base:
        return [f"{extension.key} is no ReferenceField to {extension.base}"]
    singles = [item for item in extension.model._meta.total_unique_constraints if extension.key in item.fields]
    if not extension.many and not any(set(item.fields) == {"tenant_id", extension.key} for item in singles):
        return [f"no unique constraint holds a record to one row: (tenant_id, {extension.key})"]
    return []
