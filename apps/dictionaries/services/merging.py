"""Merging: one value takes the place of another, wherever that one stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dictionaries.contracts import ENTRY
from apps.dictionaries.errors import MergeImpossible
from apps.dictionaries.events import ENTRY_MERGED
from apps.dictionaries.features import MANAGE
from apps.dictionaries.models import DictionaryEntry
from apps.dictionaries.services.dictionaries import new_dictionary
from apps.dictionaries.services.entries import create_entry, retire
from apps.dictionaries.services.loading import entry_for_update, hold_entries
from apps.kernel.commands.declarations import command
from apps.kernel.commands.widening import across_organizations
from apps.kernel.errors import FieldError
from apps.kernel.references.usages import repoint
from apps.kernel.tenancy.scope import Scope


def _example(scope: Scope) -> dict[str, Any]:
    dictionary_id = new_dictionary(scope).pk
    first, second = (create_entry(dictionary_id=dictionary_id, value=value) for value in ("fair", "trade fair"))
    return {"entry_id": first.pk, "into_id": second.pk}


@command("dictionaries.entry.merge", feature=MANAGE, example=_example, retryable=True)
def merge_entry(entry_id: UUID, *, into_id: UUID) -> DictionaryEntry:
    """Let everything in the whole tenant that points to a value point to another one, and hide the first.

    One action: one undo brings the value and all pointers back. Locks: the dictionary, both values by id, then the
    rows that point to them by table and id. Gives the value that stays. Raises RowNotFound, DictionaryInherited,
    MergeImpossible, Conflict where something cannot be re-pointed.
    """
    entry = entry_for_update(entry_id)
    hold_entries([entry_id, into_id])
    survivor = _survivor(entry, into_id)
    with across_organizations():
        moved = repoint(ENTRY, entry.pk, survivor.pk)
    retire(entry, into=survivor.pk)
    if entry.is_default:  # a hidden value keeps its mark, and does not stand in the way of another one
        survivor.is_default = True
        survivor.save(update_fields=["is_default", "version"])
    ENTRY_MERGED.emit(resource_id=entry.pk, into_id=survivor.pk, moved=moved)
    return survivor


def _survivor(entry: DictionaryEntry, into_id: UUID) -> DictionaryEntry:
    rows = DictionaryEntry.objects.filter(dictionary_id=entry.dictionary_id, deleted_at__isnull=True)
    found: DictionaryEntry | None = rows.exclude(pk=entry.pk).filter(pk=into_id).first()
    if found is None:
        text = _("Choose another value of the same dictionary.")
        raise MergeImpossible(errors=(FieldError("into_id", MergeImpossible.code, text),))
    return found
