"""Deliveries in every state, for tests: made by subscribers that fail as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from apps.directory.models import Organization
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.models import Delivery, OutboxEvent
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.errors import Permanent
from tests.kernel.events_probes import Minted, deliveries, mint, outbox, run_all, subscribed
from tests.support.scopes import House

MINTED = "tests.coin.minted"
PROBE = "tests.probe"


@dataclass
class Hearer:
    """A subscriber that keeps what it has handled, and gives up on numbers in `refuses`."""

    refuses: set[int] = field(default_factory=set)
    seen: list[int] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)

    def __call__(self, payload: Minted, ctx: EventContext) -> None:
        """Handle one event."""
        if payload.pieces in self.refuses:
            raise Permanent("the coin is bent")
        self.seen.append(payload.pieces)
        self.attempts.append(ctx.attempt)


@contextmanager
def hearing(*refuses: int, subscriber: str = PROBE, pattern: str = MINTED, **options: Any) -> Iterator[Hearer]:
    """Have a persistent subscriber for the block."""
    hearer = Hearer(set(refuses))
    with subscribed(pattern, hearer, subscriber, persistent=True, **options):
        yield hearer


def minted(house: House, *numbers: int, coin: UUID | None = None, place: Organization | None = None) -> None:
    """Events about coins, one for each number, in an organization (the root)."""
    with using_scope(house.scope(place) if place else house.scope()):
        for number in numbers:
            mint(coin or uuid4(), pieces=number)


def dead_letters(house: House, *numbers: int, **where: Any) -> list[Delivery]:
    """Deliveries that the subscriber gave up."""
    with hearing(*numbers):
        minted(house, *numbers, **where)
        run_all()
    return [item for item in told(house) if item.status == "dead"]


def told(house: House) -> list[Delivery]:
    """The tenant's deliveries, oldest event first."""
    return deliveries(house.scope())


def events(house: House) -> list[OutboxEvent]:
    """The tenant's events of coins, oldest first."""
    return [item for item in outbox(house.scope()) if item.name == MINTED]


def states(house: House) -> list[str]:
    """How the deliveries stand."""
    return [item.status for item in told(house)]


def until(condition: Callable[[], bool], run: Callable[[], Any], most: int = 10) -> None:
    """Run until the condition holds."""
    for _ in range(most):
        if condition():
            return
        run()
    assert condition()
