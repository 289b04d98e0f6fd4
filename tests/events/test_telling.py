"""Operators of the tenant hear of deliveries that were given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from apps.events.services import skip_delivery
from apps.events.services.upkeep import UPKEEP_WORK
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from tests.directory.callers import member
from tests.events.factories import dead_letters
from tests.notifications.notices import notifications
from tests.support.scopes import House

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def look_after(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        enqueue(UPKEEP_WORK, house.tenant.pk)
    sweep()


def test_those_who_look_after_deliveries_are_told_how_many(house: House) -> None:
    operator = member(house, "events.deliveries.manage")
    member(house, "events.view")
    dead_letters(house, 1, 2)
    look_after(house)
    [row] = notifications(house)
    assert (row.recipient_id, row.type, row.severity) == (operator.pk, "events.delivery_given_up", "error")
    assert row.title == "Given up: 2 × tests.probe"
    assert row.link.endswith("/delivery/?status__exact=dead")


def test_the_next_hour_counts_up_and_then_it_is_quiet(house: House, noon: clock.FrozenClock) -> None:
    member(house, "events.deliveries.manage")
    dead_letters(house, 1)
    for hours in (0, 1, 1, 1):
        noon.tick(timedelta(hours=hours))
        look_after(house)
    [row] = notifications(house)
    assert row.count == 2


def test_what_was_decided_about_is_not_told(house: House) -> None:
    member(house, "events.deliveries.manage")
    [letter] = dead_letters(house, 1)
    with using_scope(house.scope()):
        skip_delivery(letter.pk)
    look_after(house)
    assert notifications(house) == []
