"""Which tenants a command is about."""

from __future__ import annotations

from uuid import UUID

from django.core.management.base import CommandError

from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction

TENANT_HELP = "id of the tenant, or the handle of one of its organizations"
ORGANIZATIONS = "slug"


def every_tenant() -> list[UUID]:
    """Every tenant that has an organization."""
    rows = HandleIndex.objects.filter(kind=ORGANIZATIONS).order_by("tenant_id")
    return list(rows.values_list("tenant_id", flat=True).distinct())


def tenant_called(name: str) -> UUID:
    """The tenant of an id or handle. Raises CommandError."""
    tenant_id = _id_of(name)
    if tenant_id is not None:
        with system_scope(tenant_id, "command line"), scoped_transaction():
            if service(OrganizationTree).tenant_exists(tenant_id):
                return tenant_id
    raise CommandError(f"There is no tenant {name}.")


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        rows = HandleIndex.objects.filter(kind=ORGANIZATIONS, value=name)
        found: UUID | None = rows.values_list("tenant_id", flat=True).first()
        return found
