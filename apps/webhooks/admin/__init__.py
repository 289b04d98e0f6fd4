"""Back office pages of webhooks, outgoing and incoming."""

from apps.webhooks.admin.deliveries import DeliveryPage
from apps.webhooks.admin.incoming import EndpointPage, ReceiptPage
from apps.webhooks.admin.webhooks import WebhookPage

__all__ = ["DeliveryPage", "EndpointPage", "ReceiptPage", "WebhookPage"]
