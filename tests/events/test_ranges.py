"""A stretch of time that is taken to a subscriber once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.auth.models import User
from apps.auth.services.object_grants import grant_access
from apps.auth.services.users import update_user
from apps.events.errors import RangeInvalid, SubscriberUnknown
from apps.events.services import ranges, replay_range
from apps.events.services.ranges import RangeReplayed
from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.errors import FeatureRequired
from apps.kernel.eventbus import operating
from apps.kernel.eventbus.causes import DEEPEST, caused_by
from apps.kernel.eventbus.models import Delivery
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from apps.progress.services import cancel_job
from tests.auth.factories import acting_as, reading_in, system
from tests.events.factories import MINTED, PROBE, events, hearing, minted, states, told
from tests.kernel.events_probes import deliveries, mint, run_all, subscribed
from tests.support import probes
from tests.support.scopes import House
from tests.support.shelf.factories import LIBRARIAN, given, make_book, make_reader

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CREATED = "currencies.currency.created"


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def again(house: House, **changes: Any) -> RangeReplayed:
    """Replay the day around noon to the probe."""
    values: dict[str, Any] = {"subscriber": PROBE, "start": NOON - DAY, "end": NOON + DAY, **changes}
    with using_scope(values.pop("scope", None) or house.scope()):
        return replay_range(**values)


def test_everything_of_the_time_is_delivered_again(house: House, noon: clock.FrozenClock) -> None:
    with hearing(2) as hearer:
        for number in (1, 2, 3):
            minted(house, number)
            noon.tick(60)
        run_all()
        assert (hearer.seen, states(house)) == ([1, 3], ["delivered", "dead", "delivered"])
        hearer.refuses.clear()
        done = again(house, start=NOON + timedelta(seconds=60), end=NOON + timedelta(seconds=120))
        assert done == RangeReplayed(1)
        assert again(house, end=NOON + timedelta(seconds=60)) == RangeReplayed(1)
        run_all()
    assert hearer.seen == [1, 3, 2, 1]
    assert hearer.attempts[-2:] == [1, 1]
    assert Work.objects.count() == 0


def test_a_new_subscriber_gets_what_happened_before_it_was_there(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "CHUNK", 4)
    minted(house, *range(7))
    with hearing() as hearer:
        assert again(house) == RangeReplayed(7)
        assert Work.objects.filter(kind="kernel.delivery").count() == 2
        run_all()
    assert sorted(hearer.seen) == list(range(7))
    assert [item.seq for item in told(house)] == [item.seq for item in events(house)]
    assert set(states(house)) == {"delivered"}


def test_a_skipped_one_is_taken_too_and_what_waits_is_left(house: House) -> None:
    with hearing():
        minted(house, 1, 2, 3)
        sweep("relay")
        first, second, third = (item.pk for item in told(house))
        with using_scope(house.scope()), scoped_transaction():
            Delivery.objects.filter(pk=first).update(status="skipped")
            Delivery.objects.filter(pk=second).update(status="waiting", attempts=5)
            Delivery.objects.filter(pk=third).update(status="held")
        assert again(house) == RangeReplayed(1)
    assert [(item.status, item.attempts) for item in told(house)] == [("waiting", 0), ("waiting", 5), ("held", 0)]


def test_what_the_relay_has_not_taken_is_left_to_it(house: House) -> None:
    with hearing() as hearer:
        minted(house, 1)
        assert again(house) == RangeReplayed(0)
        assert told(house) == []
        run_all()
    assert hearer.seen == [1]


def test_what_turned_in_a_circle_stays_out(house: House) -> None:
    with using_scope(house.scope()), caused_by(uuid4(), DEEPEST):
        mint(uuid4(), pieces=1)
    minted(house, 2)
    with hearing() as hearer:
        assert again(house) == RangeReplayed(1)
        run_all()
    assert hearer.seen == [2]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("", {MINTED, CREATED}), ("**", {MINTED, CREATED}), ("tests.**", {MINTED}), ("*.*.created", {CREATED})],
)
def test_a_pattern_narrows_what_the_subscriber_hears(house: House, pattern: str, found: set[str]) -> None:
    minted(house, 1)
    with using_scope(house.scope()):
        row = probes.create_currency("EUR")
        probes.rename_currency(row.pk, name="Taler")
    sweep("relay")  # the live stream waits for such events, and has them by now
    with hearing(pattern="**.created"), hearing(pattern=MINTED, subscriber="tests.other"):
        if CREATED in found:
            assert again(house, pattern=pattern) == RangeReplayed(1)
        if MINTED in found:
            assert again(house, pattern=pattern, subscriber="tests.other") == RangeReplayed(1)
    with using_scope(house.scope()), scoped_transaction():
        assert {item.event.name for item in Delivery.objects.select_related("event")} == found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end": NOON - DAY}, "end"),
        ({"pattern": "Tests.coin"}, "pattern"),
        ({"pattern": "sales.order.*"}, "pattern"),
        ({"pattern": CREATED}, "pattern"),
    ],
)
def test_a_range_that_is_none_is_refused(house: House, changes: dict[str, Any], field: str) -> None:
    with hearing(), pytest.raises(RangeInvalid) as refusal:
        again(house, **changes)
    assert [item.field for item in refusal.value.errors] == [field]


def test_an_unknown_subscriber_is_refused_with_the_known_ones(house: House) -> None:
    with hearing(subscriber="tests.known"), pytest.raises(SubscriberUnknown) as refusal:
        again(house)
    [complaint] = refusal.value.errors
    assert (complaint.field, "tests.known" in complaint.message) == ("subscriber", True)


def test_a_subscriber_without_deliveries_is_refused(house: House) -> None:
    with subscribed(MINTED, print, "tests.in_process"), pytest.raises(SubscriberUnknown):
        again(house, subscriber="tests.in_process")


def test_it_needs_its_feature_and_takes_what_the_scope_sees_only(house: House, other_house: House) -> None:
    for place in (house.north, house.south):
        minted(house, 1, place=place)
    minted(other_house, 1)
    with hearing():
        viewer = Access(frozenset({"events.deliveries.view"}))
        with pytest.raises(FeatureRequired):
            again(house, scope=house.scope(access=viewer))
        assert again(house, scope=house.scope(house.north)) == RangeReplayed(1)
    [delivery] = told(house)
    assert delivery.organization_id == house.north.pk
    assert deliveries(other_house.scope()) == []


def test_hidden_records_stay_hidden(house: House) -> None:
    owner, bob = (make_reader(house, name, features=(*LIBRARIAN, "events.*")) for name in ("Alice", "Bob"))
    with acting_as(house, owner):
        grant_access(**given(make_book(house), user_id=owner.pk, level="change", restrict=True))
    sweep("relay")
    with hearing(pattern="shelf.book.*"):
        with acting_as(house, bob):
            assert replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY) == RangeReplayed(0)
        with acting_as(house, owner):
            assert replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY) == RangeReplayed(1)


def test_it_costs_as_many_statements_for_many_as_for_one(house: House) -> None:
    counts = []
    with hearing():
        for number in (1, 20):
            minted(house, *range(number))
            run_all()
            with CaptureQueriesContext(connection) as queries:
                again(house)
            counts.append(len(queries))
            run_all()
    assert counts[0] == counts[1]


# Order


def test_events_of_a_record_come_in_order(house: House) -> None:
    coin = uuid4()
    with hearing(ordered_by="entity_id") as hearer:
        minted(house, 1, 2, 3, coin=coin)
        run_all(rounds=4)
        again(house)
        run_all(rounds=4)
    assert hearer.seen == [1, 2, 3, 1, 2, 3]
    assert {item.order_key for item in told(house)} == {coin}


def test_an_event_that_is_dated_later_than_the_next_of_its_record_keeps_its_place(
    house: House, noon: clock.FrozenClock
) -> None:
    coin = uuid4()
    minted(house, 1, coin=coin)
    noon.tick(-60)  # the others were announced before, and committed later
    minted(house, 2, 3, 4, coin=coin)
    noon.tick(120)
    asked_at = clock.now()
    with hearing(ordered_by="entity_id") as hearer, using_scope(house.scope()):
        wanted = ranges.range_of(PROBE, start=NOON - DAY, end=NOON + DAY)
        batches = ranges.batches_of(wanted, 2)
        for _ in range(2):  # deliveries run between the batches
            noon.tick(1)
            with scoped_transaction():
                ranges.replay_batch(wanted, next(batches), before=asked_at)
            run_all(rounds=4)
    assert hearer.seen == [1, 2, 3, 4]


# Long jobs


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three events are many, two a batch."""
    monkeypatch.setattr(ranges, "AT_ONCE", 3)
    monkeypatch.setattr(ranges.batches_of, "__defaults__", (2,))


@pytest.fixture
def bob(house: House) -> User:
    return make_reader(house, "Bob", features=("events.*", "progress.*"))


def job_of(house: House, job_id: UUID | None) -> Job:
    with reading_in(house):
        found: Job = Job.objects.get(pk=job_id)
    return found


def test_a_large_range_goes_on_behind_the_answer(house: House, noon: clock.FrozenClock, bob: User, small: None) -> None:
    minted(house, 1, 2, 3, 4, 5)
    with hearing() as hearer:
        with acting_as(house, bob):
            done = replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY)
        assert (done.count, told(house)) == (0, [])
        noon.tick(1)
        sweep("work")
        job = job_of(house, done.job_id)
        assert (job.status, job.processed, job.total, job.result) == ("completed", 5, 5, {"count": 5})
        assert Work.objects.filter(kind="kernel.delivery").count() == 3
        run_all()
    assert sorted(hearer.seen) == [1, 2, 3, 4, 5]


class Died(BaseException):
    """The end of a worker."""


def dying_at_second() -> Callable[..., Any]:
    """An end at the second batch, before it is written."""
    batches: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        batches.extend([sql] if "INTO event_delivery" in sql else [])
        if len(batches) == 2:
            raise Died
        return execute(sql, params, many, context)

    return watch


def test_a_job_whose_worker_dies_delivers_nothing_twice(
    house: House, noon: clock.FrozenClock, bob: User, small: None
) -> None:
    with hearing() as hearer:
        minted(house, 1, 2, 3, 4, 5)
        run_all()
        hearer.seen.clear()
        noon.tick(60)
        with acting_as(house, bob):
            done = replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY)
        noon.tick(60)
        with pytest.raises(Died), connection.execute_wrapper(dying_at_second()):
            sweep("work")
        connection.needs_rollback = False
        run_all()
        assert sorted(hearer.seen) == [1, 2]
        noon.tick(60)
        sweep("work")
        run_all()
    assert sorted(hearer.seen) == [1, 2, 3, 4, 5]
    assert job_of(house, done.job_id).result == {"count": 3}


def test_who_may_no_longer_replays_nothing(house: House, noon: clock.FrozenClock, bob: User, small: None) -> None:
    minted(house, 1, 2, 3, 4, 5)
    with hearing():
        with acting_as(house, bob):
            done = replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY)
        with using_scope(system(house)):
            update_user(bob.pk, roles=[])
        sweep("work")
    assert (job_of(house, done.job_id).status, told(house)) == ("failed", [])


def test_a_refusal_stands_in_the_language_of_who_asked(house: House, bob: User, small: None) -> None:
    minted(house, 1, 2, 3, 4, 5)
    with hearing():
        with acting_as(house, bob), translation.override("de"):
            done = replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY)
        with using_scope(system(house)):
            update_user(bob.pk, roles=[])
        sweep("work")
    expected = "Dafür ist die Berechtigung events.deliveries.manage nötig."
    assert job_of(house, done.job_id).error == expected


def test_a_job_that_was_stopped_goes_no_further(house: House, bob: User, small: None) -> None:
    minted(house, 1, 2, 3, 4, 5)
    with hearing(), acting_as(house, bob):
        done = replay_range(subscriber=PROBE, start=NOON - DAY, end=NOON + DAY)
        assert done.job_id is not None
        cancel_job(done.job_id)
        sweep("work")
    assert (job_of(house, done.job_id).status, told(house)) == ("cancelled", [])
