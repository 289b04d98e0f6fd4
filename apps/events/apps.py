"""AppConfig of the events module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class EventsConfig(ModuleConfig):
    """What happened, who was told, and what to do when that failed. The events themselves are the kernel's."""

    name = "apps.events"
    label = "events"
    manifest = Manifest(
        id="events",
        label=_("Events"),
        description=_("What happened, which parts of the house were told of it, and what failed on the way."),
    )
