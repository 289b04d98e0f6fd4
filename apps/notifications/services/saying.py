"""Says what waits to be said: a thousand people at a time, each in their language and as they want it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.notices import NOTIFICATION_TYPES, RECIPIENTS, Audience, NotificationType, People
from apps.kernel.tenancy.scope import ActorKind, current_scope
from apps.kernel.work.queueing import enqueue_many
from apps.notifications.events import NOTIFICATION_CREATED
from apps.notifications.models import Notice
from apps.notifications.services.deciding import Decision, decisions
from apps.notifications.services.storing import Facts, Stored, store
from apps.notifications.services.wording import group_of, orders_of, worded

MOST: Final = 1000
DIGEST_WORK: Final = "notifications.digest"
NOBODY = People((), None)


def work_kind_of(channel: str) -> str:
    """The kind of work that sends notifications by a channel."""
    return f"notifications.by_{channel}"


@command(
    "notifications.notice.say",
    open_reason="a worker says what a command has left to be said",
    resource="notifications.notice",
    undoable=False,
    undo_reason=gettext_lazy("what has been said cannot be taken back."),
)
def say_next(notice_id: UUID) -> bool:
    """Tell the next part of an audience, all in one transaction; whether there is another part.

    A second call for the same part finds that the audience has been gone through so far. Raises RowNotFound for
    anybody but the system.
    """
    if current_scope().actor.kind is not ActorKind.SYSTEM:
        raise RowNotFound
    notice: Notice | None = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    if notice is None:
        return False
    people = _people(notice)
    declared = NOTIFICATION_TYPES.get(notice.type)
    if declared is not None and people.found:
        _say(notice, declared, people)
    if people.reached is None or declared is None:
        notice.delete()
        return False
    notice.after = people.reached
    notice.save(update_fields=["after"])
    return True


def _people(notice: Notice) -> People:
    book = RECIPIENTS.get(notice.recipient_kind)
    if book is None:  # the module that knows these people is not installed
        return NOBODY
    audience = Audience(notice.recipient_kind, tuple(notice.recipient_ids), notice.role, notice.feature)
    organization_id = notice.source_organization_id
    return book.people(audience, after=notice.after, most=MOST, organization_id=organization_id)


def _say(notice: Notice, declared: NotificationType, people: People) -> None:
    now = clock.now()
    decided = decisions(declared, people.found, kind=notice.recipient_kind, now=now)
    words = [worded(declared, notice.variables, locale) for locale in sorted({item.locale for item in decided})]
    facts = Facts(
        severity=str(declared.severity),
        icon=declared.icon,
        orders=orders_of(declared, notice.variables),
        group_key=group_of(declared, notice.variables),
        now=now,
        expires_at=now + timedelta(hours=declared.expires_after) if declared.expires_after is not None else None,
    )
    stored = store(notice, facts, decided, words)
    _send_on(decided, stored)
    _announce(declared, decided, stored)


def _send_on(decided: Sequence[Decision], stored: Sequence[Stored]) -> None:
    """Queue what leaves the house; of a group only its first one does."""
    new = {item.reader_id: item.id for item in stored if item.is_new}
    leaving: dict[tuple[str, datetime], list[UUID]] = defaultdict(list)
    for item in decided:
        for channel, due in item.leaves.items():
            if item.reader.id in new:
                leaving[work_kind_of(channel), due].append(new[item.reader.id])
        if item.digest_at is not None:
            leaving[DIGEST_WORK, item.digest_at].append(item.reader.id)
    for (kind, due), ids in sorted(leaving.items()):
        enqueue_many(kind, ids, due)


def _announce(declared: NotificationType, decided: Sequence[Decision], stored: Sequence[Stored]) -> None:
    """Tell the pages of those in whose list it stands now."""
    listed = {item.reader.id for item in decided if item.in_app}
    rows = [item for item in stored if item.reader_id in listed]
    if rows:
        NOTIFICATION_CREATED.emit(
            recipients=[item.reader_id for item in rows],
            resource_id=rows[0].id if len(rows) == 1 else None,
            type=declared.id,
            severity=str(declared.severity),
        )
