"""What the index follows: everything that happens to records that are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.declarations import Lifecycle
from apps.kernel.eventbus.own import TABLE_LOADED
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, TRIES, Subscriber, subscribe
from apps.kernel.work.calculations import Backoff
from apps.search.selectors.kinds import is_told
from apps.search.selectors.status import SUBSCRIBER
from apps.search.services.following import follow
from apps.search.services.heeding import heed_kinds, heed_settings

VERBS: Final = frozenset(Lifecycle)


@dataclass(frozen=True, slots=True)
class Follower(Subscriber):
    """Hears what happens to records of the kinds that modules have declared, which one pattern cannot say."""

    def hears(self, name: str) -> bool:
        """Say whether the event is about a record that is found."""
        entity, _dot, verb = name.rpartition(".")
        return name == TABLE_LOADED.name or (verb in VERBS and is_told(entity))


SUBSCRIBERS.add(
    SUBSCRIBER,
    Follower(
        id=SUBSCRIBER,
        pattern="**",
        handler=follow,
        persistent=True,
        ordered=False,
        together=True,
        features=(),
        attempts=TRIES,
        backoff=Backoff(),
        longest=timedelta(minutes=5),
    ),
)


@subscribe("search.settings.*", id="search.settings", persistent=True, ordered_by="entity_id")
def heed(payload: RecordChanged, ctx: EventContext) -> None:
    """Do what follows from settings that were changed, or changed back."""
    heed_settings(payload.changed)


@subscribe("entities.definition.*", id="search.fields", persistent=True, together=True)
@subscribe("entities.type.*", id="search.types", persistent=True, together=True)
def heed_customs(events: Sequence[tuple[Any, EventContext]]) -> None:
    """Do what follows from other custom fields, and from kinds of record that tenants have made or given up."""
    heed_kinds()
