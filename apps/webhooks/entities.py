"""The kinds of record of this module."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.webhooks.models import InboundEndpoint, InboundReceipt, Webhook, WebhookDelivery

entity(Webhook, icon="webhook", search=("name", "url"), url="admin:webhooks_webhook_change", broadcast="staff")
entity(WebhookDelivery, icon="outgoing_mail", url="admin:webhooks_webhookdelivery_change")
entity(InboundEndpoint, icon="input", search=("name",), url="admin:webhooks_inboundendpoint_change", broadcast="staff")
entity(InboundReceipt, icon="move_to_inbox", url="admin:webhooks_inboundreceipt_change", is_sensitive=True)
