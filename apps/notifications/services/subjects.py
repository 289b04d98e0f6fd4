"""Mails to people and notifications about them: what of them is exported, and what goes when somebody is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from apps.kernel import clock
from apps.kernel.registry.subjects import Erased, Subject
from apps.notifications.models import WAITING, Content, Mail, MailStatus, Notice, Notification


def read_mails(subject: Subject) -> Iterator[Mapping[str, Any]]:
    """Mails to the person's addresses; text and subject as long as they are kept."""
    for mail in _mails(subject).order_by("created_at", "pk"):
        yield {
            "recipient": mail.recipient,
            "subject": mail.subject,
            "text": mail.text,
            "status": mail.status,
            "created_at": mail.created_at,
            "sent_at": mail.sent_at,
        }


def erase_mails(subject: Subject) -> Erased:
    """Empty mails to the person's addresses, and call back those that wait: that one was sent stays on record."""
    rows = _mails(subject)
    now = clock.now()
    rows.filter(status__in=WAITING).update(status=MailStatus.CANCELLED, updated_at=now)
    ids = list(rows.values_list("pk", flat=True))
    emptied = {"recipient": None, "subject": None, "text": None, "html": None, "content": Content.REMOVED}
    # Those of mails with tokens are empty already, and say so.
    count = Mail.objects.filter(pk__in=ids).exclude(content=Content.NOT_KEPT).update(**emptied, updated_at=now)
    return Erased({"mail": count})


def read_notifications(subject: Subject) -> Iterator[Mapping[str, Any]]:
    """What was said about the person to people who work here."""
    for row in _notifications(subject).order_by("happened_at", "pk"):
        yield {"title": row.title, "body": row.body, "happened_at": row.happened_at}


def erase_notifications(subject: Subject) -> Erased:
    """Remove notifications about the person, said or still to be said."""
    said = _notifications(subject).delete()[0]
    waiting = Notice.objects.filter(source_id=subject.id).delete()[0]
    return Erased({"notification": said, "notification_notice": waiting})


def _mails(subject: Subject) -> QuerySet[Mail]:
    return Mail.objects.filter(Q(recipient__in=subject.emails) | Q(about_id=subject.id))


def _notifications(subject: Subject) -> QuerySet[Notification]:
    return Notification.objects.filter(Q(source_id=subject.id) | Q(link__contains=str(subject.id)))
