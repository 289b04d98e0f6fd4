"""What the organizations of the demonstration sell, by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from apps.directory.management.demo_data import COMPANIES
from apps.directory.models import Organization, Tenant
from apps.kernel.tenancy.scope import current_scope


class DemoTrades:
    """`Demonstration` from the companies of the demonstration."""

    def trades(self) -> Mapping[UUID, str]:
        """Trades by organization; none in a tenant that is none of the demonstration's."""
        slug = Tenant.objects.filter(pk=current_scope().tenant_id).values_list("slug", flat=True).first()
        company = next((item for item in COMPANIES if item.slug == slug), None)
        if company is None:
            return {}
        rows = list(Organization.objects.filter(deleted_at__isnull=True).order_by("pk").values_list("pk", "slug"))
        told = {branch.slug: branch.trade for branch in company.branches}
        # The first organization of a tenant is made with it, before all branches.
        trades = {key: told.get(name, "") if place else company.trade for place, (key, name) in enumerate(rows)}
        return {key: trade for key, trade in trades.items() if trade}
