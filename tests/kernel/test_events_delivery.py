"""From the outbox to persistent subscribers: once, apart from each other, in order where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import connection

from apps.currencies.models import Currency
from apps.kernel import clock
from apps.kernel.commands.models import Action
from apps.kernel.errors import FeatureRequired
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.lanes import LANES
from apps.kernel.eventbus.models import DeliveryStatus
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.tenancy.scope import ActorKind, Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import Permanent, Retry
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.kernel.events_probes import MINTED, Minted, deliveries, engrave, mint, names, outbox, run_all, subscribed
from tests.support import probes
from tests.support.scopes import House

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CREATED = "currencies.currency.created"
Seen = list[tuple[Any, EventContext]]


@pytest.fixture
def noon() -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture
def scope(house: House, noon: clock.FrozenClock) -> Iterator[Scope]:
    with using_scope(house.scope()) as opened:
        yield opened


def keeping(seen: Seen) -> Callable[[Any, EventContext], None]:
    return lambda payload, ctx: seen.append((payload, ctx))


def mark(payload: RecordChanged, ctx: EventContext) -> None:
    engrave(payload.resource_id, symbol="!")


def statuses(scope: Scope) -> list[str]:
    return [item.status for item in deliveries(scope)]


def symbol_of(row: Currency) -> str:
    with scoped_transaction():
        return str(Currency.objects.get(pk=row.pk).symbol)


def test_a_subscriber_gets_payload_and_context(scope: Scope) -> None:
    seen: Seen = []
    with subscribed(CREATED, keeping(seen), persistent=True):
        row = probes.create_currency("EUR")
        run_all()
    [(payload, ctx)] = seen
    [item] = outbox(scope)
    assert payload == RecordChanged(row.pk, version=1)
    assert (ctx.name, ctx.id, ctx.occurred_at, ctx.attempt) == (CREATED, item.pk, NOON, 1)
    assert (ctx.entity, ctx.entity_id, ctx.organization_id) == ("currencies.currency", row.pk, scope.organization_id)
    assert (ctx.actor.kind, ctx.actor.id, ctx.action_id) == (ActorKind.STAFF, scope.actor.id, item.action_id)
    assert statuses(scope) == ["delivered"]
    assert Work.objects.count() == 0


def test_it_runs_as_itself_where_the_event_happened(scope: Scope) -> None:
    found: list[Scope] = []
    with subscribed(CREATED, lambda payload, ctx: found.append(current_scope()), persistent=True):
        probes.create_currency("EUR")
        run_all()
    [inner] = found
    assert (inner.actor.kind, inner.actor.label) == (ActorKind.SYSTEM, "system:tests.probe")
    assert inner.actor.on_behalf_of == scope.actor.id
    assert inner.organization_id == scope.organization_id
    assert [*inner.organization_ids] == [scope.organization_id]
    assert inner.correlation_id == scope.correlation_id


@pytest.mark.parametrize(("features", "refused"), [((), True), (("currencies.manage",), False)])
def test_it_may_do_what_it_declares_and_no_more(scope: Scope, features: tuple[str, ...], refused: bool) -> None:
    from apps.currencies.services import update_currency

    refusals: list[FeatureRequired] = []

    def rename(payload: RecordChanged, ctx: EventContext) -> None:
        try:
            update_currency(payload.resource_id, name="Taler")
        except FeatureRequired as error:
            refusals.append(error)

    with subscribed(CREATED, rename, persistent=True, features=features):
        row = probes.create_currency("EUR")
        run_all()
    with scoped_transaction():
        assert Currency.objects.get(pk=row.pk).name == ("EUR" if refused else "Taler")
    assert bool(refusals) is refused


def test_a_command_of_a_subscriber_has_its_own_action_and_names_the_first_actor(scope: Scope) -> None:
    with subscribed(CREATED, mark, persistent=True):
        row = probes.create_currency("EUR")
        run_all()
    with scoped_transaction():
        action = Action.objects.get(command="tests.coin.engrave")
    assert (action.actor_label, action.on_behalf_of, action.parent_id) == ("system:tests.probe", scope.actor.id, None)
    assert symbol_of(row) == "EUR!"


def test_what_follows_names_its_cause(scope: Scope) -> None:
    with subscribed(CREATED, lambda payload, ctx: mint(payload.resource_id), persistent=True):
        probes.create_currency("EUR")
        run_all()
    first, second = outbox(scope)
    assert (second.name, second.causation_id, second.depth) == ("tests.coin.minted", first.pk, 1)
    assert second.correlation_id == first.correlation_id


def test_a_circle_of_events_comes_to_an_end(scope: Scope) -> None:
    with subscribed("tests.coin.minted", lambda payload, ctx: mint(payload.resource_id), persistent=True):
        mint(uuid4())
        run_all(rounds=30)
    told = outbox(scope)
    assert [item.depth for item in told] == list(range(18))
    assert [bool(item.parked_reason) for item in told] == [False] * 17 + [True]
    assert Work.objects.count() == 0


# Failures


class Broken(RuntimeError):
    pass


def test_a_failure_is_tried_again_and_its_effect_happens_once(scope: Scope, noon: clock.FrozenClock) -> None:
    tries: list[int] = []

    def flaky(payload: RecordChanged, ctx: EventContext) -> None:
        tries.append(ctx.attempt)
        engrave(payload.resource_id, symbol="!")
        if len(tries) < 3:
            raise Broken("secret detail")

    with subscribed(CREATED, flaky, persistent=True):
        row = probes.create_currency("EUR")
        run_all()
        [item] = deliveries(scope)
        assert (item.status, item.attempts, item.last_error) == ("waiting", 1, "Broken")
        assert item.due_at is not None
        assert timedelta(seconds=0.7) < item.due_at - NOON < timedelta(seconds=1.3)
        run_all()
        assert tries == [1], "not before its time"
        for _ in range(2):
            noon.tick(60)
            run_all()
    assert tries == [1, 2, 3]
    assert symbol_of(row) == "EUR!"
    [item] = deliveries(scope)
    assert (item.status, item.attempts, item.last_error) == ("delivered", 3, "")


def test_after_its_tries_it_is_a_dead_letter(scope: Scope, noon: clock.FrozenClock) -> None:
    def never(payload: Any, ctx: EventContext) -> None:
        raise Broken

    with subscribed(CREATED, never, persistent=True):
        probes.create_currency("EUR")
        for _ in range(14):
            run_all()
            noon.tick(timedelta(hours=2))
    [item] = deliveries(scope)
    assert (item.status, item.attempts) == (DeliveryStatus.DEAD, 12)
    [work] = Work.objects.all()
    assert (work.kind, work.ref_id, work.parked_at is not None) == ("kernel.dead_letter", item.pk, True)


@pytest.mark.parametrize(
    ("error", "told"), [(Permanent("the account is closed"), "kernel.work.permanent: the account is closed")]
)
def test_where_there_is_no_hope_it_stops_at_once(scope: Scope, error: Exception, told: str) -> None:
    def hopeless(payload: Any, ctx: EventContext) -> None:
        raise error

    with subscribed(CREATED, hopeless, persistent=True):
        probes.create_currency("EUR")
        run_all()
    [item] = deliveries(scope)
    assert (item.status, item.attempts, item.last_error) == ("dead", 1, told)


def test_a_handler_may_say_when(scope: Scope) -> None:
    def later(payload: Any, ctx: EventContext) -> None:
        raise Retry("busy", after=timedelta(minutes=7))

    with subscribed(CREATED, later, persistent=True):
        probes.create_currency("EUR")
        run_all()
    assert deliveries(scope)[0].due_at == NOON + timedelta(minutes=7)


def test_one_that_fails_keeps_nobody_else_waiting(scope: Scope) -> None:
    seen: Seen = []

    def broken(payload: Any, ctx: EventContext) -> None:
        raise Broken

    def second_only(payload: RecordChanged, ctx: EventContext) -> None:
        if payload.resource_id != second.pk:
            raise Broken
        seen.append((payload, ctx))

    with (
        subscribed(CREATED, broken, "tests.broken", persistent=True),
        subscribed(CREATED, keeping(seen), "tests.sound", persistent=True),
        subscribed(CREATED, second_only, "tests.choosy", persistent=True),
    ):
        first, second = probes.create_currency("EUR"), probes.create_currency("USD")
        run_all()
    assert sorted(payload.resource_id for payload, _ in seen) == sorted([first.pk, second.pk, second.pk])


def test_a_subscriber_that_is_gone_waits_for_its_module(scope: Scope, noon: clock.FrozenClock) -> None:
    seen: Seen = []
    with subscribed(CREATED, keeping(seen), persistent=True):
        probes.create_currency("EUR")
        sweep("relay")
    sweep("events")
    assert (seen, statuses(scope)) == ([], ["waiting"])
    noon.tick(60)
    with subscribed(CREATED, keeping(seen), persistent=True):
        sweep("events")
    assert (len(seen), statuses(scope)) == (1, ["delivered"])


# Together


def test_events_together_are_one_list_in_one_transaction(scope: Scope) -> None:
    lists: list[list[UUID]] = []

    def collect(events: Sequence[tuple[Minted, EventContext]]) -> None:
        lists.append([payload.resource_id for payload, _ in events])

    coins = [uuid4() for _ in range(130)]
    with subscribed("tests.coin.minted", collect, persistent=True, together=True):
        for coin in coins:
            mint(coin)
        run_all()
    assert lists == [coins[:100], coins[100:]]
    assert set(statuses(scope)) == {"delivered"}


def test_one_bad_event_among_many_fails_alone(scope: Scope) -> None:
    done: list[UUID] = []

    def collect(events: Sequence[tuple[Minted, EventContext]]) -> None:
        if any(payload.pieces == 13 for payload, _ in events):
            raise Broken
        done.extend(payload.resource_id for payload, _ in events)

    coins = {uuid4(): pieces for pieces in (11, 12, 13, 14)}
    with subscribed("tests.coin.minted", collect, persistent=True, together=True):
        for coin, pieces in coins.items():
            mint(coin, pieces=pieces)
        run_all()
    assert done == [coin for coin, pieces in coins.items() if pieces != 13]
    assert statuses(scope) == ["delivered", "delivered", "waiting", "delivered"]


# Order


def test_events_of_one_record_wait_for_the_one_before(scope: Scope, noon: clock.FrozenClock) -> None:
    seen: list[int] = []
    fails = [True]

    def strict(payload: Minted, ctx: EventContext) -> None:
        if payload.pieces == 1 and fails[0]:
            raise Broken
        seen.append(payload.pieces)

    coin, other = uuid4(), uuid4()
    with subscribed("tests.coin.minted", strict, persistent=True, ordered_by="entity_id"):
        for number in (1, 2, 3):
            mint(coin, pieces=number)
        mint(other, pieces=10)
        run_all()
        assert seen == [10]
        assert statuses(scope) == ["waiting", "held", "held", "delivered"]
        fails[0] = False
        noon.tick(60)
        run_all(rounds=3)
    assert seen == [10, 1, 2, 3]
    assert set(statuses(scope)) == {"delivered"}
    assert Work.objects.count() == 0


@pytest.mark.parametrize("together", [False, True])
def test_what_is_held_goes_on_when_its_subscriber_has_no_order_any_more(
    scope: Scope, noon: clock.FrozenClock, together: bool
) -> None:
    seen: list[int] = []
    coin = uuid4()

    def refuse(payload: Minted, ctx: EventContext) -> None:
        raise Retry("not yet")

    def keep(*said: Any) -> None:
        seen.extend(payload.pieces for payload, _ in (said[0] if together else [said]))

    with subscribed("tests.coin.minted", refuse, persistent=True, ordered_by="entity_id"):
        for number in range(3):
            mint(coin, pieces=number)
        run_all()
    noon.tick(60)
    with subscribed("tests.coin.minted", keep, persistent=True, together=together):
        run_all(rounds=3)
    assert (seen, set(statuses(scope))) == ([0, 1, 2], {"delivered"})


def test_a_record_s_events_follow_each_other_in_one_row_of_work(scope: Scope, noon: clock.FrozenClock) -> None:
    seen: list[int] = []
    coin, fails = uuid4(), [True]

    def strict(payload: Minted, ctx: EventContext) -> None:
        if fails[0]:
            raise Retry("not yet")
        seen.append(payload.pieces)

    with subscribed("tests.coin.minted", strict, persistent=True, ordered_by="entity_id"):
        for number in range(25):  # more than one row of work goes on with
            mint(coin, pieces=number)
        run_all()
        assert statuses(scope) == ["waiting", *["held"] * 24]
        fails[0] = False
        noon.tick(60)
        assert sweep("events", batch=1).total() == 2
    assert seen == list(range(25))
    assert set(statuses(scope)) == {"delivered"}
    assert Work.objects.count() == 0


def test_an_event_does_not_overtake_one_that_the_relay_has_not_taken(scope: Scope, noon: clock.FrozenClock) -> None:
    seen: list[int] = []
    coin = uuid4()
    with subscribed(
        "tests.coin.minted", lambda payload, ctx: seen.append(payload.pieces), persistent=True, ordered_by="entity_id"
    ):
        mint(coin, pieces=1)
        first = outbox(scope)[0].batch_id
        row = Work.objects.get(ref_id=first)
        Work.objects.filter(pk=row.pk).update(due_at=NOON + timedelta(seconds=10))
        mint(coin, pieces=2)
        run_all()
        assert (seen, statuses(scope)) == ([], ["waiting"])
        noon.tick(11)
        run_all(rounds=3)
    assert seen == [1, 2]


# Crashes


def test_a_crash_of_the_worker_counts_as_a_try(scope: Scope, noon: clock.FrozenClock) -> None:
    class Died(BaseException):
        pass

    def deadly(payload: Minted, ctx: EventContext) -> None:
        if payload.pieces == 13:
            raise Died
        seen.append(payload.pieces)

    seen: list[int] = []
    with subscribed("tests.coin.minted", deadly, persistent=True):
        for pieces in (12, 13, 14):
            mint(uuid4(), pieces=pieces)
        sweep("relay")
        for _ in range(14):
            try:
                sweep("events")
            except Died:
                connection.needs_rollback = False
            noon.tick(3600)
    assert sorted(seen) == [12, 14]
    assert statuses(scope) == ["delivered", "dead", "delivered"]
    assert deliveries(scope)[1].last_error == "its workers did not come back"


def test_the_relay_takes_each_event_once(scope: Scope) -> None:
    seen: Seen = []
    with subscribed(CREATED, keeping(seen), persistent=True):
        probes.create_currency("EUR")
        run_all(rounds=3)
        [item] = outbox(scope)
        Work.objects.create(
            kind="kernel.relay", queue="relay", tenant_id=scope.tenant_id, ref_id=item.batch_id, due_at=NOON
        )
        run_all()
    assert (len(seen), len(deliveries(scope)), names(scope)) == (1, 1, [CREATED])


def test_an_event_of_a_newer_release_waits_for_a_process_that_knows_it(scope: Scope, noon: clock.FrozenClock) -> None:
    seen: Seen = []
    with subscribed("tests.coin.minted", keeping(seen), persistent=True):
        mint(uuid4())
        probes.create_currency("EUR")
        EVENTS.remove("tests.coin.minted")
        try:
            run_all()
            assert (seen, len(deliveries(scope))) == ([], 0)
            assert [item.is_pending for item in outbox(scope)] == [True, False]
        finally:
            EVENTS.add("tests.coin.minted", MINTED)
        noon.tick(60)
        run_all()
    assert len(seen) == 1


@pytest.mark.parametrize("persistent", [True, False])
def test_a_subscriber_that_is_switched_off_hears_nothing(
    scope: Scope, settings: LazySettings, persistent: bool, django_capture_on_commit_callbacks: Any
) -> None:
    seen: Seen = []
    with subscribed("tests.coin.minted", keeping(seen), persistent=persistent):
        settings.EXTENSIONS_DISABLED = ["tests.probe"]
        with django_capture_on_commit_callbacks(execute=True):
            mint(uuid4(), pieces=1)
        assert Work.objects.count() == 0
        settings.EXTENSIONS_DISABLED = []
        with django_capture_on_commit_callbacks(execute=True):
            mint(uuid4(), pieces=2)
        run_all()
        assert LANES.settle()
    assert [payload.pieces for payload, _ in seen] == [2]
