"""What roles and tenants get from the dictionaries module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.dictionaries.contracts import SYSTEM_DICTIONARIES
from apps.dictionaries.services import seed_system_dictionaries
from apps.kernel.tenancy.scope import Scope

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("dictionaries.*",),
    "admin": ("dictionaries.*",),
    "employee": ("dictionaries.view",),
}


def seed_defaults(scope: Scope) -> None:
    """Give the tenant the dictionaries that modules declare."""
    if len(SYSTEM_DICTIONARIES):
        seed_system_dictionaries()
