"""What roles, new organizations and existing ones get from the currencies module."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from apps.currencies.selectors import active_codes, fetch_configs, living_currencies
from apps.currencies.services import add_from_master, create_fetch_config, record_rates
from apps.currencies.services.samples import SAMPLE, sample_quotes
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import in_each_organization, scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("currencies.*",),
    "admin": ("currencies.*",),
    "employee": ("currencies.view", "currencies.rates.view"),
}

# Currencies, their rates and what fetches them go with their organization: they do not keep it from being deleted.
organization_equipment = (
    "currencies.currency",
    "currencies.exchange_rate",
    "currencies.rate_fetch_config",
    "currencies.fetch_run",
    "currencies.missing_rate",
)

COMMON = ("EUR", "USD", "GBP", "PLN", "CHF")


def on_organization_created(scope: Scope) -> None:
    """Give the organization that the scope writes to the tenant's base currency and the common ones."""
    if not living_currencies(scope.writing_organization()).exists():
        add_from_master([service(TenantBook).profile().base_currency, *COMMON])


def seed_defaults(scope: Scope) -> None:
    """Do the same for organizations that were there before the module."""
    in_each_organization(scope, on_organization_created)


def seed_examples(scope: Scope) -> None:
    """Give every organization two years of sample rates (source `sample`), and fetching that can be switched on."""
    for organization_id in sorted(scope.organization_ids):
        with using_scope(in_organization(scope, organization_id)):
            _furnish(organization_id)


def _furnish(organization_id: UUID) -> None:
    with scoped_transaction():
        base = living_currencies(organization_id).filter(is_base=True).values_list("code", flat=True).first()
        codes = active_codes(organization_id)
        present = set(fetch_configs(organization_id).values_list("source", flat=True))
    if quotes := sample_quotes(base or "", codes, clock.now().date()):
        record_rates(quotes, source=SAMPLE)
    for provider in sorted({"ecb", "nbp"} - present):
        create_fetch_config(provider=provider, is_enabled=False)
