"""`subscribe()`: who reacts to which events, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apps.kernel.eventbus.patterns import PATTERN, matches
from apps.kernel.registry.store import Registry
from apps.kernel.work.calculations import Backoff

TRIES = 12
ORDERS = ("", "entity_id")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reaction to events whose names match `pattern`.

    `persistent` ones get each event at least once, in a worker; their effect in our tables happens once. Others run in
    the emitting process after the commit, at best. `features` is what a persistent one may do. `together` ones get a
    list.
    """

    id: str
    pattern: str
    handler: Callable[..., None]
    persistent: bool
    ordered: bool
    together: bool
    features: tuple[str, ...]
    attempts: int
    backoff: Backoff
    longest: timedelta

    def hears(self, name: str) -> bool:
        """Say whether it reacts to the event."""
        return matches(self.pattern, name)


SUBSCRIBERS: Registry[Subscriber] = Registry("subscriber")


def subscribe(
    pattern: str,
    *,
    id: str,
    persistent: bool = False,
    ordered_by: str = "",
    together: bool = False,
    features: tuple[str, ...] = (),
    attempts: int = TRIES,
    backoff: Backoff | None = None,
    longest: timedelta = timedelta(minutes=5),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register `handler(payload, ctx)` for events of any module, named by string, in the module's `subscribers.py`.

    The setting EXTENSIONS_DISABLED switches a subscriber off by its id.

    A persistent handler runs in a transaction of its own as `system:<id>`, with `features`, where the event happened.
    It may run again after a crash, without its first effect. With `ordered_by="entity_id"` events of one record come
    one after the other, and wait behind a dead letter. With `together` the handler takes a list of `(payload, ctx)`,
    all in one transaction, which is much faster. A handler that takes longer than `longest` loses its lease, and is
    tried again.

    Raises ValueError for a pattern or a combination that cannot be, and for a hook; AlreadyRegistered for a taken id.
    """
    _check(id, pattern, persistent=persistent, ordered_by=ordered_by, together=together)

    def register(handler: Callable[..., None]) -> Callable[..., None]:
        SUBSCRIBERS.add(
            id,
            Subscriber(
                id=id,
                pattern=pattern,
                handler=handler,
                persistent=persistent,
                ordered=bool(ordered_by),
                together=together,
                features=features,
                attempts=attempts,
                backoff=backoff or Backoff(),
                longest=longest,
            ),
        )
        return handler

    return register


def _check(subscriber: str, pattern: str, *, persistent: bool, ordered_by: str, together: bool) -> None:
    complaints = {
        f"{pattern!r} is no pattern": not PATTERN.fullmatch(pattern),
        "hooks are answered in process; they cannot be subscribed to": pattern.endswith((".before", ".after")),
        f"events can be ordered by entity_id, not by {ordered_by!r}": ordered_by not in ORDERS,
        "only a persistent subscriber can be ordered": bool(ordered_by) and not persistent,
        "only a persistent subscriber takes events together": together and not persistent,
        "an ordered subscriber takes one event at a time": together and bool(ordered_by),
    }
    for complaint, holds in complaints.items():
        if holds:
            raise ValueError(f"subscriber {subscriber}: {complaint}")
