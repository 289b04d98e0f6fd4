"""The order of the values of a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dictionaries.calculations import moved
from apps.dictionaries.errors import OrderIncomplete
from apps.dictionaries.events import DICTIONARY_REORDERED
from apps.dictionaries.features import MANAGE
from apps.dictionaries.models import Dictionary, DictionaryEntry, SortMode
from apps.dictionaries.selectors import entries_in
from apps.dictionaries.services.dictionaries import new_dictionary
from apps.dictionaries.services.entries import create_entry
from apps.dictionaries.services.loading import dictionary_for_update, entry_for_update
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import Scope


def _example(scope: Scope) -> dict[str, Any]:
    dictionary_id = new_dictionary(scope).pk
    first, second = (create_entry(dictionary_id=dictionary_id, value=value) for value in ("first", "second"))
    return {"dictionary_id": dictionary_id, "entry_ids": [second.pk, first.pk]}


def _move_example(scope: Scope) -> dict[str, Any]:
    return {"entry_id": _example(scope)["entry_ids"][0], "by": -1}


@command("dictionaries.dictionary.reorder", feature=MANAGE, bulk=True, example=_example)
def reorder_dictionary(dictionary_id: UUID, *, entry_ids: Sequence[UUID]) -> Dictionary:
    """Arrange all values of a dictionary in this order, and offer them so. Two statements, however many there are.

    Raises RowNotFound, DictionaryInherited, OrderIncomplete unless each living value is named once.
    """
    dictionary = dictionary_for_update(dictionary_id)
    rows = {row.pk: row for row in entries_in(dictionary)}
    if len(entry_ids) != len(rows) or set(entry_ids) != set(rows):
        text = _("Name every value of the dictionary once.")
        raise OrderIncomplete(errors=(FieldError("entry_ids", OrderIncomplete.code, text),))
    arrange(dictionary, [rows[item] for item in entry_ids])
    return dictionary


@command("dictionaries.entry.move", feature=MANAGE, example=_move_example)
def move_entry(entry_id: UUID, *, by: int) -> DictionaryEntry:
    """Move a value some places up (negative) or down among the values of its dictionary, as they are offered now.

    Raises RowNotFound, DictionaryInherited.
    """
    entry = entry_for_update(entry_id)
    rows = {row.pk: row for row in entries_in(entry.dictionary)}
    arrange(entry.dictionary, [rows[item] for item in moved(list(rows), entry.pk, by=by)])
    entry.refresh_from_db(fields=["position", "version", "updated_at"])
    return entry


def arrange(dictionary: Dictionary, rows: Sequence[DictionaryEntry]) -> None:
    """Number the values as they stand, and offer them as arranged from now on."""
    changed = [row for place, row in enumerate(rows) if row.position != place]
    for place, row in enumerate(rows):
        row.position = place
    for row in changed:
        row.version, row.updated_at = row.version + 1, clock.now()
    if changed:
        DictionaryEntry.objects.bulk_update(changed, ["position", "version", "updated_at"])
    if dictionary.sort_mode != SortMode.POSITION:
        dictionary.sort_mode = SortMode.POSITION
        dictionary.save(update_fields=["sort_mode", "version"])
    if changed:
        DICTIONARY_REORDERED.emit(resource_id=dictionary.pk)
