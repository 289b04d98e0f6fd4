"""What webhooks hear: everything that may be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, TRIES, Subscriber, subscribe
from apps.kernel.work.calculations import Backoff
from apps.webhooks.selectors import is_offered
from apps.webhooks.services.ledger import note_events
from apps.webhooks.services.webhooks import count_anew

LEDGER: Final = "webhooks.ledger"


@dataclass(frozen=True, slots=True)
class LedgerSubscriber(Subscriber):
    """Hears the events that may be sent, which one pattern cannot say: none that is a webhook's own."""

    def hears(self, name: str) -> bool:
        """Say whether a webhook may send the event."""
        return name in EVENTS and is_offered(EVENTS[name])


def note(events: Sequence[tuple[Any, EventContext]]) -> None:
    """Write what is to be sent into the ledger."""
    note_events(events)


@subscribe("webhooks.webhook.updated", id="webhooks.count_anew", persistent=True)
def begin_anew(payload: RecordChanged, ctx: EventContext) -> None:
    """Count failures anew where somebody has taken back that a webhook was switched off."""
    if payload.cause and "is_active" in payload.changed:
        count_anew(payload.resource_id)


SUBSCRIBERS.add(
    LEDGER,
    LedgerSubscriber(
        id=LEDGER,
        pattern="**",
        handler=note,
        persistent=True,
        ordered=False,
        together=True,
        features=(),
        attempts=TRIES,
        backoff=Backoff(),
        longest=timedelta(minutes=5),
    ),
)
