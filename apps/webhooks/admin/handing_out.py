"""The test event as a button: what came of it is handed to the page that asked."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.admin.handing_out import left
from apps.kernel.commands.declarations import Command
from apps.webhooks.models import WebhookDelivery
from apps.webhooks.services import open_test, send_test


class Testing(Command[[UUID], WebhookDelivery]):
    """The test event with its sending, which is no part of the command: no request leaves inside a transaction."""

    def __call__(self, webhook_id: UUID) -> WebhookDelivery:
        """Send, and leave the answer to the page."""
        return left(send_test(webhook_id))


TEST_NOW = Testing(open_test.spec, open_test.spec.function)
