"""Following: being told what others do with a customer or a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.customers.features import FOLLOW
from apps.customers.models import Follower
from apps.customers.services.people import create_person
from apps.customers.services.topics import demand_open, demand_person
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock, load_for_update
from apps.kernel.commands.running import about
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import Scope


def _new_follower(scope: Scope) -> dict[str, Any]:
    return {"customer_id": create_person(first_name="Ada").pk}


def _some_follower(scope: Scope) -> dict[str, Any]:
    return {"follower_id": follow(**_new_follower(scope)).pk}


@command("customers.follower.follow", feature=FOLLOW, example=_new_follower)
def follow(*, customer_id: UUID | None = None, deal_id: UUID | None = None) -> Follower:
    """Have the actor told what others do with it; who follows it already still does.

    Raises NoPerson, InvalidInput, PersonErased.
    """
    user_id, subject = demand_person(), demand_open(customer_id, deal_id)
    hold_lock(f"customers.follower.{subject.id}.{user_id}")
    row = Follower.objects.filter(customer_id=customer_id, deal_id=deal_id, user_id=user_id).first()
    if row is None:
        row = Follower(customer_id=customer_id, deal_id=deal_id, user_id=user_id)
        row.organization_id = subject.organization_id
        row.save(force_insert=True)
    about(row)
    return row


@command("customers.follower.unfollow", feature=FOLLOW, example=_some_follower)
def unfollow(follower_id: UUID) -> Follower:
    """Have the actor told no more. Raises NoPerson, RowNotFound also for what somebody else follows."""
    user_id = demand_person()
    row = load_for_update(Follower, follower_id)
    if row.user_id != user_id:
        raise RowNotFound
    gone = row.pk
    row.delete()
    row.pk = gone
    return row
