"""Widgets of what is to be done: the reader's own, the nearest first, and with whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from apps.kernel import clock
from apps.kernel.extensions.dashboards import DASHBOARD_WIDGETS, ListData
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.customers.factories import make_interaction, make_person
from tests.customers.pipelines import at
from tests.dashboards.factories import period
from tests.directory.callers import member
from tests.support.scopes import House

NOW = at("2026-05-20T12:00")
MAY = period("2026-05-01", "2026-05-31", "UTC")
Shown = Callable[..., list[tuple[str, str, str]]]


@pytest.fixture
def bob(house: House) -> Any:
    return member(house, "customers.*").pk


@pytest.fixture
def shown(house: House, bob: Any) -> Shown:
    def show(widget: str, **settings: Any) -> list[tuple[str, str, str]]:
        scope = house.scope(house.north, actor_id=bob)
        with clock.frozen(NOW), using_scope(scope), scoped_transaction():
            data = DASHBOARD_WIDGETS[widget].data({"limit": 8} | settings, MAY)
        assert isinstance(data, ListData)
        return [(str(entry.text), str(entry.note), entry.tone) for entry in data.entries]

    return show


def test_tasks_are_ones_own_with_the_late_ones_first(house: House, bob: Any, shown: Shown) -> None:
    ada = make_person(house, "Ada Lovelace")
    mine = {"owner_id": bob, "type": "task"}
    make_interaction(house, "Some day", **mine)
    make_interaction(house, "Soon", scheduled_at=NOW + timedelta(days=1), customer_id=ada.pk, **mine)
    make_interaction(house, "Late", scheduled_at=NOW - timedelta(days=2), **mine)
    make_interaction(house, "Done", scheduled_at=NOW, status="done", **mine)
    make_interaction(house, "Another's", type="task", owner_id=house.tenant.pk)
    make_interaction(house, "No task", type="call", owner_id=bob, scheduled_at=NOW)
    assert shown("customers.my_tasks") == [
        ("Late", "18 May 2026", "danger"),
        ("Soon", "21 May 2026 · Ada Lovelace", "neutral"),
        ("Some day", "", "neutral"),
    ]
    assert [title for title, _note, _tone in shown("customers.my_tasks", limit=1)] == ["Late"]


def test_what_comes_next_is_planned_and_of_a_series_only_the_nearest(house: House, bob: Any, shown: Shown) -> None:
    ada = make_person(house, "Ada Lovelace")
    mine = {"owner_id": bob, "type": "call"}
    series = {"recurrence": "FREQ=DAILY", "time_zone": "UTC"}
    make_interaction(house, "Every day", scheduled_at=NOW - timedelta(days=3, hours=-1), **series, **mine)
    make_interaction(house, "Visit", scheduled_at=NOW + timedelta(hours=2), customer_id=ada.pk, **mine)
    make_interaction(house, "Past", scheduled_at=NOW - timedelta(days=1), **mine)
    make_interaction(house, "A task", type="task", owner_id=bob, scheduled_at=NOW + timedelta(hours=1))
    assert shown("customers.next_interactions") == [
        ("Every day", "20 May 2026, 13:00", "neutral"),
        ("Visit", "20 May 2026, 14:00 · Ada Lovelace", "neutral"),
    ]
