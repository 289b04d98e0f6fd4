"""The kinds of record of this module."""

from __future__ import annotations

from apps.kernel.registry.entities import Image, entity
from apps.kernel.tenancy.scope import Actor
from apps.webhooks.errors import TenantWebhookKept
from apps.webhooks.models import InboundEndpoint, InboundReceipt, Webhook, WebhookDelivery


def validate_webhook_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Keep to the rule of the commands: what sends everybody's events is for those who see everybody's."""
    known = after or before
    if known is not None and known["organization_id"] is None and actor.access.organization_ids is not None:
        raise TenantWebhookKept


entity(
    Webhook,
    icon="webhook",
    search=("name", "url"),
    url="admin:webhooks_webhook_change",
    validate_restore=validate_webhook_restore,
    broadcast="staff",
)
entity(WebhookDelivery, icon="outgoing_mail", url="admin:webhooks_webhookdelivery_change")
entity(InboundEndpoint, icon="input", search=("name",), url="admin:webhooks_inboundendpoint_change", broadcast="staff")
entity(InboundReceipt, icon="move_to_inbox", url="admin:webhooks_inboundreceipt_change", is_sensitive=True)
