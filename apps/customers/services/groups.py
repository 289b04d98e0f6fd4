"""Groups of customers: adding, changing, deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.customers.features import MANAGE_SETTINGS
from apps.customers.models import CustomerGroup, Membership
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.tenancy.scope import Scope

FIELDS = ("code", "name", "rank", "description")


def _new_group(scope: Scope) -> dict[str, Any]:
    return {"code": f"wholesale-{uuid7().hex[-6:]}", "name": "Wholesalers", "rank": 10}


def _some_group(scope: Scope) -> dict[str, Any]:
    return {"group_id": create_group(**_new_group(scope)).pk}


def _changed_group(scope: Scope) -> dict[str, Any]:
    return {**_some_group(scope), "rank": 20}


@command("customers.customer_group.create", feature=MANAGE_SETTINGS, example=_new_group)
def create_group(*, code: str, name: str, rank: int = 100, description: str = "") -> CustomerGroup:
    """Add a group. Raises InvalidInput; Duplicate for a code that is there."""
    group = CustomerGroup(code=code, name=name, rank=rank, description=description)
    demand_valid(group, FIELDS)
    group.save(force_insert=True)
    return group


@command("customers.customer_group.update", feature=MANAGE_SETTINGS, example=_changed_group)
def update_group(
    group_id: UUID,
    *,
    code: str | Unchanged = UNCHANGED,
    name: str | Unchanged = UNCHANGED,
    rank: int | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
) -> CustomerGroup:
    """Change what is given. Raises RowNotFound, InvalidInput."""
    group = load_living(CustomerGroup, group_id)
    changed = set_given(group, code=code, name=name, rank=rank, description=description)
    demand_valid(group, FIELDS)
    group.save(update_fields=[*changed, "version"])
    return group


@command("customers.customer_group.delete", feature=MANAGE_SETTINGS, example=_some_group)
def delete_group(group_id: UUID) -> CustomerGroup:
    """Hide a group and take all customers out of it; undo puts them back. Raises RowNotFound, InUse with counts."""
    group = load_living(CustomerGroup, group_id)
    keep_pointers_out(group)
    release(CustomerGroup.entity_id, [group.pk])
    Membership.objects.filter(group=group).delete()
    mark_hidden(group)
    return group
