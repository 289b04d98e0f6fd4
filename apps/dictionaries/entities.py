"""The kinds of record of this module: seen by the organizations below their owner too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.dictionaries.errors import EntryInUse
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.dictionaries.selectors import all_entries, total_usages, visible_dictionaries, visible_entries
from apps.dictionaries.services.loading import demand_own, merge_address, protecting
from apps.dictionaries.services.undoing import pointers_taken_back
from apps.kernel.references.usages import counted
from apps.kernel.registry.entities import Entity, Image, add_entity
from apps.kernel.tenancy.scope import Actor


@dataclass(frozen=True, slots=True)
class DictionaryKind(Entity):
    """Dictionaries of the scope, of organizations above it, and of the whole tenant."""

    def living(self) -> models.QuerySet[Any]:
        """Dictionaries that the scope reads."""
        return visible_dictionaries()

    def demand_changeable(self, row: Any) -> None:
        """Refuse what comes from above. Raises DictionaryInherited."""
        demand_own(row)


@dataclass(frozen=True, slots=True)
class EntryKind(Entity):
    """Values of those dictionaries."""

    def living(self) -> models.QuerySet[Any]:
        """Values that the scope reads."""
        return visible_entries().select_related("dictionary")

    def part(self, within: str) -> models.QuerySet[Any]:
        """Values of the dictionary with the key."""
        return self.living().filter(dictionary__key=within) if within else self.living()

    def demand_changeable(self, row: Any) -> None:
        """Refuse values of what comes from above. Raises DictionaryInherited."""
        demand_own(row.dictionary)

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of values that the scope reads, deleted ones included."""
        return self.worded(all_entries().filter(pk__in=set(ids)))


def validate_entry_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let no value in use vanish by an undo or a redo. Raises EntryInUse.

    Pointers that the same undo moves away (the redo of a merge) do not count.
    """
    vanishes = before is not None and not before["deleted_at"] and (after is None or bool(after["deleted_at"]))
    if before is None or not vanishes:
        return
    entry_id = UUID(before["id"])
    found = protecting(total_usages([entry_id]))
    if sum(usage.count for usage in found) > pointers_taken_back(entry_id):
        raise EntryInUse(**counted(found), merge=merge_address(entry_id))


add_entity(
    DictionaryKind(
        Dictionary.entity_id,
        Dictionary,
        Dictionary._meta.verbose_name or "",
        Dictionary._meta.verbose_name_plural or "",
        icon="list_alt",
        search=("name", "key"),
        url="admin:dictionaries_dictionary_change",
    ),
    broadcast="staff",
)
add_entity(
    EntryKind(
        DictionaryEntry.entity_id,
        DictionaryEntry,
        DictionaryEntry._meta.verbose_name or "",
        DictionaryEntry._meta.verbose_name_plural or "",
        icon="label",
        search=("label", "value"),
        url="admin:dictionaries_dictionaryentry_change",
        validate_restore=validate_entry_restore,
    ),
    broadcast="staff",
)
