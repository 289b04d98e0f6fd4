"""Custom fields that are found: asked of the module that keeps their definitions, where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db import models

from apps.entities.contracts import FieldBook, FieldDefinition, Kind
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.search.calculations.digests import checksum_of

WEIGHT: Final = "C"
# Their values are ids and keys of something else, which nobody types.
POINTERS: Final = frozenset({Kind.RELATION, Kind.FILE, Kind.DICTIONARY})


class CustomTexts:
    """Texts of searchable custom fields, for the records of one batch."""

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self._fields: dict[UUID | None, tuple[FieldDefinition, ...]] = {}
        try:
            self._book: FieldBook | None = service(FieldBook)
        except NotRegistered:
            self._book = None

    def texts_of(self, record: Any, organization_id: UUID | None) -> Iterator[tuple[str, str]]:
        """Pairs of text and weight; nothing of fields that are encrypted."""
        if not isinstance(record, CustomFields):
            return
        for field in self.fields_for(organization_id):
            for value in _values(record.custom.get(field.key)):
                yield value, WEIGHT

    def fields_for(self, organization_id: UUID | None) -> tuple[FieldDefinition, ...]:
        """The fields whose values are texts, by key: in which order people see them changes no document."""
        if self._book is None:
            return ()
        if organization_id not in self._fields:
            fields = self._book.fields_of(self.entity, organization_id=organization_id)
            found = sorted(filter(_is_found, fields), key=lambda field: field.key)
            self._fields[organization_id] = tuple(found)
        return self._fields[organization_id]


def _is_found(field: FieldDefinition) -> bool:
    return field.is_searchable and not field.is_encrypted and field.kind not in POINTERS


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def custom_digest(entity: str, model: type[models.Model]) -> str:
    """A digest of the custom fields that documents of a kind are made of, "" for none; in the scope of all of a tenant.

    An organization counts where it has others than the tenant, so that a new one changes nothing.
    """
    if not issubclass(model, CustomFields):
        return ""
    texts = CustomTexts(entity)
    shared = _named(texts, None)
    own = {place: _named(texts, place) for place in sorted(current_scope().organization_ids)}
    parts = [*shared, *(f"{place} {names}" for place, names in own.items() if names != shared)]
    return checksum_of(parts) if parts else ""


def _named(texts: CustomTexts, place: UUID | None) -> list[str]:
    return [f"{field.key} {field.kind}" for field in texts.fields_for(place)]
