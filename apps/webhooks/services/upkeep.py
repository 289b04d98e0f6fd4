"""Looks after the ledgers of a tenant: brings lost deliveries back, and removes what ended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.kernel import clock
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule
from apps.kernel.work.queueing import enqueue_many, withdraw
from apps.kernel.work.schedules import set_schedule
from apps.webhooks.models import (
    ENDED,
    DeliveryStatus,
    InboundReceipt,
    ReceiptStatus,
    WebhookAttempt,
    WebhookDelivery,
)
from apps.webhooks.selectors import SEND_WORK, TEST_EVENT, lost_deliveries
from apps.webhooks.services.sending import LOST

UPKEEP_WORK: Final = "webhooks.upkeep"
EVERY: Final = 3600  # seconds
PATIENCE: Final = timedelta(hours=1)  # before a delivery without work counts as lost
BATCH: Final = 500


def schedule_upkeep(tenant_id: UUID) -> None:
    """Have the tenant's ledgers looked after once an hour; a schedule that is there stays as it is."""
    if not Schedule.objects.filter(kind=UPKEEP_WORK, ref_id=tenant_id).exists():
        set_schedule(UPKEEP_WORK, ref_id=tenant_id, interval_seconds=EVERY)


def look_after_ledgers(lease: Lease) -> None:
    """Do all that is due, in short transactions. Raises LeaseLost."""
    for step in (give_up_tests, bring_back_lost, remove_old_deliveries, remove_old_receipts):
        while step() == BATCH:
            lease.check()


def give_up_tests() -> int:
    """End test events whose process died while they were on their way; nobody waits for them. Say how many."""
    with scoped_transaction():
        rows = lost_deliveries().filter(event_type=TEST_EVENT, updated_at__lt=clock.now() - PATIENCE).order_by("pk")
        ids = list(
            rows.select_for_update(no_key=True, of=("self",), skip_locked=True)[:BATCH].values_list("pk", flat=True)
        )
        changes = {"status": DeliveryStatus.EXHAUSTED, "reason": LOST, "ended_at": clock.now()}
        return WebhookDelivery.objects.filter(pk__in=ids).update(**changes, updated_at=clock.now()) if ids else 0


def bring_back_lost() -> int:
    """Queue deliveries again that wait while no row of work does, or a parked one; say how many."""
    with scoped_transaction():
        rows = lost_deliveries().filter(updated_at__lt=clock.now() - PATIENCE).exclude(event_type=TEST_EVENT)
        found = rows.order_by("pk").select_for_update(no_key=True, of=("self",), skip_locked=True)
        ids = list(found[:BATCH].values_list("pk", flat=True))
        withdraw(SEND_WORK, ids)
        enqueue_many(SEND_WORK, ids)
        return len(ids)


def remove_old_deliveries() -> int:
    """Remove deliveries that ended WEBHOOKS_KEPT_DAYS ago, with the log of their tries; say how many."""
    limit = _limit()
    with scoped_transaction():
        rows = WebhookDelivery.objects.filter(status__in=ENDED, created_at__lt=limit, ended_at__lt=limit)
        found = rows.order_by("created_at", "pk").select_for_update(of=("self",), skip_locked=True)
        ids = list(found[:BATCH].values_list("pk", flat=True))
        WebhookAttempt.objects.filter(delivery_id__in=ids)._raw_delete(WebhookAttempt.objects.db)
        WebhookDelivery.objects.filter(pk__in=ids)._raw_delete(WebhookDelivery.objects.db)
        return len(ids)


def remove_old_receipts() -> int:
    """Remove messages that were processed or given up WEBHOOKS_KEPT_DAYS ago; say how many."""
    limit = _limit()
    ended = (ReceiptStatus.PROCESSED, ReceiptStatus.DEAD)
    with scoped_transaction():
        rows = InboundReceipt.objects.filter(status__in=ended, created_at__lt=limit, ended_at__lt=limit)
        found = rows.order_by("created_at", "pk").select_for_update(of=("self",), skip_locked=True)
        ids = list(found[:BATCH].values_list("pk", flat=True))
        InboundReceipt.objects.filter(pk__in=ids)._raw_delete(InboundReceipt.objects.db)
        return len(ids)


def _limit() -> datetime:
    return clock.now() - timedelta(days=settings.WEBHOOKS_KEPT_DAYS)
