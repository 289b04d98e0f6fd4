"""What roles get by default, and the tidying up of each tenant's files."""

from __future__ import annotations

from collections.abc import Mapping

from apps.attachments.services.sweeping import schedule_upkeep
from apps.kernel.tenancy.scope import Scope

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("attachments.*",),
    "admin": ("attachments.*",),
}


def seed_defaults(scope: Scope) -> None:
    """Have the tenant's files looked after once an hour, unless somebody has set that already."""
    schedule_upkeep(scope.tenant_id)
