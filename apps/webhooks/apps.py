"""AppConfig of the webhooks module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class WebhooksConfig(ModuleConfig):
    """What happens here is told to other systems, and what happens there is taken in."""

    name = "apps.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    manifest = Manifest(
        id="webhooks",
        label=_("Webhooks"),
        requires=("directory",),
        description=_("Events told to other systems, signed and tried again, and messages taken in from them."),
    )
