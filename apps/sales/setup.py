"""What roles and organizations get from the sales module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.tenancy.scope import Scope
from apps.kernel.tenancy.transactions import in_each_organization
from apps.sales.selectors import living_channels
from apps.sales.services.first_channel import add_first_channel

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
