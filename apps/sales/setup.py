"""What roles and organizations get from the sales module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import in_each_organization, scoped_transaction
from apps.sales.models import TaxClass
from apps.sales.selectors import living_channels
from apps.sales.services.first_channel import add_first_channel
from apps.sales.services.samples import add_tax_classes

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("sales.*",),
    "admin": ("sales.*",),
    "employee": ("sales.channels.view", "sales.settings.view"),
}

# They go and come back with their organization.
organization_equipment = ("sales.channel", "sales.tax_class")


def on_organization_created(scope: Scope) -> None:
    """Give the organization that the scope writes to a channel that orders may be taken in, unless it has one."""
    if not living_channels(scope.writing_organization()).exists():
        add_first_channel()


def seed_defaults(scope: Scope) -> None:
    """Do the same for organizations that were there before."""
    in_each_organization(scope, on_organization_created)


def seed_examples(scope: Scope) -> None:
    """Give every organization of a demonstration the tax classes of its country, unless it has some."""
    for organization_id in sorted(scope.organization_ids):
        with using_scope(in_organization(scope, organization_id)):
            with scoped_transaction():
                language = service(TenantBook).profile().locale.partition("-")[0]
                is_furnished = TaxClass.objects.filter(organization_id=organization_id).exists()
            if not is_furnished:
                add_tax_classes(language)
