"""AppConfig of the dashboards module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class DashboardsConfig(ModuleConfig):
    """What is to be seen at a glance, arranged by whoever looks."""

    name = "apps.dashboards"
    label = "dashboards"
    verbose_name = _("Dashboards")
    manifest = Manifest(
        id="dashboards",
        label=_("Dashboards"),
        requires=("auth", "directory"),
        description=_("Numbers, charts and lists at a glance, arranged by whoever looks."),
        leaves_out={
            "search": "a dashboard is somebody's own view of records, and not what is looked for",
            "custom_fields": "a dashboard shows what other records hold, and holds nothing itself",
        },
        daily=True,
    )
