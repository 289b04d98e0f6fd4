"""What the customers module tells people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import IN_APP, notification_type

REMINDER: Final = notification_type(
    "customers.reminder",
    label=_("An interaction begins soon"),
    title="{{ title }}",
    body="{{ begins }}{% if place %} · {{ place }}{% endif %}",
    severity="warning",
    icon="alarm",
    channels=(IN_APP,),
    expires_after=48,
).id
