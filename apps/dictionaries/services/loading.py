"""Dictionaries and values as commands take them: in sight, locked parent first, and only where they may be changed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from apps.dictionaries.errors import DictionaryInherited, EntryInUse
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.dictionaries.selectors import is_inherited, total_usages, visible_dictionaries, visible_entries
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.usages import Usage, counted
from apps.kernel.references.validation import no_such_record


def merge_address(entry_id: UUID) -> str:
    """Where a value in use is merged into another one."""
    return f"/api/dictionaries/entries/{entry_id}/merge/"


def dictionary_for_update(dictionary_id: UUID) -> Dictionary:
    """The living dictionary, locked. Raises RowNotFound, DictionaryInherited."""
    if not visible_dictionaries().filter(pk=dictionary_id).exists():
        raise RowNotFound
    found = load_living(Dictionary, dictionary_id)
    return demand_own(found)


def parent_for(dictionary_id: UUID) -> Dictionary:
    """The dictionary that a new value goes to, locked. Raises InvalidInput on the field, DictionaryInherited."""
    if not visible_dictionaries().filter(pk=dictionary_id).exists():
        raise InvalidInput(errors=(no_such_record("dictionary_id"),))
    return demand_own(_locked(dictionary_id))


def entry_for_update(entry_id: UUID) -> DictionaryEntry:
    """The living value, locked behind its dictionary. Raises RowNotFound, DictionaryInherited."""
    parent = visible_entries().filter(pk=entry_id).values_list("dictionary_id", flat=True).first()
    if parent is None:
        raise RowNotFound
    dictionary = _locked(parent)
    entry = load_living(DictionaryEntry, entry_id)
    demand_own(dictionary)
    entry.dictionary = dictionary
    return entry


def _locked(dictionary_id: UUID) -> Dictionary:
    """Not by `load_for_update`: the version that the caller saw is that of a value."""
    rows = Dictionary.objects.select_for_update(no_key=True, of=("self",))
    found: Dictionary | None = rows.filter(pk=dictionary_id, deleted_at__isnull=True).first()
    if found is None:
        raise RowNotFound
    return found


def demand_own(dictionary: Dictionary) -> Dictionary:
    """The dictionary, unless it is only read here. Raises DictionaryInherited."""
    if is_inherited(dictionary):
        raise DictionaryInherited(name=dictionary.name)
    return dictionary


def hold_entries(ids: Iterable[UUID]) -> None:
    """Lock values against new pointers, by id: whoever is about to point to one waits, and then finds it gone."""
    rows = DictionaryEntry.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def protecting(found: Iterable[Usage]) -> list[Usage]:
    """Those pointers that keep a value from being deleted."""
    return [usage for usage in found if usage.on_deletion is not OnDeletion.KEEP]


def demand_unused(entry_id: UUID) -> None:
    """Check that nothing in the whole tenant points to the value. Raises EntryInUse with counts and the way out."""
    if found := protecting(total_usages([entry_id])):
        raise EntryInUse(**counted(found), merge=merge_address(entry_id))
