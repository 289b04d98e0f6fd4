"""What may be allowed in the directory."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

TENANTS_VIEW = feature("directory.tenants.view", _("See the tenant"))
TENANTS_MANAGE = feature("directory.tenants.manage", _("Change the tenant"), implies=("directory.tenants.view",))
ORGANIZATIONS_VIEW = feature("directory.organizations.view", _("See the organizations"))
ORGANIZATIONS_MANAGE = feature(
    "directory.organizations.manage",
    _("Create, change, move and delete organizations"),
    implies=("directory.organizations.view",),
)
