"""Messages that came in: what their adapter does with them, once, and what becomes of those that fail."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hosting import hosting_commands
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.running import about
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.tenancy.scope import current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.calculations import Backoff, retry_delay
from apps.kernel.work.errors import LeaseLost, NeedsConfiguration, Permanent, Retry
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue, withdraw
from apps.webhooks.contracts import ADAPTERS, Receipt
from apps.webhooks.errors import NotReprocessable
from apps.webhooks.events import INBOUND_RECEIVED
from apps.webhooks.features import MANAGE
from apps.webhooks.models import InboundEndpoint, InboundReceipt, ReceiptStatus
from apps.webhooks.selectors import RECEIPT_WORK

TRIES: Final = 12
BACKOFF: Final = Backoff(first=timedelta(seconds=5))
LONGEST_ERROR: Final = 500
DONE = gettext_lazy("what was done with a message is taken back by itself, not with the message.")


def process(receipt_id: UUID, lease: Lease) -> None:
    """Have the adapter handle a message; its effect and the note of it commit together, or neither.

    Raises LeaseLost. Failures are noted in the message's row, and tried again with growing pauses, or given up.
    """
    try:
        _handle(receipt_id, lease)
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - the top of foreign code: a failure is noted, whatever it is
        _note_failure(receipt_id, error, lease)


def _handle(receipt_id: UUID, lease: Lease) -> None:
    with scoped_transaction(), hosting_commands():
        found = _waiting(receipt_id, lease)
        if found is None:
            lease.complete()
            return
        endpoint = InboundEndpoint.objects.get(pk=found.endpoint_id)
        adapter = ADAPTERS.get(endpoint.adapter)
        if adapter is None:
            raise Retry("no installed module reads messages of this kind")
        with using_scope(in_organization(current_scope(), found.organization_id)):
            adapter.process(_as_receipt(found))
        found.status, found.attempts, found.last_error = ReceiptStatus.PROCESSED, found.attempts + 1, ""
        found.next_attempt_at, found.ended_at = None, clock.now()
        found.save(update_fields=["status", "attempts", "last_error", "next_attempt_at", "ended_at"])
        lease.complete()


def _waiting(receipt_id: UUID, lease: Lease) -> InboundReceipt | None:
    """The message, held; None for one that is over."""
    rows = InboundReceipt.objects.select_for_update(no_key=True, of=("self",))
    found: InboundReceipt | None = rows.filter(pk=receipt_id, status=ReceiptStatus.RECEIVED).first()
    lease.guard()
    return found


def _as_receipt(row: InboundReceipt) -> Receipt:
    return Receipt(
        id=row.pk,
        endpoint_id=row.endpoint_id,
        organization_id=row.organization_id,
        message_id=row.message_id,
        event_type=row.event_type,
        headers=row.headers or {},
        body=(row.body or "").encode("latin-1"),
    )


def _note_failure(receipt_id: UUID, error: Exception, lease: Lease) -> None:
    with scoped_transaction():
        found = _waiting(receipt_id, lease)
        if found is None:
            lease.complete()
            return
        found.attempts, found.last_error = found.attempts + 1, _words(error)
        if isinstance(error, Permanent | NeedsConfiguration) or found.attempts >= TRIES:
            found.status, found.next_attempt_at, found.ended_at = ReceiptStatus.DEAD, None, clock.now()
        else:
            found.next_attempt_at = clock.now() + _pause(error, found.attempts)
            enqueue(RECEIPT_WORK, found.pk, found.next_attempt_at)
        found.save(update_fields=["status", "attempts", "last_error", "next_attempt_at", "ended_at"])
        lease.complete()


def _pause(error: Exception, attempts: int) -> timedelta:
    if isinstance(error, Retry) and error.after is not None:
        return error.after
    return retry_delay(BACKOFF, attempts, roll=random.random())  # noqa: S311 - jitter, not a secret


def _words(error: Exception) -> str:
    """A refusal of the house in its words, anything else by its class: its message may hold what is private."""
    if isinstance(error, PlatformError):
        return f"{error.code}: {error.detail}"[:LONGEST_ERROR]
    return type(error).__name__


@command("webhooks.receipt.announce", feature=MANAGE, undoable=False, undo_reason=DONE)
def announce_receipt(receipt_id: UUID) -> None:
    """Tell the house that a message came in. Raises RowNotFound."""
    receipt = InboundReceipt.objects.filter(pk=receipt_id).first()
    if receipt is None:
        raise RowNotFound
    about(receipt)
    INBOUND_RECEIVED.emit(
        resource_id=receipt.pk,
        endpoint_id=receipt.endpoint_id,
        message_id=receipt.message_id,
        event_type=receipt.event_type,
        organization_id=receipt.organization_id,
    )


@command("webhooks.receipt.reprocess", feature=MANAGE, undoable=False, undo_reason=DONE)
def reprocess_receipt(receipt_id: UUID) -> InboundReceipt:
    """Have a message that was given up handled again, from the first try. Raises RowNotFound, NotReprocessable."""
    receipt = load_for_update(InboundReceipt, receipt_id)
    if receipt.status != ReceiptStatus.DEAD:
        raise NotReprocessable(status=receipt.status, allowed=[str(ReceiptStatus.DEAD)])
    receipt.status, receipt.attempts, receipt.last_error = ReceiptStatus.RECEIVED, 0, ""
    receipt.ended_at = None
    receipt.save(update_fields=["status", "attempts", "last_error", "ended_at"])
    withdraw(RECEIPT_WORK, [receipt.pk])
    enqueue(RECEIPT_WORK, receipt.pk)
    return receipt
