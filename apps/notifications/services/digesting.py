"""One mail about everything that somebody wanted to read together."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.ports import Mailer
from apps.kernel.registry.notices import Recipient
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.notifications.models import Notification, Status
from apps.notifications.notifications import DIGEST_MAIL
from apps.notifications.selectors import is_live, peace_of, settings_of
from apps.notifications.services.carrying import list_address, reader_of

MOST_SHOWN: Final = 50


def send_digest(reader_id: UUID, lease: Lease) -> None:
    """Queue the mail with what waits for it and is unread still, together with the end of the work.

    Whoever has muted everything meanwhile gets none, and neither later: what waits is forgotten.
    """
    with scoped_transaction():
        waiting = Notification.objects.filter(recipient_id=reader_id, in_digest=True)
        ids = list(waiting.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
        lease.guard()
        rows = Notification.objects.filter(is_live(), pk__in=ids, status=Status.UNREAD)
        first = rows.order_by("-happened_at", "-pk").first()
        reader = reader_of(first.recipient_kind, reader_id) if first is not None else None
        if first is not None and reader is not None and reader.email and not _is_muted(first, reader):
            _queue(reader, list(rows.order_by("-happened_at", "-pk").only("title", "body", "count")))
        Notification.objects.filter(pk__in=ids).update(in_digest=False, updated_at=clock.now())
        lease.complete()


def _is_muted(row: Notification, reader: Recipient) -> bool:
    stored = settings_of(row.recipient_kind, [reader.id]).get(reader.id)
    return peace_of(stored, reader.time_zone).muted(clock.now())


def _queue(reader: Recipient, rows: list[Notification]) -> None:
    context = {
        "name": reader.name,
        "count": len(rows),
        "items": [_line(row) for row in rows[:MOST_SHOWN]],
        "more": max(0, len(rows) - MOST_SHOWN),
        "address": list_address(),
    }
    service(Mailer).queue(DIGEST_MAIL, reader.email, context, locale=reader.locale)


def _line(row: Notification) -> str:
    title = f"{row.title} (×{row.count})" if row.count > 1 else row.title
    return f"{title}\n{row.body}" if row.body else title
