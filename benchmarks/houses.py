"""Made-up tenants and scopes. Owner columns have no foreign keys, so most rows need no tenant behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from apps.directory.models import Tenant, TenantStatus
from apps.kernel.access.grants import EVERYTHING
from apps.kernel.commands.declarations import command
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, system_scope

REASON = "a probe of the benchmarks"


def no_example(scope: Scope) -> dict[str, Any]:
    """For commands that nobody undoes by their example."""
    return {}


@command("benchmarks.tenant.open", open_reason=REASON, resource="directory.tenant", example=no_example)
def open_tenant() -> Tenant:
    """Write the row of the scope's tenant."""
    tenant = Tenant(id=current_scope().tenant_id, name="Benchmark", status=TenantStatus.ACTIVE)
    tenant.slug = f"benchmark-{tenant.pk.hex}"
    tenant.save(force_insert=True)
    return tenant


def ids(count: int) -> list[UUID]:
    """New ids."""
    return [uuid7() for _ in range(count)]


def staff_scope(tenant_id: UUID, organization_ids: Iterable[UUID]) -> Scope:
    """The scope of somebody who may do everything; writes go to the first organization."""
    seen = list(organization_ids)
    return Scope(tenant_id, seen[0], frozenset(seen), Actor(ActorKind.STAFF, uuid7(), "Benchmark", EVERYTHING))


def open_tenants(count: int) -> list[UUID]:
    """Ids of new tenants that have a row of their own and may be worked in."""
    found = ids(count)
    for tenant_id in found:
        with system_scope(tenant_id, REASON):
            open_tenant()
    return found
