"""Scopes of made-up tenants. Owner columns have no foreign keys, so rows need no tenant behind them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from apps.kernel.access.grants import EVERYTHING
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope


def ids(count: int) -> list[UUID]:
    """New ids."""
    return [uuid7() for _ in range(count)]


def staff_scope(tenant_id: UUID, organization_ids: Iterable[UUID]) -> Scope:
    """The scope of somebody who may do everything; writes go to the first organization."""
    seen = list(organization_ids)
    return Scope(tenant_id, seen[0], frozenset(seen), Actor(ActorKind.STAFF, uuid7(), "Benchmark", EVERYTHING))
