"""The kernel's port `OrganizationTree`, answered from the table."""

from __future__ import annotations

from uuid import UUID

from apps.directory.calculations import Node, in_tree_order
from apps.directory.models import Organization, Tenant, TenantStatus

OPEN = (TenantStatus.TRIAL, TenantStatus.ACTIVE)


class LivingTree:
    """Organizations of the open scope's tenant, whatever the scope itself sees."""

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """A living organization and the living ones below it; empty for a dead or unknown one."""
        top = Organization.objects.filter(pk=organization_id, deleted_at__isnull=True).values("path")[:1]
        below = Organization.objects.filter(path__startswith=top, deleted_at__isnull=True)
        return frozenset(below.values_list("pk", flat=True))

    def all_living(self) -> frozenset[UUID]:
        """Every living organization of the tenant."""
        return frozenset(Organization.objects.filter(deleted_at__isnull=True).values_list("pk", flat=True))

    def tenant_is_open(self, tenant_id: UUID) -> bool:
        """Say whether the tenant may be worked in."""
        return Tenant.objects.filter(pk=tenant_id, status__in=OPEN).exists()

    def tenant_exists(self, tenant_id: UUID) -> bool:
        """Say whether there is such a tenant, open or suspended; a deleted one is gone."""
        return Tenant.objects.filter(pk=tenant_id).exclude(status=TenantStatus.DELETED).exists()

    def choices(self, allowed: frozenset[UUID]) -> list[tuple[UUID, str, int]]:
        """Id, name and depth of the allowed organizations that are switched on, in tree order.

        Depths begin at 0 with the topmost that is allowed.
        """
        rows = Organization.objects.filter(pk__in=allowed, deleted_at__isnull=True, is_active=True)
        nodes = [Node(*row) for row in rows.values_list("pk", "parent_id", "name", "depth")]
        top = min((node.depth for node in nodes), default=0)
        return [(node.id, node.name, node.depth - top) for node in in_tree_order(nodes)]
