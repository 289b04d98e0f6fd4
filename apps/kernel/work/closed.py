"""Tenants that may not be worked in: their work rests until they are open again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service

CLOSED_TENANT = timedelta(minutes=15)  # how long the work of a suspended tenant rests before the next look


def is_closed(tenant_id: UUID) -> bool:
    """Say whether the tenant is there and may not be worked in."""
    tree = service(OrganizationTree)
    return not tree.tenant_is_open(tenant_id) and tree.tenant_exists(tenant_id)
