"""What roles get by default, and the tidying up of each tenant's ledgers."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.tenancy.scope import Scope
from apps.webhooks.services.upkeep import schedule_upkeep

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("webhooks.*",),
    "admin": ("webhooks.*",),
    "employee": ("webhooks.view",),
}

# What an organization sent and took in goes with it: it does not keep the organization from being deleted.
organization_equipment = ("webhooks.webhook", "webhooks.delivery", "webhooks.endpoint", "webhooks.receipt")


def seed_defaults(scope: Scope) -> None:
    """Have the tenant's ledgers looked after once an hour, unless somebody has set that already."""
    schedule_upkeep(scope.tenant_id)
