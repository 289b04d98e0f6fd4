"""Who waits for which event: reckoned once for the declarations of this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from apps.kernel.eventbus.declarations import EVENTS, LIFECYCLES, Broadcast, Lifecycle, lifecycle_name
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, Subscriber


@dataclass(frozen=True, slots=True)
class Routes:
    """`persistent` maps an event to its persistent subscribers; `wanted` are the events that the relay takes at once.

    `kinds` is JSON: table → [kind of record, first letters of the wanted lifecycle verbs].
    """

    persistent: Mapping[str, tuple[Subscriber, ...]]
    wanted: frozenset[str]
    kinds: str


def routes() -> Routes:
    """The routes of everything that is declared by now."""
    return _routes(EVENTS.changes, SUBSCRIBERS.changes, LIFECYCLES.changes, tuple(settings.EXTENSIONS_DISABLED))


@lru_cache(maxsize=4)
def _routes(events: int, subscribers: int, lifecycles: int, off: tuple[str, ...]) -> Routes:
    """What changes is the key of the cache."""
    durable = [item for item in SUBSCRIBERS.values() if item.persistent and item.id not in off]
    persistent = {name: tuple(item for item in durable if item.hears(name)) for name in EVENTS}
    seen = {item.name for item in EVENTS.values() if item.broadcast is not Broadcast.NONE}
    wanted = frozenset(name for name, found in persistent.items() if found) | seen
    return Routes(persistent, wanted, json.dumps(_kinds(wanted)))


def _kinds(wanted: frozenset[str]) -> dict[str, list[str]]:
    return {
        table: [kind, "".join(verb[0] for verb in Lifecycle if lifecycle_name(kind, verb) in wanted)]
        for table, kind in LIFECYCLES.items()
    }


def heard_names() -> list[str]:
    """Events whose signal has a receiver in this process."""
    return [item.name for item in EVENTS.values() if item.signal.receivers]
