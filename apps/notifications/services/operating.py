"""What people do with mails: send failed ones again, cancel waiting ones."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.work.queueing import enqueue_many, withdraw
from apps.notifications.errors import ContentGone, NotCancellable, NotRetryable
from apps.notifications.features import MANAGE
from apps.notifications.models import Content, Mail, MailStatus
from apps.notifications.selectors import MAIL_WORK, lost_mails

GONE = gettext_lazy("a mail that has left cannot be called back.")
CANCELLABLE = (MailStatus.QUEUED, MailStatus.FAILED)


@command("notifications.mail.retry", feature=MANAGE, undoable=False, undo_reason=GONE)
def retry_mail(mail_id: UUID) -> Mail:
    """Try a dead letter again, from the first attempt. Raises RowNotFound, NotRetryable, ContentGone."""
    mail = load_for_update(Mail, mail_id)
    _restart([mail])
    return mail


@command("notifications.mail.retry_many", feature=MANAGE, undoable=False, undo_reason=GONE, bulk=True)
def retry_mails(mail_ids: Sequence[UUID]) -> list[Mail]:
    """Try several dead letters again, in one action: all of them or none.

    Raises InvalidInput for none and with every unknown id, NotRetryable, ContentGone.
    """
    rows = Mail.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(mail_ids))
    found: dict[UUID, Mail] = {mail.pk: mail for mail in rows.order_by("pk")}
    unknown = [index for index, mail_id in enumerate(mail_ids) if mail_id not in found]
    if unknown or not mail_ids:
        raise InvalidInput(errors=tuple(_unknown(f"ids.{index}") for index in unknown) or (_none(),))
    _restart(list(found.values()))
    return list(found.values())


@command(
    "notifications.mail.cancel",
    feature=MANAGE,
    undoable=False,
    undo_reason=gettext_lazy("the mail stays cancelled; whoever wants it sent has the house send a new one."),
)
def cancel_mail(mail_id: UUID) -> Mail:
    """Do not send a mail that waits, or let a dead letter rest. Raises RowNotFound, NotCancellable."""
    mail = load_for_update(Mail, mail_id)
    if mail.status not in CANCELLABLE:
        raise NotCancellable(status=mail.status, allowed=[str(item) for item in CANCELLABLE])
    mail.status = MailStatus.CANCELLED
    mail.save(update_fields=["status"])
    withdraw(MAIL_WORK, [mail.pk])
    return mail


def _restart(mails: Sequence[Mail]) -> None:
    ids = [mail.pk for mail in mails]
    lost = set(lost_mails().filter(pk__in=ids).values_list("pk", flat=True))
    for mail in mails:
        if mail.status != MailStatus.FAILED and mail.pk not in lost:
            raise NotRetryable(status=mail.status, allowed=[str(MailStatus.FAILED)])
        if mail.content == Content.REMOVED:
            raise ContentGone
        mail.status, mail.last_error, mail.updated_at = MailStatus.QUEUED, "", clock.now()
    changes = {"status": MailStatus.QUEUED, "last_error": "", "updated_at": clock.now()}
    Mail.objects.filter(pk__in=ids).update(**changes)
    # Parked rows are not started by queueing them again; rows that are gone are made anew.
    withdraw(MAIL_WORK, ids)
    enqueue_many(MAIL_WORK, ids)


def _unknown(field: str) -> FieldError:
    return FieldError(field, RowNotFound.code, str(RowNotFound.message))


def _none() -> FieldError:
    return FieldError("ids", "required", _("Name at least one mail."))
