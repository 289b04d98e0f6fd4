"""What may be allowed with channels and tax classes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_CHANNELS = feature("sales.channels.view", _("See channels"))
MANAGE_CHANNELS = feature(
    "sales.channels.manage", _("Add, change and delete channels"), implies=("sales.channels.view",)
)
VIEW_SETTINGS = feature("sales.settings.view", _("See how sales are set up, such as tax classes"))
MANAGE_SETTINGS = feature(
    "sales.settings.manage", _("Set up sales, such as tax classes"), implies=("sales.settings.view",)
)
