"""One try of one mail: take it, make its letter, commit, hand it over, note what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from apps.kernel import clock
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.letters import MAILS
from apps.kernel.tenancy.scope import Scope, current_scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import NeedsConfiguration, Permanent, WorkFailed
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.leases import Lease
from apps.notifications.models import Mail, MailStatus
from apps.notifications.selectors import MAIL_WORK
from apps.notifications.services.rendering import Rendered, rendered
from apps.notifications.services.sending import Outgoing, send

ORGANIZATION = "directory.organization"
NOTHING_TO_SEND = "There was nothing left to send"
DONE = (MailStatus.SENT, MailStatus.CANCELLED)


@contextmanager
def whole_tenant(reason: str) -> Iterator[Scope]:
    """The open tenant with all its organizations, deleted ones too: their mails leave and are tidied up as well."""
    tenant_id = current_scope().tenant_id
    with scoped_transaction():
        rows = ENTITIES[ORGANIZATION].model._default_manager.all()
        organizations = frozenset(rows.values_list("pk", flat=True))
    with system_scope(tenant_id, reason, organization_ids=organizations) as scope:
        yield scope


def deliver(mail_id: UUID, lease: Lease) -> None:
    """Try to send a mail. At least once: a crash after the hand-over sends it again, under the same Message-ID.

    Raises LeaseLost, what the maker of a letter raises, and what the mail back end raises.
    """
    outgoing = _take(mail_id, lease)
    if outgoing is None:
        return
    lease.check()
    send(outgoing)
    with scoped_transaction():
        _note(mail_id, MailStatus.SENT, sent_at=clock.now(), last_error="")
        lease.complete()


def _take(mail_id: UUID, lease: Lease) -> Outgoing | None:
    """Mark the mail as being sent, and make its letter in the same transaction; None when there is nothing to do."""
    with scoped_transaction():
        mail = locked(mail_id)  # before the row of work, as whoever cancels it does
        lease.guard()
        if mail is None or mail.status in DONE:
            lease.complete()
            return None
        mail.status, mail.attempts = MailStatus.SENDING, mail.attempts + 1
        mail.save(update_fields=["status", "attempts"])
        outgoing = _secret(mail) if mail.is_secret else _kept(mail)
        if outgoing is None:
            _note(mail_id, MailStatus.CANCELLED, last_error=NOTHING_TO_SEND)
            lease.complete()
        return outgoing


def locked(mail_id: UUID) -> Mail | None:
    """The mail, held against other changes; None for one that the scope does not see."""
    found: Mail | None = Mail.objects.select_for_update(no_key=True, of=("self",)).filter(pk=mail_id).first()
    return found


def _kept(mail: Mail) -> Outgoing | None:
    if mail.text is None or mail.recipient is None:
        return None
    letter = Rendered(mail.recipient, mail.subject or "", mail.text, mail.html or "", mail.locale)
    return Outgoing(mail.message_id, letter)


def _secret(mail: Mail) -> Outgoing | None:
    """The letter that the template's module makes now, with a new token whose hash this transaction stores.

    Each try has a Message-ID of its own: a mailbox that takes two tries for one mail would keep the first, whose
    token the second has voided.
    """
    template = MAILS[mail.template]
    if template.secret is None or mail.about_id is None:
        return None
    letter = template.secret(mail.about_id)
    if letter is None:
        return None
    name, at, domain = mail.message_id.partition("@")
    return Outgoing(f"{name}.{mail.attempts}{at}{domain}", rendered(template, letter))


def note_failure(mail_id: UUID, lease: Lease, failure: WorkFailed) -> None:
    """Note what went wrong: the mail waits for its next try, or becomes a dead letter. Raises LeaseLost."""
    with scoped_transaction():
        mail = locked(mail_id)
        lease.guard()
        if mail is None or mail.status in DONE:
            return
        status = MailStatus.FAILED if _is_last(lease, failure) else MailStatus.QUEUED
        tries = mail.attempts if mail.status == MailStatus.SENDING else mail.attempts + 1  # no letter: nothing counted
        _note(mail_id, status, attempts=tries, last_error=failure.reason)


def _is_last(lease: Lease, failure: WorkFailed) -> bool:
    hopeless = isinstance(failure, Permanent | NeedsConfiguration)
    return hopeless or lease.work.attempts >= KINDS[MAIL_WORK].attempts


def _note(mail_id: UUID, status: MailStatus, **changes: object) -> None:
    Mail.objects.filter(pk=mail_id).update(status=status, updated_at=clock.now(), **changes)
