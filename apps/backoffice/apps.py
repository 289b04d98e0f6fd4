"""AppConfig of the back office: opens the pages that the modules declare."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig, declared_file, modules
from apps.kernel.services import provide


class BackOfficeConfig(ModuleConfig):
    """The frame of the back office, and the saved views of its lists."""

    name = "apps.backoffice"
    label = "backoffice"
    manifest = Manifest(
        id="backoffice",
        label=_("Back office"),
        leaves_out={
            "events": "nothing happens here but what the images of its rows tell",
            "search": "a view is found above its list",
            "custom_fields": "a view has what lists can read, and no more",
        },
    )

    def ready(self) -> None:
        """Read every module's `admin.py` and give its pages to the site; keep the views of their lists."""
        from apps.backoffice.navigation import page_item  # noqa: PLC0415
        from apps.backoffice.palette_commands import page_commands  # noqa: PLC0415
        from apps.backoffice.selectors import StoredListViews  # noqa: PLC0415
        from apps.backoffice.site import site  # noqa: PLC0415 - needs the models of all apps
        from apps.kernel.admin.heads import keep_heads  # noqa: PLC0415
        from apps.kernel.admin.registration import open_pages  # noqa: PLC0415
        from apps.kernel.admin.viewing import ListViews  # noqa: PLC0415
        from apps.kernel.extensions.menu import MENU  # noqa: PLC0415
        from apps.kernel.extensions.palette import PALETTE  # noqa: PLC0415

        for config in modules():
            config.verbose_name = cast("Any", config.manifest.label)
            declared_file(config, "admin")
        open_pages(site)
        keep_heads()
        provide(ListViews, StoredListViews())
        MENU.made.append(lambda: map(page_item, site._registry.values()))
        PALETTE.made.append(lambda: page_commands(site))
