"""Looks after a tenant's mails and notifications: gives up lost mails, and removes what was kept long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from apps.kernel import clock
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule
from apps.kernel.work.schedules import set_schedule
from apps.notifications.models import KEPT, WAITING, Content, Mail, MailStatus, Notification
from apps.notifications.selectors import lost_mails

UPKEEP_WORK: Final = "notifications.mail_upkeep"
EVERY: Final = 3600  # seconds
PATIENCE: Final = timedelta(hours=1)  # before a mail without work counts as lost
BATCH: Final = 500
LOST: Final = "No worker came back from trying to send it"


def schedule_upkeep(tenant_id: UUID) -> None:
    """Have the tenant's mails looked after once an hour; a schedule that is there stays as it is."""
    if not Schedule.objects.filter(kind=UPKEEP_WORK, ref_id=tenant_id).exists():
        set_schedule(UPKEEP_WORK, ref_id=tenant_id, interval_seconds=EVERY)


def look_after_mails(lease: Lease) -> None:
    """Do all that is due, in short transactions. Raises LeaseLost."""
    for step in (give_up_lost_mails, remove_old_content):
        while step() == BATCH:
            lease.check()


def give_up_lost_mails() -> int:
    """Make dead letters of mails whose row of work was parked because its workers kept dying; say how many."""
    with scoped_transaction():
        rows = lost_mails().filter(updated_at__lt=clock.now() - PATIENCE).order_by("pk")
        # Locked first: whoever sends, retries or cancels a mail holds it too, so what was found stays true.
        found = rows.select_for_update(no_key=True, of=("self",), skip_locked=True).values_list("pk", flat=True)
        return _change(list(found[:BATCH]), status=MailStatus.FAILED, last_error=LOST)


def remove_old_content() -> int:
    """Remove subject and text of mails that ended MAIL_KEPT_DAYS ago; recipient, times and outcome stay."""
    limit = clock.now() - timedelta(days=settings.MAIL_KEPT_DAYS)
    with scoped_transaction():
        rows = Mail.objects.filter(KEPT, updated_at__lt=limit).exclude(status__in=WAITING)
        found = rows.order_by("updated_at").select_for_update(no_key=True, of=("self",), skip_locked=True)
        ids = list(found.values_list("pk", flat=True)[:BATCH])
        return _change(ids, content=Content.REMOVED, subject=None, text=None, html=None)


def look_after_notifications(lease: Lease) -> None:
    """Remove what has expired and what is old, in short transactions. Raises LeaseLost."""
    for step in (remove_expired, remove_old):
        while step() == BATCH:
            lease.check()


def remove_expired() -> int:
    """Remove notifications whose time is over; say how many."""
    return _remove(Q(expires_at__lte=clock.now()))


def remove_old() -> int:
    """Remove notifications that happened NOTIFICATIONS_KEPT_DAYS ago, read or not; say how many."""
    return _remove(Q(happened_at__lt=clock.now() - timedelta(days=settings.NOTIFICATIONS_KEPT_DAYS)))


def _remove(condition: Q) -> int:
    with scoped_transaction():
        # Whoever counts one up or acts upon it holds it: that one is left for the next hour.
        rows = Notification.objects.filter(condition).order_by("pk")
        found = rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
        ids = list(found[:BATCH])
        Notification.objects.filter(pk__in=ids).delete()
    return len(ids)


def _change(ids: list[UUID], **changes: object) -> int:
    return Mail.objects.filter(pk__in=ids).update(**changes, updated_at=clock.now()) if ids else 0
