"""Customers by set: rows that were judged before, written in a few statements however many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.customers.models import Customer, CustomerRecord, Membership, PersonCompany, Tagging
from apps.customers.services.lists import Settled, store_all
from apps.kernel import clock
from apps.kernel.commands.running import note_bump


@dataclass(eq=False)
class Draft:
    """A customer as it will be: a new row, or one that is there, locked by who loads.

    `changed` names columns of a row that is there. Marks are added to those that the customer has; the company
    becomes the one that a person works for first.
    """

    row: CustomerRecord
    changed: set[str] = field(default_factory=set)
    points: Settled[Any] | None = None
    addresses: Settled[Any] | None = None
    tag_ids: Sequence[UUID] = ()
    group_ids: Sequence[UUID] = ()
    company_id: UUID | None = None

    @property
    def is_new(self) -> bool:
        """Say whether the row is still to be added."""
        return self.row._state.adding


def store_drafts(drafts: Sequence[Draft]) -> None:
    """Write customers of one kind with all that comes with them, inside a command. Marks are those they lack."""
    if not drafts:
        return
    new = [draft.row for draft in drafts if draft.is_new]
    known = [draft for draft in drafts if not draft.is_new]
    _add(new)
    _change(known)
    store_all([draft.points for draft in drafts if draft.points is not None])
    store_all([draft.addresses for draft in drafts if draft.addresses is not None])
    _mark(Tagging, "tag_id", drafts, lambda draft: draft.tag_ids)
    _mark(Membership, "group_id", drafts, lambda draft: draft.group_ids)
    employ([(draft.row.pk, draft.company_id) for draft in drafts if draft.company_id is not None])


def _add(rows: Sequence[CustomerRecord]) -> None:
    if not rows:
        return
    identities = [
        Customer(pk=row.pk, kind=row.kind, name=row.display_name, created_at=row.created_at, updated_at=row.updated_at)
        for row in rows
    ]
    Customer.objects.bulk_create(identities)
    for row in rows:
        row.customer_id = row.pk
    type(rows[0])._default_manager.bulk_create(rows)


def _change(drafts: Sequence[Draft]) -> None:
    """Update what differs; every touched record has a higher version afterwards."""
    if not drafts:
        return
    now = clock.now()
    names = sorted({name for draft in drafts for name in draft.changed})
    rows = [draft.row for draft in drafts]
    for row in rows:
        row.version, row.updated_at = row.version + 1, now
    type(rows[0])._default_manager.bulk_update(rows, [*names, "version", "updated_at"], batch_size=100)
    for row in rows:
        note_bump(row)
    renamed = [draft.row for draft in drafts if "display_name" in draft.changed]
    if renamed:
        identities = [Customer(pk=row.pk, name=row.display_name, updated_at=now) for row in renamed]
        Customer.objects.bulk_update(identities, ["name", "updated_at"], batch_size=100)


def _mark(model: Any, column: str, drafts: Iterable[Draft], wanted: Callable[[Draft], Sequence[UUID]]) -> None:
    rows = [
        model(customer_id=draft.row.pk, **{column: item}) for draft in drafts for item in dict.fromkeys(wanted(draft))
    ]
    if rows:
        model.objects.bulk_create(rows)


def employ(pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Let people work for companies first of all; what they did before stays, behind it."""
    if not pairs:
        return
    places = PersonCompany.objects.filter(person_id__in=[person_id for person_id, _company_id in pairs])
    places.filter(is_primary=True).update(is_primary=False, updated_at=clock.now())
    held = {(place.person_id, place.company_id): place for place in places}
    again = [held[pair].pk for pair in pairs if pair in held]
    if again:
        PersonCompany.objects.filter(pk__in=again).update(is_primary=True, updated_at=clock.now())
    PersonCompany.objects.bulk_create(
        PersonCompany(person_id=person_id, company_id=company_id, is_primary=True)
        for person_id, company_id in pairs
        if (person_id, company_id) not in held
    )
