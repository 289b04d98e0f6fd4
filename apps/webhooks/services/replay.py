"""Sending again: one delivery, some, or all of a stretch of time; at once, or behind the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import check_version, load_for_update
from apps.kernel.commands.running import about
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue, enqueue_many, withdraw
from apps.webhooks.errors import NotRepeatable, RangeInvalid, WebhookInactive
from apps.webhooks.features import MANAGE
from apps.webhooks.models import ENDED, DeliveryStatus, Webhook, WebhookDelivery
from apps.webhooks.selectors import SEND_WORK, living_webhooks

REPLAY_WORK: Final = "webhooks.replay"
AT_ONCE: Final = 1_000  # deliveries that one command starts; more go behind the answer
BATCH: Final = 500
LEFT = gettext_lazy("what was sent cannot be called back.")


@dataclass(frozen=True, slots=True)
class Range:
    """Deliveries of a webhook that have ended: `start` counts, `end` does not; no `statuses` is all that ended."""

    webhook_id: UUID
    start: datetime
    end: datetime
    statuses: tuple[str, ...] = ()

    def rows(self, *, before: datetime | None = None) -> QuerySet[WebhookDelivery]:
        """The deliveries, as far as the actor may see them; `before`: only what has not moved since then."""
        found: QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(
            webhook_id=self.webhook_id,
            created_at__gte=self.start,
            created_at__lt=self.end,
            status__in=self.statuses or ENDED,
        )
        return found if before is None else found.filter(updated_at__lte=before)

    def count(self, *, most: int | None = None) -> int:
        """How many there are; counting stops at `most`."""
        return self.rows().order_by()[:most].count()


@dataclass(frozen=True, slots=True)
class RangeReplayed:
    """How many deliveries are sent again, or the job that finds out."""

    count: int
    job_id: UUID | None = None


@command("webhooks.delivery.replay", feature=MANAGE, undoable=False, undo_reason=LEFT)
def replay_delivery(delivery_id: UUID) -> WebhookDelivery:
    """Send a delivery that has ended again, with all its tries. Raises RowNotFound, NotRepeatable, WebhookInactive."""
    delivery = load_for_update(WebhookDelivery, delivery_id)
    _restart([delivery])
    delivery.refresh_from_db()
    return delivery


@command("webhooks.delivery.replay_many", feature=MANAGE, undoable=False, undo_reason=LEFT, bulk=True)
def replay_deliveries(delivery_ids: Sequence[UUID]) -> list[WebhookDelivery]:
    """Send several deliveries again, in one action: all of them or none.

    Raises InvalidInput for none and with every unknown id, NotRepeatable, WebhookInactive.
    """
    rows = WebhookDelivery.objects.filter(pk__in=set(delivery_ids)).order_by("pk")
    found: dict[UUID, WebhookDelivery] = {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",))}
    unknown = [index for index, pk in enumerate(delivery_ids) if pk not in found]
    if unknown or not delivery_ids:
        raise InvalidInput(errors=tuple(_unknown(f"ids.{index}") for index in unknown) or (_none(),))
    _restart(list(found.values()))
    return list(rows.all())


@command("webhooks.webhook.replay", feature=MANAGE, undoable=False, undo_reason=LEFT)
def replay_range(webhook_id: UUID, *, start: datetime, end: datetime, statuses: Sequence[str] = ()) -> RangeReplayed:
    """Send what a webhook had in a stretch of time again; more than 1,000 deliveries become a long job.

    Raises RowNotFound, WebhookInactive, RangeInvalid.
    """
    wanted = range_of(webhook_id, start=start, end=end, statuses=statuses)
    webhook = _willing(webhook_id)
    check_version(webhook)
    about(webhook)
    if wanted.count(most=AT_ONCE + 1) > AT_ONCE and service(ProgressReporter).is_available:
        return RangeReplayed(0, _opened(wanted))
    return RangeReplayed(sum(replay_batch(batch) for batch in batches_of(wanted)))


def range_of(webhook_id: UUID, *, start: datetime, end: datetime, statuses: Sequence[str] = ()) -> Range:
    """The checked range. Raises RangeInvalid with all complaints."""
    complaints = []
    if start >= end:
        complaints.append(_complaint("end", _("The end has to lie after the start.")))
    if strange := sorted(set(statuses) - set(ENDED)):
        text = _("Not known here: {names}. Possible: {known}.")
        complaints.append(_complaint("statuses", text.format(names=", ".join(strange), known=", ".join(ENDED))))
    if complaints:
        raise RangeInvalid(errors=tuple(complaints))
    return Range(webhook_id, start, end, tuple(statuses))


def batches_of(wanted: Range, *, before: datetime | None = None) -> Iterator[list[UUID]]:
    """Ids of the range, some hundred at a time, oldest first; each batch is one query when it is asked for."""
    rows = wanted.rows(before=before).order_by("pk").values_list("pk", flat=True)
    last: UUID | None = None
    while batch := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
        yield batch
        last = batch[-1]


def replay_batch(ids: Sequence[UUID]) -> int:
    """Start those of the deliveries again that have ended; say how many. Inside a transaction."""
    rows = WebhookDelivery.objects.filter(pk__in=ids, status__in=ENDED).order_by("pk")
    found = list(rows.select_for_update(no_key=True, of=("self",)))
    _restart(found)
    return len(found)


def _restart(rows: Sequence[WebhookDelivery]) -> None:
    """Begin anew with deliveries that are held: every webhook's in one statement. Raises NotRepeatable."""
    by_webhook: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        if row.status not in ENDED:
            raise NotRepeatable(status=row.status, allowed=[str(item) for item in ENDED])
        by_webhook[row.webhook_id].append(row.pk)
    for webhook_id, ids in sorted(by_webhook.items()):
        webhook = _willing(webhook_id)
        WebhookDelivery.objects.filter(pk__in=ids).update(
            status=DeliveryStatus.PENDING,
            reason="",
            most_attempts=F("attempts") + webhook.max_retries + 1,
            next_attempt_at=None,
            promised_at=None,
            ended_at=None,
            updated_at=clock.now(),
        )
        withdraw(SEND_WORK, ids)  # queueing does not start a row that was parked
        enqueue_many(SEND_WORK, ids)


def _willing(webhook_id: UUID) -> Webhook:
    """The webhook, if it sends. Raises RowNotFound, WebhookInactive.

    Not locked: the worker holds a delivery when it wants the webhook, and here a delivery is wanted next.
    """
    webhook = living_webhooks().filter(pk=webhook_id).first()
    if webhook is None:
        raise RowNotFound
    if not webhook.is_active:
        raise WebhookInactive
    return webhook


def _opened(wanted: Range) -> UUID:
    values = {
        "webhook_id": str(wanted.webhook_id),
        "start": wanted.start.isoformat(),
        "end": wanted.end.isoformat(),
        "statuses": list(wanted.statuses),
        "asked_at": clock.now().isoformat(),
        **current_manners(),
    }
    name = gettext_noop("Deliveries of webhooks again")
    job_id = service(ProgressReporter).open(REPLAY_WORK, name=name, is_cancellable=True, values=values)
    enqueue(REPLAY_WORK, job_id)
    return job_id


def asked_range(values: Mapping[str, Any]) -> tuple[Range, datetime]:
    """The range that a job was opened with, and when it was asked for."""
    wanted = range_of(
        UUID(values["webhook_id"]),
        start=datetime.fromisoformat(values["start"]),
        end=datetime.fromisoformat(values["end"]),
        statuses=values["statuses"],
    )
    return wanted, datetime.fromisoformat(values["asked_at"])


def _unknown(field: str) -> FieldError:
    return FieldError(field, RowNotFound.code, str(RowNotFound.message))


def _none() -> FieldError:
    return FieldError("ids", "required", _("Name at least one delivery."))


def _complaint(field: str, message: str) -> FieldError:
    return FieldError(field, RangeInvalid.code, message)
