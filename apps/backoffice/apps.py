"""AppConfig of the back office: opens the pages that the modules declare."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig, declared_file, modules


class BackOfficeConfig(ModuleConfig):
    """The frame of the back office; it has no records of its own."""

    name = "apps.backoffice"
    label = "backoffice"
    manifest = Manifest(id="backoffice", label=_("Back office"))

    def ready(self) -> None:
        """Read every module's `admin.py` and give its pages to the site."""
        from apps.backoffice.navigation import page_item  # noqa: PLC0415
        from apps.backoffice.site import site  # noqa: PLC0415 - needs the models of all apps
        from apps.kernel.admin.registration import open_pages  # noqa: PLC0415
        from apps.kernel.extensions.menu import MENU  # noqa: PLC0415

        for config in modules():
            config.verbose_name = cast("Any", config.manifest.label)
            declared_file(config, "admin")
        open_pages(site)
        MENU.made.append(lambda: map(page_item, site._registry.values()))
