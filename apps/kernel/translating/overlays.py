"""Translated texts in the place of those that stand in records, for whoever reads in another language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from apps.kernel.ports import Localized, Translations
from apps.kernel.services import service
from apps.kernel.translating.declared import TRANSLATABLE
from apps.kernel.translating.locales import current_locales

Record = dict[str, Any]
LOCALE, TRANSLATED = "_locale", "_translated"


def localized(entity: str, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Localized]]:
    """Translated texts of the records by field, in the reader's languages; one query at most.

    None where nothing of the kind is translated, or the reader's language is the one in which texts are written.
    """
    locales, wanted = current_locales(), list(ids)
    if not locales or not wanted or entity not in TRANSLATABLE:
        return {}
    return service(Translations).overlay(entity, wanted, locales)


def overlay_records(entity: str, records: Sequence[Record], ids: Sequence[UUID], *, marked: bool = False) -> None:
    """Put translated texts into records (whose ids stand in the same order), as far as they show the fields.

    `marked` ones say under `_translated` which fields were, and in which language; `_locale` is the wanted one.
    """
    found = localized(entity, ids)
    for record, record_id in zip(records, ids, strict=True):
        texts = {name: text for name, text in found.get(record_id, {}).items() if name in record}
        record |= {name: text.value for name, text in texts.items()}
        if marked:
            record[LOCALE] = next(iter(current_locales()), "")
            record[TRANSLATED] = {name: text.locale for name, text in texts.items()}


def overlay_rows(entity: str, rows: Sequence[models.Model]) -> None:
    """The same for instances that are shown and never saved."""
    for row, texts in _with_texts(entity, rows):
        for name, text in texts.items():
            setattr(row, name, text.value)


def _with_texts(entity: str, rows: Sequence[models.Model]) -> list[tuple[models.Model, Mapping[str, Localized]]]:
    found = localized(entity, [row.pk for row in rows])
    return [(row, found[row.pk]) for row in rows if row.pk in found]
