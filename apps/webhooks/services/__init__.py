"""What the module does: webhooks, their secrets and deliveries, and what comes in from outside."""

from apps.webhooks.services.endpoints import (
    IssuedEndpoint,
    create_endpoint,
    delete_endpoint,
    rotate_endpoint_secret,
    update_endpoint,
)
from apps.webhooks.services.processing import reprocess_receipt
from apps.webhooks.services.replay import RangeReplayed, replay_deliveries, replay_delivery, replay_range
from apps.webhooks.services.secrets import IssuedWebhook, rotate_secret
from apps.webhooks.services.testing import open_test, send_test
from apps.webhooks.services.webhooks import (
    activate_webhook,
    create_webhook,
    deactivate_webhook,
    delete_webhook,
    disable_webhook,
    update_webhook,
)

__all__ = [
    "IssuedEndpoint",
    "IssuedWebhook",
    "RangeReplayed",
    "activate_webhook",
    "create_endpoint",
    "create_webhook",
    "deactivate_webhook",
    "delete_endpoint",
    "delete_webhook",
    "disable_webhook",
    "open_test",
    "replay_deliveries",
    "replay_delivery",
    "replay_range",
    "reprocess_receipt",
    "rotate_endpoint_secret",
    "rotate_secret",
    "send_test",
    "update_endpoint",
    "update_webhook",
]
