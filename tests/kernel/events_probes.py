"""Events and subscribers that a test declares for itself, and the way through relay and deliveries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.currencies.models import Currency
from apps.kernel.commands.declarations import command
from apps.kernel.eventbus.declarations import EVENTS, Event, event
from apps.kernel.eventbus.lanes import connect_subscribers
from apps.kernel.eventbus.models import Delivery, OutboxEvent
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, subscribe
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep

REASON = "a probe of the tests"


@dataclass(frozen=True, slots=True)
class Minted:
    """A coin was made of a currency."""

    resource_id: UUID
    pieces: int


MINTED: Event[Minted] = EVENTS.get("tests.coin.minted") or event("tests.coin.minted", payload=Minted)


def _example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": scope.tenant_id}


@command("tests.coin.mint", open_reason=REASON, resource="currencies.currency", example=_example)
def mint(currency_id: UUID, *, pieces: int = 1) -> None:
    """Say that coins were made; changes no row."""
    MINTED.emit(resource_id=currency_id, pieces=pieces)


@command("tests.coin.mint_then_fail", open_reason=REASON, resource="currencies.currency", example=_example)
def mint_then_fail(currency_id: UUID) -> None:
    """Announce, then refuse."""
    MINTED.emit(resource_id=currency_id, pieces=1)
    raise RuntimeError("after the announcement")


@command("tests.coin.mint_around_a_failure", open_reason=REASON, resource="currencies.currency", example=_example)
def mint_around_a_failure(currency_id: UUID) -> None:
    """Announce, go on after an inner command that failed."""
    try:
        mint_then_fail(currency_id)
    except RuntimeError:
        MINTED.emit(resource_id=currency_id, pieces=2)


@command("tests.coin.engrave", open_reason=REASON, resource="currencies.currency", example=_example)
def engrave(currency_id: UUID, *, symbol: str) -> Currency:
    """Add one letter to a currency's symbol: an effect that shows how often it happened."""
    currency: Currency = Currency.objects.select_for_update().get(pk=currency_id)
    currency.symbol = f"{currency.symbol}{symbol}"[-10:]
    currency.save(update_fields=["symbol", "version"])
    return currency


@contextmanager
def subscribed(
    pattern: str, handler: Callable[..., None], subscriber: str = "tests.probe", **options: Any
) -> Iterator[None]:
    """Have a subscriber for the block."""
    subscribe(pattern, id=subscriber, **options)(handler)
    connect_subscribers()
    try:
        yield
    finally:
        SUBSCRIBERS.remove(subscriber)
        for declared in EVENTS.values():
            declared.signal.disconnect(dispatch_uid=subscriber)


def run_all(rounds: int = 1) -> None:
    """Take what has committed to its subscribers, and let them handle it; `rounds` for what follows from it."""
    for _ in range(rounds):
        sweep("relay")
        sweep("events")


def outbox(scope: Scope) -> list[OutboxEvent]:
    """The tenant's events, oldest first."""
    with everywhere(scope):
        return list(OutboxEvent.objects.order_by("seq"))


def names(scope: Scope) -> list[str]:
    """Names of the tenant's events, oldest first."""
    return [item.name for item in outbox(scope)]


def deliveries(scope: Scope) -> list[Delivery]:
    """The tenant's deliveries, oldest event first."""
    with everywhere(scope):
        return list(Delivery.objects.order_by("seq", "subscriber"))


@contextmanager
def everywhere(scope: Scope) -> Iterator[None]:
    """The whole tenant of the scope."""
    with system_scope(scope.tenant_id, "tests"), scoped_transaction():
        seen = service(OrganizationTree).all_ever()
    with system_scope(scope.tenant_id, "tests", organization_ids=seen), scoped_transaction():
        yield
