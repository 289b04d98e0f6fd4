"""What roles get by default, and the tidying up of each tenant's events."""

from __future__ import annotations

from collections.abc import Mapping

from apps.events.features import MANAGE_DELIVERIES, VIEW
from apps.events.services.upkeep import schedule_upkeep
from apps.kernel.tenancy.scope import Scope

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("events.*",),
    "admin": (VIEW, MANAGE_DELIVERIES),
}


def seed_defaults(scope: Scope) -> None:
    """Have the tenant's old events removed once an hour, unless somebody has set that already."""
    schedule_upkeep(scope.tenant_id)
