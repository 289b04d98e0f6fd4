"""What roles get from the entities module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.directory.contracts import TenantBook
from apps.entities.models import Record
from apps.entities.selectors.types import living_types
from apps.entities.services.samples import KEY, add_sample_records, add_sample_type
from apps.kernel import clock
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("entities.*",),
    "admin": ("entities.*",),
    "employee": ("entities.definitions.view",),
}


def seed_examples(scope: Scope) -> None:
    """Show a demonstration one type of record of the tenant's own, unless it has some."""
    with scoped_transaction():
        keys, locale = set(living_types().values_list("key", flat=True)), service(TenantBook).profile().locale
        is_furnished = Record.objects.filter(type__key=KEY).exists()
    if not keys:
        add_sample_type(locale)
    if not is_furnished and keys <= {KEY}:
        with using_scope(in_organization(scope, min(scope.organization_ids))):
            add_sample_records(clock.now().date())
