"""What roles get by default, and the tidying up of each tenant's mails."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.tenancy.scope import Scope
from apps.notifications.services.upkeep import schedule_upkeep

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("notifications.*",),
    "admin": ("notifications.*",),
}


def seed_defaults(scope: Scope) -> None:
    """Have the tenant's mails looked after once an hour, unless somebody has set that already."""
    schedule_upkeep(scope.tenant_id)
