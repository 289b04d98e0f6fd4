"""Tables of the webhooks module."""

from apps.webhooks.models.incoming import InboundEndpoint, InboundReceipt, ReceiptStatus
from apps.webhooks.models.outgoing import (
    ENDED,
    REPEATABLE,
    DeliveryStatus,
    DisabledReason,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookHealth,
    WebhookSecret,
)

__all__ = [
    "ENDED",
    "REPEATABLE",
    "DeliveryStatus",
    "DisabledReason",
    "InboundEndpoint",
    "InboundReceipt",
    "ReceiptStatus",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookHealth",
    "WebhookSecret",
]
