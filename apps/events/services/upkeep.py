"""Removes what happened long ago, once everybody who waited for it has been told."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from apps.kernel import clock
from apps.kernel.eventbus.models import Delivery, DeliveryStatus, OutboxEvent
from apps.kernel.eventbus.places import whole_tenant
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule
from apps.kernel.work.schedules import set_schedule

UPKEEP_WORK: Final = "events.upkeep"
EVERY: Final = 3600  # seconds
BATCH: Final = 1_000
OVER: Final = (DeliveryStatus.DELIVERED, DeliveryStatus.SKIPPED)


def schedule_upkeep(tenant_id: UUID) -> None:
    """Have the tenant's old events removed once an hour; a schedule that is there stays as it is."""
    if not Schedule.objects.filter(kind=UPKEEP_WORK, ref_id=tenant_id).exists():
        set_schedule(UPKEEP_WORK, ref_id=tenant_id, interval_seconds=EVERY)


def remove_old_events(lease: Lease) -> int:
    """Remove all that is old, in short transactions; say how many events it came to. Raises LeaseLost."""
    looked, count = 0, BATCH
    while count == BATCH:
        lease.check()
        count = remove_batch()
        looked += count
    return looked


def remove_batch() -> int:
    """Remove up to BATCH events that are older than AGORA_EVENTS_KEPT_DAYS, with their deliveries; say how many.

    One whose delivery waits, is held, was given up or ended lately stays, with all of its deliveries.
    """
    limit = clock.now() - timedelta(days=settings.AGORA_EVENTS_KEPT_DAYS)
    with whole_tenant():
        needed = Delivery.objects.filter(~Q(status__in=OVER) | Q(ended_at__gte=limit), event_id=OuterRef("pk"))
        old = OutboxEvent.objects.filter(~Exists(needed), created_at__lt=limit, is_pending=False)
        # Whoever has one of them delivered again holds its row, or finds it locked. What was decided before we had
        # the lock is seen by the second look only.
        found = old.order_by("created_at", "pk").select_for_update(of=("self",), skip_locked=True)
        locked = list(found.values_list("pk", flat=True)[:BATCH])
        ids = list(old.filter(pk__in=locked).values_list("pk", flat=True))
        Delivery.objects.filter(event_id__in=ids)._raw_delete(Delivery.objects.db)
        OutboxEvent.objects.filter(pk__in=ids)._raw_delete(OutboxEvent.objects.db)
    return len(locked)
