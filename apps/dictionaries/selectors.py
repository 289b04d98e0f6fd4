"""Reads of dictionaries, cut to what the scope sees: its organizations, those above them, and the whole tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from apps.dictionaries.calculations import ORDERS
from apps.dictionaries.contracts import ENTRY, EntryFacts
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.kernel.ports import OrganizationTree
from apps.kernel.references.usages import Usage, usages, usages_by_id
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.translating.overlays import overlay_rows

RowT = TypeVar("RowT", bound=models.Model)


def reached_owners() -> frozenset[UUID]:
    """Organizations whose dictionaries the scope reads: those that it sees, and all above them."""
    seen = current_scope().organization_ids
    above = service(OrganizationTree).paths(seen).values()
    return seen.union(*above)


def _reached(column: str) -> Q:
    """The condition that rows pass whose owner the scope reads."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__in": sorted(reached_owners())})


def reached(rows: models.QuerySet[RowT], column: str) -> models.QuerySet[RowT]:
    """Those of the rows whose owner, in the column, the scope reads."""
    return rows.filter(_reached(column))


def visible_dictionaries() -> models.QuerySet[Dictionary]:
    """Living dictionaries that the scope reads."""
    rows: models.QuerySet[Dictionary] = Dictionary.objects.filter(_reached("owner_id"), deleted_at__isnull=True)
    return rows


def all_entries() -> models.QuerySet[DictionaryEntry]:
    """Values that the scope reads, deleted ones too."""
    rows: models.QuerySet[DictionaryEntry] = DictionaryEntry.objects.filter(_reached("dictionary__owner_id"))
    return rows


def visible_entries() -> models.QuerySet[DictionaryEntry]:
    """Living values that the scope reads."""
    return all_entries().filter(deleted_at__isnull=True)


def entries_in(dictionary: Dictionary) -> models.QuerySet[DictionaryEntry]:
    """Living values of a dictionary in its order."""
    rows: models.QuerySet[DictionaryEntry] = DictionaryEntry.objects.filter(
        dictionary_id=dictionary.pk, deleted_at__isnull=True
    )
    return rows.order_by(*ORDERS[dictionary.sort_mode])


def is_inherited(dictionary: Dictionary) -> bool:
    """Say whether the dictionary is only read here: another organization's, or the tenant's for who sees a part."""
    scope = current_scope()
    if dictionary.owner_id is None:
        return scope.actor.access.organization_ids is not None
    return dictionary.owner_id not in scope.organization_ids


def editable_dictionaries() -> models.QuerySet[Dictionary]:
    """Living dictionaries that the scope may change."""
    scope = current_scope()
    own = Q(owner_id__in=sorted(scope.organization_ids))
    everybody = Q(owner_id__isnull=True) if scope.actor.access.organization_ids is None else Q()
    rows: models.QuerySet[Dictionary] = Dictionary.objects.filter(own | everybody, deleted_at__isnull=True)
    return rows


def sizes_of(dictionary_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many living values each dictionary has."""
    rows = DictionaryEntry.objects.filter(dictionary_id__in=list(dictionary_ids), deleted_at__isnull=True)
    return dict(rows.values("dictionary_id").annotate(found=Count("pk")).values_list("dictionary_id", "found"))


@contextmanager
def across_organizations() -> Iterator[None]:
    """See every organization of the tenant for the block.

    Whoever changes a value has to know all who point to it: also those whom the scope does not see otherwise.
    """
    wide = replace(current_scope(), organization_ids=service(OrganizationTree).all_ever())
    with using_scope(wide), scoped_transaction():
        yield


def usages_of(entry_ids: Iterable[UUID]) -> dict[UUID, list[Usage]]:
    """Who points to the values, in the whole tenant; values without a pointer are left out."""
    with across_organizations():
        return usages_by_id(ENTRY, entry_ids)


def total_usages(entry_ids: Iterable[UUID]) -> list[Usage]:
    """The same for all of them together."""
    with across_organizations():
        return usages(ENTRY, entry_ids)


class StoredDictionaryBook:
    """`DictionaryBook` from the tables."""

    def entries(self, key: str) -> list[EntryFacts]:
        """Values of the nearest dictionary of the key, in its order."""
        found = nearest_dictionary(key)
        if found is None:
            return []
        rows = list(entries_in(found))
        overlay_rows(ENTRY, rows)
        return [facts_of(row, found.key) for row in rows]

    def entry(self, entry_id: UUID) -> EntryFacts | None:
        """A value by its id."""
        return self.entries_by_id([entry_id]).get(entry_id)

    def entries_by_id(self, ids: Iterable[UUID]) -> dict[UUID, EntryFacts]:
        """Many values by their ids."""
        rows = list(all_entries().filter(pk__in=set(ids)).select_related("dictionary"))
        overlay_rows(ENTRY, rows)
        return {row.pk: facts_of(row, row.dictionary.key) for row in rows}

    def is_there(self, key: str) -> bool:
        """Say whether there is an active one."""
        return visible_dictionaries().filter(key=key, is_active=True).exists()

    def default(self, key: str) -> EntryFacts | None:
        """The value that is marked."""
        return next((item for item in self.entries(key) if item.is_default), None)


def nearest_dictionary(key: str) -> Dictionary | None:
    """The active dictionary of the key that counts for the organization in which the scope works."""
    rows = list(visible_dictionaries().filter(key=key, is_active=True))
    if len(rows) < 2:
        return rows[0] if rows else None
    here = current_scope().organization_id
    path = service(OrganizationTree).paths([here] if here else []).get(here or UUID(int=0), ())
    return max(rows, key=lambda row: (path.index(row.owner_id) if row.owner_id in path else -1, row.owner_id is None))


def facts_of(row: DictionaryEntry, key: str) -> EntryFacts:
    """A value as other modules know it."""
    return EntryFacts(
        id=row.pk,
        dictionary=key,
        value=row.value,
        label=str(row),
        color=row.color,
        icon=row.icon,
        tone=row.tone,
        is_default=row.is_default,
        is_living=not row.is_deleted,
    )
