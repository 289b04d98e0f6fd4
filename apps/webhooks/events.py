"""Events of webhooks; those of their records come from their images. None of them is ever sent by a webhook."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.eventbus.declarations import event
from apps.webhooks.contracts import InboundReceived, SecretRotated, WebhookDisabled

WEBHOOK = "webhooks.webhook"
RECEIPT = "webhooks.receipt"

WEBHOOK_DISABLED = event(
    "webhooks.webhook.disabled",
    payload=WebhookDisabled,
    label=_("A webhook was switched off by itself"),
    broadcast="staff",
)
SECRET_ROTATED = event(
    "webhooks.secret.rotated",
    payload=SecretRotated,
    label=_("A webhook got a new secret"),
    entity=WEBHOOK,
)
INBOUND_RECEIVED = event(
    "webhooks.inbound.received",
    payload=InboundReceived,
    label=_("A message came in"),
    entity=RECEIPT,
)
