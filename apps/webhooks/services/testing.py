"""Test events: sent at once, one try, with the answer for whoever asked."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import check_version
from apps.kernel.commands.running import about
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.webhooks.calculations.outcomes import BREAKER, Fate, judge
from apps.webhooks.features import TEST
from apps.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from apps.webhooks.selectors import TEST_EVENT, living_webhooks
from apps.webhooks.services.ledger import body_of
from apps.webhooks.services.requests import Outgoing, Reply, make_request, send
from apps.webhooks.services.sending import conclude, end, locked, log_attempt


@command(
    "webhooks.webhook.test",
    feature=TEST,
    undoable=False,
    undo_reason=gettext_lazy("what was sent cannot be called back."),
)
def open_test(webhook_id: UUID) -> WebhookDelivery:
    """Note a test event that is about to be sent, also through a webhook that is switched off. Raises RowNotFound."""
    webhook = living_webhooks().filter(pk=webhook_id).first()
    if webhook is None:
        raise RowNotFound
    check_version(webhook)
    about(webhook)
    data = {"webhook_id": str(webhook.pk), "tenant_id": str(current_scope().tenant_id), "name": webhook.name}
    delivery = WebhookDelivery(
        webhook_id=webhook.pk,
        organization_id=webhook.organization_id,
        event_id=uuid7(),
        event_type=TEST_EVENT,
        payload=body_of(TEST_EVENT, clock.now(), data),
        status=DeliveryStatus.SENDING,
        attempts=1,
    )
    delivery.save(force_insert=True)
    return delivery


def send_test(webhook_id: UUID) -> WebhookDelivery:
    """Send a test event now and give its delivery, which says what came back.

    It counts neither as success nor as failure of the webhook. No transaction is open while it is on its way.
    Raises RowNotFound, FeatureRequired.
    """
    with reading_paused():
        delivery = open_test(webhook_id)
        with scoped_transaction():
            outgoing = make_request(Webhook.objects.get(pk=webhook_id), delivery, clock.now())
        reply = send(outgoing)
        return _noted(outgoing, reply)


def _noted(outgoing: Outgoing, reply: Reply) -> WebhookDelivery:
    verdict = judge(reply.answered, attempt=1, most=1, now=clock.now(), roll=0)
    with scoped_transaction():
        delivery = locked(outgoing.delivery_id)
        if delivery is None:
            raise RowNotFound
        log_attempt(outgoing, reply)
        if verdict.fate is Fate.UNTRIED:
            end(delivery, DeliveryStatus.FAILED, BREAKER)
        else:
            conclude(delivery, reply.answered, verdict)
        return delivery
