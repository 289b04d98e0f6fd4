"""What may be allowed with reminders and stances."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_REMINDERS = feature("example.reminders.view", _("See reminders"))
MANAGE_REMINDERS = feature(
    "example.reminders.manage", _("Add, change and delete reminders"), implies=("example.reminders.view",)
)
VIEW_STANCES = feature("example.stances.view", _("See what the desk thinks of currencies"))
MANAGE_STANCES = feature(
    "example.stances.manage", _("Say what the desk thinks of currencies"), implies=("example.stances.view",)
)
