"""Whether streams may go on: sessions end, grants and organizations change, tenants close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from apps.kernel.errors import PlatformError
from apps.kernel.ports import Identity, OrganizationTree, ResolvedActor, TreeState
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, Scope, system_scope
from apps.kernel.tenancy.selection import Choice, selected
from apps.kernel.tenancy.switching import is_platform_admin
from apps.kernel.tenancy.transactions import scoped_transaction

REASON: Final = "live stream"


@dataclass(frozen=True, slots=True)
class Admitted:
    """With what a stream was opened: who called, what they selected, and the scope that came of it."""

    caller: ResolvedActor
    choice: Choice
    scope: Scope

    @property
    def is_visitor(self) -> bool:
        """Whether a platform admin listens in a tenant that is not theirs."""
        return self.caller.tenant_id != self.scope.tenant_id


def still_the_same(tenant_id: UUID, admitted: Sequence[Admitted]) -> list[bool]:
    """Say of each whether it would be opened now just as it was.

    A stream whose rights have changed ends either way: its client comes back at once, and is judged like any caller.
    A few queries for all of them.
    """
    actors = _actors_of_now(admitted)
    with system_scope(tenant_id, REASON), scoped_transaction():
        tree = service(OrganizationTree).state(tenant_id)
        return [tree.is_open and _is_the_same(item, actor, tree) for item, actor in zip(admitted, actors, strict=True)]


def _actors_of_now(admitted: Sequence[Admitted]) -> list[Actor | None]:
    by_home: defaultdict[UUID, list[int]] = defaultdict(list)
    for number, item in enumerate(admitted):
        by_home[item.caller.tenant_id].append(number)
    found: list[Actor | None] = [None] * len(admitted)
    for home, numbers in by_home.items():
        with system_scope(home, REASON), scoped_transaction():
            actors = service(Identity).still([admitted[number].caller for number in numbers])
        for number, actor in zip(numbers, actors, strict=True):
            found[number] = actor
    return found


def _is_the_same(item: Admitted, actor: Actor | None, tree: TreeState) -> bool:
    if actor is None:
        return False
    if item.is_visitor:
        return is_platform_admin(actor.id) and _sees_the_same(item, None, tree)
    return actor.access == item.scope.actor.access and _sees_the_same(item, item.caller.home_organization_id, tree)


def _sees_the_same(item: Admitted, home: UUID | None, tree: TreeState) -> bool:
    try:
        now, _is_stale = selected(item.choice, item.scope, home, tree)
    except PlatformError:
        return False
    return now.organization_ids == item.scope.organization_ids
