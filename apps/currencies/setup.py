"""What roles, new organizations and existing ones get from the currencies module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.currencies.selectors import living_currencies
from apps.currencies.services import add_from_master
from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("currencies.*",),
    "admin": ("currencies.*",),
    "employee": ("currencies.view", "currencies.rates.view"),
}

# Currencies and their rates go with their organization: they do not keep it from being deleted.
organization_equipment = ("currencies.currency", "currencies.exchange_rate", "currencies.rate_fetch_config")

COMMON = ("EUR", "USD", "GBP", "PLN", "CHF")


def on_organization_created(scope: Scope) -> None:
    """Give the organization that the scope writes to the tenant's base currency and the common ones."""
    if not living_currencies(scope.writing_organization()).exists():
        add_from_master([service(TenantBook).profile().base_currency, *COMMON])


def seed_defaults(scope: Scope) -> None:
    """Do the same for organizations that were there before the module."""
    for organization_id in sorted(scope.organization_ids):
        inner = in_organization(scope, organization_id)
        with using_scope(inner), scoped_transaction():
            on_organization_created(inner)
