"""What may be allowed with dashboards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("dashboards.view", _("See dashboards"))
MANAGE = feature("dashboards.manage", _("Have dashboards of one's own"), implies=("dashboards.view",))
SHARE = feature(
    "dashboards.share", _("Share dashboards, and change shared ones of others"), implies=("dashboards.manage",)
)
ROLE_DEFAULTS = feature(
    "dashboards.role_defaults", _("Choose what roles see on their start page"), implies=("dashboards.share",)
)
