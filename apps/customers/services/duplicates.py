"""Decisions about pairs that look like one customer and are two."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.customers.errors import AlreadyDismissed, MergeImpossible
from apps.customers.features import MERGE
from apps.customers.models import Customer, NotDuplicate
from apps.customers.services.erased import demand_none_erased
from apps.customers.services.people import create_person
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope


def _alike(scope: Scope) -> dict[str, Any]:
    first, second = (create_person(first_name="Ada", last_name="Lovelace").pk for _number in range(2))
    return {"first_id": first, "second_id": second}


@command("customers.not_duplicate.create", feature=MERGE, example=_alike)
def dismiss_duplicate(*, first_id: UUID, second_id: UUID) -> NotDuplicate:
    """Remember that two customers are two, so that nobody is asked about them again; undo forgets it.

    Their order does not matter. Raises InvalidInput for ids that are no living customers of one kind and
    organization, PersonErased, AlreadyDismissed.
    """
    kinds = _kinds({"first_id": first_id, "second_id": second_id})
    if first_id == second_id or kinds[first_id] != kinds[second_id]:
        text = _("Choose two different customers of one kind and organization.")
        raise MergeImpossible(errors=(FieldError("second_id", MergeImpossible.code, text),))
    first, second = sorted((first_id, second_id))
    demand_none_erased({"first_id": first_id, "second_id": second_id})
    hold_lock(f"not duplicates {first} {second}")
    if NotDuplicate.objects.filter(first=first, second=second).exists():
        raise AlreadyDismissed
    row = NotDuplicate(first_id=first, second_id=second, organization_id=kinds[first][1])
    row.save(force_insert=True)
    return row


def _kinds(given: dict[str, UUID]) -> dict[UUID, tuple[str, UUID]]:
    """Kind and organization of each; they are held against deletion."""
    there = hold(ENTITIES[Customer.entity_id], set(given.values()))
    missing = [name for name, item in given.items() if item not in there]
    if missing:
        raise InvalidInput(errors=tuple(no_such_record(name) for name in missing))
    rows = Customer.objects.filter(pk__in=there).values_list("pk", "kind", "organization_id")
    return {pk: (kind, organization) for pk, kind, organization in rows}


def turn_decisions(old: UUID, new: UUID) -> None:
    """Let what was decided about one customer count for the one that took its place."""
    rows = NotDuplicate.objects.filter(Q(first=old) | Q(second=old))
    decided = list(rows.values_list("first_id", "second_id", "organization_id"))
    if not decided:
        return
    rows.delete()
    known = NotDuplicate.objects.filter(Q(first=new) | Q(second=new)).values_list("first_id", "second_id")
    pairs = {tuple(sorted((new, ({first, second} - {old}).pop()))): place for first, second, place in decided}
    kept = {pair: place for pair, place in pairs.items() if pair[0] != pair[1] and pair not in set(known)}
    NotDuplicate.objects.bulk_create(
        NotDuplicate(first_id=first, second_id=second, organization_id=place) for (first, second), place in kept.items()
    )
