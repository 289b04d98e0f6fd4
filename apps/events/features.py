"""What staff may be allowed to see and do about events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("events.view", _("See what happened"))
VIEW_DELIVERIES = feature("events.deliveries.view", _("See deliveries of events, and those that were given up"))
MANAGE_DELIVERIES = feature(
    "events.deliveries.manage", _("Have events delivered again, or skip them"), implies=(VIEW_DELIVERIES,)
)
