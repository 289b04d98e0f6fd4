"""What roles and tenants get from the dictionaries module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.dictionaries.contracts import SYSTEM_DICTIONARIES
from apps.dictionaries.selectors import visible_dictionaries
from apps.dictionaries.services import seed_system_dictionaries
from apps.dictionaries.services.samples import add_sample
from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope
from apps.kernel.tenancy.transactions import scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("dictionaries.*",),
    "admin": ("dictionaries.*",),
    "employee": ("dictionaries.view",),
}


def seed_defaults(scope: Scope) -> None:
    """Give the tenant the dictionaries that modules declare."""
    if len(SYSTEM_DICTIONARIES):
        seed_system_dictionaries()


def seed_examples(scope: Scope) -> None:
    """Show a demonstration one dictionary of the tenant's, unless it has some."""
    with scoped_transaction():
        is_furnished, locale = (
            visible_dictionaries().filter(is_system=False).exists(),
            service(TenantBook).profile().locale,
        )
    if not is_furnished:
        add_sample(locale)
