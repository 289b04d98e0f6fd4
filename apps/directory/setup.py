"""What a new tenant gets from the directory: grants of the system roles, and its first organization."""

from __future__ import annotations

from collections.abc import Mapping

from apps.directory.models import Organization
from apps.directory.selectors import service_profile
from apps.directory.services import create_organization
from apps.kernel.tenancy.scope import Scope

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("directory.*",),
    "admin": ("directory.organizations.*",),
}


def on_tenant_created(scope: Scope) -> None:
    """Make the root organization, named like the tenant, unless the tenant has an organization."""
    if not Organization.objects.filter(deleted_at__isnull=True).exists():
        profile = service_profile()
        create_organization(name=profile.name)
