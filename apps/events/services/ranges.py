"""What happened in a stretch of time, taken to one subscriber once more: at once, or behind the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.events.errors import RangeInvalid, SubscriberUnknown
from apps.events.features import MANAGE_DELIVERIES
from apps.events.selectors import visible_events
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.eventbus.operating import ENDED, deliver_again, persistent_subscribers
from apps.kernel.eventbus.patterns import PATTERN, matches
from apps.kernel.eventbus.subscribing import Subscriber
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue

REPLAY_WORK = "events.replay_range"
AT_ONCE = 10_000  # events that one command takes; more go behind the answer
BATCH = 1_000  # events in one transaction there
DECIDED = gettext_lazy("it is an operator's decision: what the subscriber did meanwhile is not taken back by it.")


@dataclass(frozen=True, slots=True)
class Range:
    """Events of a stretch of time: `start` counts, `end` does not. `names` are those that the subscriber hears."""

    subscriber: Subscriber
    start: datetime
    end: datetime
    names: tuple[str, ...]

    def events(self) -> QuerySet[OutboxEvent]:
        """The events, as far as the actor may see them; what turned in a circle stays out."""
        return visible_events().filter(
            name__in=self.names, created_at__gte=self.start, created_at__lt=self.end, parked_reason=""
        )

    def count(self, *, most: int | None = None) -> int:
        """How many there are; counting stops at `most`."""
        return self.events().order_by()[:most].count()


@dataclass(frozen=True, slots=True)
class RangeReplayed:
    """How many deliveries there will be, or the job that finds out."""

    count: int
    job_id: UUID | None = None


def range_of(subscriber: str, *, start: datetime, end: datetime, pattern: str = "") -> Range:
    """The checked range. Raises SubscriberUnknown with the known ones, RangeInvalid with all complaints."""
    known = persistent_subscribers()
    if subscriber not in known:
        message = _("There is no such subscriber. There are: {known}.").format(known=", ".join(known) or "–")
        raise SubscriberUnknown(errors=(FieldError("subscriber", SubscriberUnknown.code, message),))
    complaints = []
    if start >= end:
        complaints.append(_complaint("end", _("The end has to lie after the start.")))
    names = _names(known[subscriber], pattern)
    if pattern and not PATTERN.fullmatch(pattern):
        complaints.append(_complaint("pattern", _("This is no pattern over names of events.")))
    elif not names:
        complaints.append(_complaint("pattern", _("The subscriber hears no such event.")))
    if complaints:
        raise RangeInvalid(errors=tuple(complaints))
    return Range(known[subscriber], start, end, names)


@command("events.delivery.replay_range", feature=MANAGE_DELIVERIES, undoable=False, undo_reason=DECIDED)
def replay_range(*, subscriber: str, start: datetime, end: datetime, pattern: str = "") -> RangeReplayed:
    """Take every event of the range to the subscriber again, also those that it never got.

    What waits already is left as it is. More than 10,000 events become a long job. Raises SubscriberUnknown,
    RangeInvalid.
    """
    wanted = range_of(subscriber, start=start, end=end, pattern=pattern)
    if wanted.count(most=AT_ONCE + 1) > AT_ONCE and service(ProgressReporter).is_available:
        return RangeReplayed(0, _opened(wanted, pattern))
    return RangeReplayed(sum(replay_batch(wanted, batch) for batch in batches_of(wanted, AT_ONCE)))


def batches_of(wanted: Range, size: int = BATCH) -> Iterator[Sequence[OutboxEvent]]:
    """The events of the range, `size` at a time, by time; each batch is one query when it is asked for."""
    after = Q()
    rows = wanted.events().only("pk", "created_at", "seq", "record_id").order_by("created_at", "pk")
    while batch := list(rows.filter(after)[:size]):
        yield batch
        last = batch[-1]
        after = Q(created_at__gt=last.created_at) | Q(created_at=last.created_at, pk__gt=last.pk)


def replay_batch(wanted: Range, batch: Sequence[OutboxEvent], *, before: datetime | None = None) -> int:
    """Take these events to the subscriber again; say how many deliveries that makes."""
    ids = {event.pk for event in batch}
    if wanted.subscriber.ordered:
        ids |= _overtaken(wanted, batch)
    return deliver_again(wanted.subscriber, ids, statuses=ENDED, before=before, missing=True)


def _overtaken(wanted: Range, batch: Sequence[OutboxEvent]) -> set[UUID]:
    """Earlier events of the batch's records that a later batch holds: an event is dated before it has its number.

    A record's events have to wait for one another, so they come along.
    """
    last: dict[UUID, int] = {}
    for event in batch:
        if event.record_id is not None:
            last[event.record_id] = max(event.seq, last.get(event.record_id, event.seq))
    if not last:
        return set()
    rows = wanted.events().filter(record_id__in=last, created_at__gte=batch[-1].created_at, seq__lt=max(last.values()))
    found = rows.values_list("pk", "record_id", "seq")
    return {pk for pk, record_id, seq in found if record_id is not None and seq < last[record_id]}


def _names(subscriber: Subscriber, pattern: str) -> tuple[str, ...]:
    if pattern and not PATTERN.fullmatch(pattern):
        return ()
    return tuple(name for name in EVENTS if subscriber.hears(name) and (not pattern or matches(pattern, name)))


def _opened(wanted: Range, pattern: str) -> UUID:
    values = {
        "subscriber": wanted.subscriber.id,
        "start": wanted.start.isoformat(),
        "end": wanted.end.isoformat(),
        "pattern": pattern,
        "asked_at": clock.now().isoformat(),
        **current_manners(),
    }
    name, words = gettext_noop("Events again for {subscriber}"), {"subscriber": wanted.subscriber.id}
    job_id = service(ProgressReporter).open(REPLAY_WORK, name=name, words=words, is_cancellable=True, values=values)
    enqueue(REPLAY_WORK, job_id)
    return job_id


def _complaint(field: str, message: str) -> FieldError:
    return FieldError(field, RangeInvalid.code, message)


def asked_range(values: Any) -> tuple[Range, datetime]:
    """The range that a job was opened with, and when it was asked for."""
    wanted = range_of(
        values["subscriber"],
        start=datetime.fromisoformat(values["start"]),
        end=datetime.fromisoformat(values["end"]),
        pattern=values["pattern"],
    )
    return wanted, datetime.fromisoformat(values["asked_at"])
