"""Custom fields that are found: asked of the module that keeps their definitions, where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol, cast
from uuid import UUID

from apps.kernel.bases.mixins import CustomFields
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import service_named

FIELD_BOOK: Final = "entities.field_book"  # by name, because that module may be missing
WEIGHT: Final = "C"
# Their values are ids and keys of something else, which nobody types.
POINTERS = frozenset({"relation", "file", "dictionary"})


class Definition(Protocol):
    """What of a definition counts here."""

    key: str
    kind: str
    is_searchable: bool
    is_encrypted: bool


class FieldBook(Protocol):
    """The definitions of a kind of record as they count for an organization."""

    def fields_of(self, entity: str, *, organization_id: UUID | None = None) -> Iterable[Definition]:
        """Living definitions, in the tenant's scope."""
        ...


class CustomTexts:
    """Texts of searchable custom fields, for the records of one batch."""

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self._keys: dict[UUID | None, tuple[str, ...]] = {}
        try:
            self._book: FieldBook | None = cast("FieldBook", service_named(FIELD_BOOK))
        except NotRegistered:
            self._book = None

    def texts_of(self, record: Any, organization_id: UUID | None) -> Iterator[tuple[str, str]]:
        """Pairs of text and weight; nothing of fields that are encrypted."""
        if self._book is None or not isinstance(record, CustomFields):
            return
        for key in self._keys_for(organization_id):
            for value in _values(record.custom.get(key)):
                yield value, WEIGHT

    def _keys_for(self, organization_id: UUID | None) -> tuple[str, ...]:
        if organization_id not in self._keys and self._book is not None:
            fields = self._book.fields_of(self.entity, organization_id=organization_id)
            self._keys[organization_id] = tuple(
                item.key
                for item in fields
                if item.is_searchable and not item.is_encrypted and item.kind not in POINTERS
            )
        return self._keys.get(organization_id, ())


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
