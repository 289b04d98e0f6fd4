"""One try of one delivery: take it, commit, send, note what became of it and when it goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.commands.hosting import hosting_commands
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue
from apps.webhooks.calculations.outcomes import Answered, Fate, Verdict, judge
from apps.webhooks.calculations.pacing import Pace, take_turn
from apps.webhooks.models import (
    ENDED,
    DeliveryStatus,
    DisabledReason,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookHealth,
)
from apps.webhooks.selectors import SEND_WORK
from apps.webhooks.services.ledger import DELETED, INACTIVE
from apps.webhooks.services.requests import Outgoing, Reply, make_request, send
from apps.webhooks.services.webhooks import disable_webhook

LOST: Final = "lost"
ENDINGS: Final = {
    Fate.DELIVERED: DeliveryStatus.DELIVERED,
    Fate.FINAL: DeliveryStatus.FAILED,
    Fate.EXHAUSTED: DeliveryStatus.EXHAUSTED,
}


@contextmanager
def whole_tenant(reason: str) -> Iterator[Scope]:
    """The open tenant with all its organizations, deleted ones too: what happened in them is sent as well."""
    tenant_id = current_scope().tenant_id
    with scoped_transaction():
        organizations = service(OrganizationTree).all_ever()
    with system_scope(tenant_id, reason, organization_ids=organizations) as scope:
        yield scope


def deliver(delivery_id: UUID, lease: Lease) -> None:
    """Try a delivery. At least once: a crash after the request sends it again, under the same `webhook-id`.

    Raises LeaseLost. No transaction is open while the request is on its way.
    """
    outgoing = _take(delivery_id, lease)
    if outgoing is None:
        return
    lease.check()
    reply = send(outgoing)
    verdict = judge(
        reply.answered,
        attempt=outgoing.number,
        most=outgoing.most,
        now=clock.now(),
        roll=random.random(),  # noqa: S311 - jitter, not a secret
    )
    _note(outgoing, reply, verdict, lease)


def _take(delivery_id: UUID, lease: Lease) -> Outgoing | None:
    """Mark the delivery as being sent and count the try; None where there is nothing to send, or not now.

    Locks: the delivery, the row of work, the webhook's health, the webhook; whatever locks several of them does so in
    that order.
    """
    with scoped_transaction():
        delivery = locked(delivery_id)
        lease.guard()
        if delivery is None or delivery.status in ENDED:
            lease.complete()
            return None
        if delivery.status == DeliveryStatus.SENDING:
            _log_lost(delivery)
        webhook = Webhook.objects.get(pk=delivery.webhook_id)
        now = clock.now()
        if not _may_go(delivery, webhook, now):
            if delivery.next_attempt_at is not None:
                enqueue(SEND_WORK, delivery.pk, delivery.next_attempt_at)
            lease.complete()
            return None
        delivery.status, delivery.attempts = DeliveryStatus.SENDING, delivery.attempts + 1
        delivery.next_attempt_at = delivery.promised_at = None
        delivery.save(update_fields=["status", "attempts", "next_attempt_at", "promised_at"])
        return make_request(webhook, delivery, now)


def _log_lost(delivery: WebhookDelivery) -> None:
    """Keep that a worker began a try and did not come back; nobody knows whether the receiver got it."""
    WebhookAttempt(delivery_id=delivery.pk, number=delivery.attempts, started_at=delivery.updated_at, error=LOST).save(
        force_insert=True
    )


def locked(delivery_id: UUID) -> WebhookDelivery | None:
    """The delivery, held against other changes; None for one that the scope does not see."""
    rows = WebhookDelivery.objects.select_for_update(no_key=True, of=("self",))
    found: WebhookDelivery | None = rows.filter(pk=delivery_id).first()
    return found


def _may_go(delivery: WebhookDelivery, webhook: Webhook, now: datetime) -> bool:
    """Say whether it is sent now; if not, it has ended or got another time."""
    if webhook.deleted_at is not None or not webhook.is_active:
        end(delivery, DeliveryStatus.SKIPPED, DELETED if webhook.deleted_at else INACTIVE)
        return False
    if delivery.attempts >= delivery.most_attempts:  # its workers died with it, each time
        end(delivery, DeliveryStatus.EXHAUSTED, LOST)
        return False
    turn = _turn(delivery, webhook, now)
    if turn is None:
        return True
    delivery.status, delivery.promised_at, delivery.next_attempt_at = DeliveryStatus.PENDING, turn, turn
    delivery.save(update_fields=["status", "promised_at", "next_attempt_at"])
    return False


def _turn(delivery: WebhookDelivery, webhook: Webhook, now: datetime) -> datetime | None:
    if not webhook.rate_limit_per_minute:
        return None
    health = _health(webhook.pk)
    turn = take_turn(
        Pace(health.free_at, health.queue_at),
        promised=delivery.promised_at,
        per_minute=webhook.rate_limit_per_minute,
        now=now,
    )
    health.free_at, health.queue_at = turn.pace.free_at, turn.pace.queue_at
    health.save(update_fields=["free_at", "queue_at"])
    return turn.at


def _health(webhook_id: UUID) -> WebhookHealth:
    """How the webhook fares, held against other changes; made with its first request."""
    rows = WebhookHealth.objects.select_for_update(no_key=True, of=("self",)).filter(webhook_id=webhook_id)
    found: WebhookHealth | None = rows.first()
    if found is None:
        WebhookHealth.objects.bulk_create([WebhookHealth(webhook_id=webhook_id)], ignore_conflicts=True)
        found = rows.get()
    return found


def end(delivery: WebhookDelivery, status: DeliveryStatus, reason: str, **more: Any) -> None:
    """End a delivery that is held."""
    now = clock.now()
    changes = {
        "status": status,
        "reason": reason,
        "next_attempt_at": None,
        "promised_at": None,
        "ended_at": now,
        **more,
    }
    for name, value in changes.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=list(changes))


def _note(outgoing: Outgoing, reply: Reply, verdict: Verdict, lease: Lease) -> None:
    """Note the try, how the webhook fares, and either the end or the next try; all of it, or nothing."""
    with scoped_transaction(), hosting_commands():
        delivery = locked(outgoing.delivery_id)
        lease.guard()
        if delivery is None or delivery.status != DeliveryStatus.SENDING:
            lease.complete()  # somebody has decided about it meanwhile
            return
        if verdict.fate is not Fate.UNTRIED:
            log_attempt(outgoing, reply)
        conclude(delivery, reply.answered, verdict)
        if delivery.next_attempt_at is not None:
            enqueue(SEND_WORK, delivery.pk, delivery.next_attempt_at)
        _fare(outgoing.webhook_id, verdict)
        lease.complete()


def log_attempt(outgoing: Outgoing, reply: Reply) -> None:
    """Keep what was sent when, and what came back."""
    WebhookAttempt(
        delivery_id=outgoing.delivery_id,
        number=outgoing.number,
        started_at=outgoing.started_at,
        duration_ms=reply.duration_ms,
        status_code=reply.answered.status,
        error=reply.answered.error,
        response_headers=dict(reply.headers),
        response_body=reply.body,
    ).save(force_insert=True)


def conclude(delivery: WebhookDelivery, answered: Answered, verdict: Verdict) -> None:
    """Give the delivery its end or its next try."""
    reason = "" if verdict.fate is Fate.DELIVERED else answered.error or str(answered.status)
    if verdict.fate in ENDINGS:
        end(delivery, ENDINGS[verdict.fate], reason, response_status=answered.status)
        return
    delivery.status, delivery.reason = DeliveryStatus.PENDING, reason
    delivery.next_attempt_at = clock.now() + verdict.delay
    delivery.response_status = answered.status
    if verdict.fate is Fate.UNTRIED:
        delivery.attempts -= 1
    delivery.save(update_fields=["status", "reason", "next_attempt_at", "response_status", "attempts"])


def _fare(webhook_id: UUID, verdict: Verdict) -> None:
    """Count successes and failures, and switch the webhook off where it is time for that."""
    if verdict.fate is Fate.UNTRIED:
        return
    health, now = _health(webhook_id), clock.now()
    if verdict.fate is Fate.DELIVERED:
        health.consecutive_failures, health.last_success_at = 0, now
        health.save(update_fields=["consecutive_failures", "last_success_at"])
        return
    health.consecutive_failures, health.last_failure_at = health.consecutive_failures + 1, now
    health.save(update_fields=["consecutive_failures", "last_failure_at"])
    most = Webhook.objects.values_list("auto_disable_threshold", flat=True).get(pk=webhook_id)
    reason = DisabledReason.GONE if verdict.is_gone else DisabledReason.FAILURES
    if verdict.is_gone or 0 < most <= health.consecutive_failures:
        with suppress(RowNotFound):  # deleted meanwhile
            disable_webhook(webhook_id, reason=reason, failures=health.consecutive_failures)
