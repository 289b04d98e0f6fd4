"""Dictionaries and their values for tests."""

from __future__ import annotations

from typing import Any

from apps.dictionaries.calculations import normalized
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.directory.models import Organization
from apps.kernel.ids import uuid7
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book

LIST = "/api/dictionaries/dictionaries/"
ENTRIES = "/api/dictionaries/entries/"


def make_dictionary(house: House, *values: str, owner: Organization | None = None, **fields: Any) -> Dictionary:
    """A living dictionary with these values: of an organization, or of the whole tenant."""
    with seeding(house.scope()):
        row = Dictionary(
            key=fields.pop("key", f"genres-{uuid7().hex[-8:]}"), name=fields.pop("name", "Genres"), **fields
        )
        row.owner_id = owner.pk if owner else None
        row.save(force_insert=True)
        for place, value in enumerate(values):
            _entry(row, value, position=place).save(force_insert=True)
    return row


def make_entry(house: House, dictionary: Dictionary, value: str = "Novel", **fields: Any) -> DictionaryEntry:
    """A living value."""
    with seeding(house.scope()):
        row = _entry(dictionary, value, **fields)
        row.save(force_insert=True)
    return row


def _entry(dictionary: Dictionary, value: str, **fields: Any) -> DictionaryEntry:
    values = {"label": value, "normalized_value": normalized(value), **fields}
    return DictionaryEntry(dictionary=dictionary, value=value, **values)


def entry_of(house: House, dictionary: Dictionary, value: str) -> DictionaryEntry:
    """A value of a dictionary, deleted ones too."""
    with seeding(house.scope()):
        found: DictionaryEntry = DictionaryEntry.objects.get(dictionary_id=dictionary.pk, value=value)
    return found


def offered(house: House, dictionary: Dictionary) -> list[str]:
    """Living values by position."""
    with seeding(house.scope()):
        rows = DictionaryEntry.objects.filter(dictionary_id=dictionary.pk, deleted_at__isnull=True)
        return list(rows.order_by("position", "pk").values_list("value", flat=True))


def genres(house: House) -> dict[str, str | None]:
    """Titles of all books and the values that they point to."""
    with seeding(house.scope()):
        names = dict(DictionaryEntry.objects.values_list("pk", "value"))
        rows = Book.objects.order_by("title").values_list("title", "genre_id")
        return {title: names.get(genre) for title, genre in rows}
