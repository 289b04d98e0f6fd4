"""Old events go when everybody who waited for them has been told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.directory.management.staff import whole_tenant
from apps.directory.services import set_up_tenant
from apps.events.services import replay_range, upkeep
from apps.kernel import clock
from apps.kernel.eventbus.models import Delivery
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Schedule
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from tests.events.factories import PROBE, events, hearing, minted, told
from tests.kernel.events_probes import run_all
from tests.support.scopes import House

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = timedelta(days=31)


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def tidy(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        enqueue(upkeep.UPKEEP_WORK, house.tenant.pk)
    assert sweep()[Outcome.DONE] == 1


def numbers(house: House) -> list[int]:
    return [item.payload["pieces"] for item in events(house)]


def test_events_that_nobody_waits_for_go_after_their_days(
    house: House, other_house: House, settings: Any, noon: clock.FrozenClock
) -> None:
    settings.AGORA_EVENTS_KEPT_DAYS = 10
    minted(house, 1)
    minted(other_house, 1)
    noon.tick(timedelta(days=2))
    minted(house, 2, place=house.south)
    noon.tick(timedelta(days=9))
    tidy(house)
    assert (numbers(house), numbers(other_house)) == ([2], [1])


def test_ended_deliveries_go_with_their_event(house: House, noon: clock.FrozenClock) -> None:
    with hearing(), hearing(subscriber="tests.other"):
        minted(house, 1, 2)
        run_all()
        with using_scope(house.scope()), scoped_transaction():
            Delivery.objects.filter(pk=told(house)[0].pk).update(status="skipped")
        noon.tick(LONG)
        tidy(house)
    assert (numbers(house), told(house)) == ([], [])


@pytest.mark.parametrize("status", ["waiting", "held", "dead"])
def test_an_event_with_an_open_delivery_stays_with_all_of_them(
    house: House, noon: clock.FrozenClock, status: str
) -> None:
    with hearing(), hearing(subscriber="tests.other"):
        minted(house, 1)
        run_all()
        with using_scope(house.scope()), scoped_transaction():
            Delivery.objects.filter(pk=told(house)[0].pk).update(status=status)
        noon.tick(LONG)
        tidy(house)
    assert (numbers(house), sorted(item.status for item in told(house))) == ([1], sorted([status, "delivered"]))


def test_what_the_relay_has_not_taken_stays(house: House, noon: clock.FrozenClock) -> None:
    with hearing() as hearer:
        minted(house, 1)
        noon.tick(LONG)
        tidy(house)
        run_all()
    assert (hearer.seen, numbers(house)) == ([1], [1])


def test_what_was_delivered_again_lately_stays(house: House, noon: clock.FrozenClock) -> None:
    with hearing():
        minted(house, 1)
        run_all()
        noon.tick(LONG)
        with using_scope(house.scope()):
            replay_range(subscriber=PROBE, start=NOON, end=NOON + LONG)
        run_all()
        tidy(house)
        assert numbers(house) == [1]
        noon.tick(LONG)
        tidy(house)
    assert numbers(house) == []


def test_more_than_one_batch_goes(house: House, noon: clock.FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    minted(house, 1, 2, 3, 4, 5)
    noon.tick(LONG)
    tidy(house)
    assert numbers(house) == []


def test_each_tenant_is_looked_after_every_hour(house: House, noon: clock.FrozenClock) -> None:
    for _ in range(2):
        with whole_tenant(house.tenant.pk, "probe"):
            set_up_tenant(house.tenant.pk)
    with using_scope(house.scope()), scoped_transaction():
        [schedule] = Schedule.objects.filter(kind=upkeep.UPKEEP_WORK)
    assert (schedule.interval_seconds, schedule.version, schedule.enabled) == (3600, 1, True)
    minted(house, 1)
    sweep()
    noon.tick(LONG)
    sweep()
    sweep()
    assert numbers(house) == []
