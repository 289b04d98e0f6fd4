"""AppConfig of the directory module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class DirectoryConfig(ModuleConfig):
    """Tenants and their trees of organizations."""

    name = "apps.directory"
    label = "directory"
    verbose_name = _("Directory")
    manifest = Manifest(
        id="directory",
        label=_("Directory"),
        description=_("Tenants and their trees of organizations."),
        leaves_out={"events": "nothing happens here but what the images of its rows tell"},
    )

    def ready(self) -> None:
        """Answer for the tree, for the tenant's settings, and for what a demonstration is about."""
        from apps.directory.contracts import Demonstration, TenantBook  # noqa: PLC0415
        from apps.directory.management.trades import DemoTrades  # noqa: PLC0415
        from apps.directory.selectors import StoredTenantBook  # noqa: PLC0415
        from apps.directory.tree import LivingTree  # noqa: PLC0415

        provide(OrganizationTree, LivingTree(), name="directory.tree")
        provide(TenantBook, StoredTenantBook(), name="directory.tenants")
        provide(Demonstration, DemoTrades(), name="directory.demonstration")
