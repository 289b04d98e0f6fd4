"""What operators of the tenant are told about events."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import IN_APP, notification_type

GIVEN_UP: Final = notification_type(
    "events.delivery_given_up",
    label=_("Deliveries were given up"),
    title=_("Given up: {{ number }} × {{ subscriber }}"),
    body=_(
        "What should have followed from these events has not happened. "
        "Mend the cause and deliver them again, or skip them."
    ),
    severity="error",
    icon="outbox",
    channels=(IN_APP,),
    group_key="{{ subscriber }}",
).id
