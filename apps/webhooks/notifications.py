"""What those who look after webhooks are told."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import EMAIL, IN_APP, notification_type

SWITCHED_OFF: Final = notification_type(
    "webhooks.switched_off",
    label=_("A webhook was switched off by itself"),
    title=_("Switched off: {{ name }}"),
    body=_(
        "{% if reason == 'gone' %}Its receiver wants nothing more (410).{% else %}"
        "{{ failures }} requests in a row have failed.{% endif %} "
        "Nothing is sent until somebody switches it on again; what is missed can be sent later."
    ),
    severity="error",
    icon="webhook",
    channels=(IN_APP, EMAIL),
    group_key="{{ webhook_id }}",
).id
