"""Reactions in the emitting process: after the commit, each on its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.dispatch import receiver

from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.lanes import LANES
from apps.kernel.tenancy.scope import Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.events_probes import MINTED, Minted, engrave, mint, mint_then_fail, subscribed
from tests.support import probes
from tests.support.scopes import House

pytestmark = pytest.mark.committed


@pytest.fixture
def scope(house: House) -> Iterator[Scope]:
    with using_scope(house.scope()) as opened:
        yield opened


def test_a_reaction_comes_after_the_commit_in_the_scope_of_the_command(scope: Scope) -> None:
    seen: list[tuple[Minted, EventContext, Scope, int]] = []

    def note(payload: Minted, ctx: EventContext) -> None:
        seen.append((payload, ctx, current_scope(), threading.get_ident()))

    coin = uuid4()
    with subscribed("tests.coin.*", note):
        mint(coin, pieces=2)
        assert LANES.settle()
        with pytest.raises(RuntimeError):
            mint_then_fail(coin)
        assert LANES.settle()
    [(payload, ctx, inner, thread)] = seen
    assert payload == Minted(coin, 2)
    assert (ctx.name, ctx.entity_id, ctx.actor) == ("tests.coin.minted", coin, scope.actor)
    assert inner == scope
    assert thread != threading.get_ident()


def test_a_lifecycle_event_is_a_signal_too(scope: Scope) -> None:
    seen: list[UUID] = []
    signal = EVENTS["currencies.currency.created"].signal

    @receiver(signal, dispatch_uid="tests.plain")
    def plain(payload: Any, ctx: EventContext, **_: Any) -> None:
        seen.append(payload.resource_id)

    try:
        row = probes.create_currency("EUR")
    finally:
        signal.disconnect(dispatch_uid="tests.plain")
    assert seen == [row.pk]


def test_one_that_hangs_or_raises_blocks_no_other_and_no_caller(scope: Scope) -> None:
    done, freed = threading.Event(), threading.Event()

    def hang(payload: Minted, ctx: EventContext) -> None:
        freed.wait(20)

    def fail(payload: Minted, ctx: EventContext) -> None:
        raise RuntimeError

    with (
        subscribed("tests.coin.minted", hang, "tests.a_hanging"),
        subscribed("tests.coin.minted", fail, "tests.b_raising"),
        subscribed("tests.coin.minted", lambda payload, ctx: done.set(), "tests.c_sound"),
    ):
        began = time.monotonic()
        mint(uuid4())
        assert time.monotonic() - began < 5
        assert done.wait(5)
        freed.set()
        assert LANES.settle()


def test_a_receiver_that_raises_does_not_undo_the_command(scope: Scope) -> None:
    @receiver(MINTED.signal, dispatch_uid="tests.raising")
    def fail(**_: Any) -> None:
        raise RuntimeError

    try:
        mint(uuid4())
    finally:
        MINTED.signal.disconnect(dispatch_uid="tests.raising")
    assert connection.in_atomic_block is False


def test_a_reaction_may_run_commands(scope: Scope) -> None:
    row = probes.create_currency("EUR")

    def mark(payload: Minted, ctx: EventContext) -> None:
        engrave(payload.resource_id, symbol="!")

    with subscribed("tests.coin.minted", mark):
        mint(row.pk)
        assert LANES.settle()
    with scoped_transaction():
        row.refresh_from_db()
    assert row.symbol == "EUR!"


def test_events_of_one_lane_keep_their_order(scope: Scope) -> None:
    seen: list[int] = []
    with subscribed("tests.coin.minted", lambda payload, ctx: seen.append(payload.pieces)):
        for number in range(30):
            mint(uuid4(), pieces=number)
        assert LANES.settle()
    assert seen == list(range(30))
