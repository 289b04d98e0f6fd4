"""Labels of referenced records for one page or answer, fetched once for each kind of record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.addresses import address_if_any
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.naming import ORGANIZATION


class RecordLabels:
    """Labels that one request has looked up so far, by entity and id."""

    def __init__(self) -> None:
        self._known: dict[str, dict[UUID, str]] = defaultdict(dict)

    def fetch(self, wanted: Iterable[tuple[str, UUID | None]]) -> None:
        """Look up the `(entity, id)` pairs that are not known yet, one query for each entity."""
        missing: dict[str, set[UUID]] = defaultdict(set)
        for entity, record_id in wanted:
            if record_id is not None and record_id not in self._known[entity]:
                missing[entity].add(record_id)
        for entity, ids in missing.items():
            found = ENTITIES[entity].labels(ids) if entity in ENTITIES else {}
            self._known[entity].update({item: found.get(item, "") for item in ids})

    def fetch_rows(self, rows: Iterable[models.Model]) -> None:
        """Look up every reference of the rows."""
        self.fetch(
            (target, getattr(row, column)) for row in rows for column, target in pointing_columns(type(row)).items()
        )

    def take(self, labels: Mapping[tuple[str, UUID], str]) -> None:
        """Take over labels that are known from elsewhere."""
        for (entity, record_id), label in labels.items():
            self._known[entity][record_id] = label

    def text(self, entity: str, record_id: UUID | None) -> str:
        """The record's label, words for a missing one, "" for no id."""
        if record_id is None:
            return ""
        self.fetch([(entity, record_id)])
        return self._known[entity][record_id] or _("(not available)")

    def known(self, entity: str, record_id: UUID) -> str:
        """The label if it was looked up and exists, else ""."""
        return self._known[entity].get(record_id, "")


def record_url(entity: str, record_id: UUID | None) -> str:
    """Address of the record's page in the back office, "" where there is none."""
    if record_id is None or entity not in ENTITIES:
        return ""
    declared, meta = ENTITIES[entity], ENTITIES[entity].model._meta
    name = declared.url or f"admin:{meta.app_label}_{meta.model_name}_change"
    return address_if_any(name, record_id)


def target_of(field: Any) -> str:
    """Entity id of what the field points to, "" when it points to nothing known."""
    if isinstance(field, ReferenceField):
        return field.target if field.is_available else ""
    if isinstance(field, models.ForeignKey):
        entity = str(getattr(field.related_model, "entity_id", ""))
        return entity if entity in ENTITIES else ""
    if getattr(field, "attname", "") == "organization_id" and ORGANIZATION in ENTITIES:
        return ORGANIZATION
    return ""


def pointing_columns(model: type[models.Model]) -> dict[str, str]:
    """Columns that hold a bare id of another record, and the entities they point to."""
    fields = (item for item in model._meta.local_concrete_fields if not isinstance(item, models.ForeignKey))
    return {item.attname: target for item in fields if (target := target_of(item))}
