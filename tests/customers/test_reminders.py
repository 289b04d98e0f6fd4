"""Reminders: said once to those who are concerned, moved with the plan, and none for what is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.auth.models import User
from apps.customers import services
from apps.customers.models import SentReminder
from apps.customers.services import reminders
from apps.customers.services.reminders import REMIND, plan_all, plan_reminders
from apps.kernel import clock
from apps.kernel.clock import FrozenClock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.customers.factories import make_interaction, make_person
from tests.directory.callers import client_of, member, send
from tests.kernel.events_probes import run_all
from tests.notifications.notices import notifications
from tests.support.scopes import House, reading

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
SOON: dict[str, Any] = {"title": "Call Ada", "scheduled_at": MONDAY + timedelta(hours=1), "reminder_minutes": 15}


@pytest.fixture(autouse=True)
def monday() -> Iterator[FrozenClock]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


@pytest.fixture
def carol(house: House) -> User:
    return member(house, "customers.*", "audit_logs.*", name="Carol")


def plan(house: House, **values: Any) -> UUID:
    with using_scope(house.scope(house.north)):
        row = services.create_interaction(**{**SOON, **values})
    run_all()
    return UUID(str(row.pk))


def act(house: House, command: Any, *args: Any, **values: Any) -> None:
    with using_scope(house.scope(house.north)):
        command(*args, **values)
    run_all()


def at(minutes: float) -> None:
    """Have workers do what is due so many minutes after nine."""
    with clock.frozen(MONDAY + timedelta(minutes=minutes)):
        sweep()
        sweep()


def said(house: House) -> list[tuple[str, str]]:
    return [(row.title, row.body) for row in notifications(house)]


def test_those_who_are_concerned_are_reminded_once(house: House, carol: User) -> None:
    dave, erin = (member(house, "customers.*", name=name) for name in ("Dave", "Erin"))
    people = [
        {"user_id": carol.pk},
        {"user_id": dave.pk, "answer": "accepted"},
        {"user_id": erin.pk, "answer": "declined"},
    ]
    plan(house, owner_id=carol.pk, participants=people, location="Room 5")
    at(44)
    assert said(house) == []
    for minute in (45, 46, 60, 90):
        at(minute)
    assert Counter(row.recipient_id for row in notifications(house)) == {carol.pk: 1, dave.pk: 1}
    assert said(house)[0] == ("Call Ada", "2026-11-30 10:00 · Room 5")


def test_a_reminder_goes_with_the_plan(house: House, carol: User) -> None:
    row = plan(house, owner_id=carol.pk)
    act(house, services.reschedule_interaction, row, scheduled_at=MONDAY + timedelta(hours=3))
    at(60)
    assert said(house) == []
    act(house, services.reschedule_interaction, row, scheduled_at=MONDAY + timedelta(hours=2))
    at(105)
    assert [body for _title, body in said(house)] == ["2026-11-30 11:00"]


def test_undo_of_a_new_plan_brings_the_former_reminder_back(house: House, carol: User) -> None:
    row = plan(house, owner_id=carol.pk)
    caller: Client = client_of(carol, organization=house.north)
    path = f"/api/customers/interactions/{row}/"
    moved = send(caller, "patch", path, {"scheduled_at": "2026-12-24T09:00:00Z"})
    run_all()
    undone = send(caller, "post", f"/api/audit_logs/actions/{moved['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    run_all()
    at(46)
    assert [body for _title, body in said(house)] == ["2026-11-30 10:00"]


@pytest.mark.parametrize("command", ["complete_interaction", "cancel_interaction", "delete_interaction"])
def test_nobody_is_reminded_of_what_is_done_with(house: House, carol: User, command: str) -> None:
    row = plan(house, owner_id=carol.pk)
    act(house, getattr(services, command), row)
    at(50)
    assert said(house) == []
    assert not Work.objects.filter(kind=REMIND).exists()


def test_what_begins_before_the_reminder_could_be_said_is_reminded_of_at_once(house: House, carol: User) -> None:
    plan(house, owner_id=carol.pk, reminder_minutes=120)
    at(0.1)
    assert len(said(house)) == 1
    plan(house, title="Yesterday", owner_id=carol.pk, scheduled_at=MONDAY - timedelta(days=1))
    at(1)
    assert len(said(house)) == 1


def test_each_one_of_a_series_is_reminded_of_as_it_was_changed(house: House, carol: User) -> None:
    row = plan(house, owner_id=carol.pk, recurrence="FREQ=DAILY;COUNT=4")
    day = timedelta(days=1)
    first = MONDAY + timedelta(hours=1)
    act(house, services.cancel_occurrence, row, original_at=first + day)
    act(
        house,
        services.move_occurrence,
        row,
        original_at=first + 2 * day,
        starts_at=first + 2 * day + timedelta(hours=5),
    )
    for minute in range(0, 5 * 24 * 60, 60):
        at(minute)
    assert [body for _title, body in said(house)] == ["2026-11-30 10:00", "2026-12-02 15:00", "2026-12-03 10:00"]
    assert not Work.objects.filter(kind=REMIND).exists()


def test_one_of_an_endless_series_is_reminded_of_when_it_takes_place(house: House, carol: User) -> None:
    row = plan(house, owner_id=carol.pk, recurrence="FREQ=DAILY")
    first, hour = MONDAY + timedelta(hours=1), timedelta(hours=1)
    act(house, services.move_occurrence, row, original_at=first, starts_at=first + 5 * hour)
    far = first + timedelta(days=200)
    with clock.frozen(MONDAY + timedelta(minutes=1)):
        act(house, services.move_occurrence, row, original_at=far, starts_at=first + 2 * hour)
    for minute in range(0, 26 * 60, 15):
        at(minute)
    assert [body for _title, body in said(house)] == ["2026-11-30 12:00", "2026-11-30 15:00", "2026-12-01 10:00"]


def test_a_private_one_reminds_its_author_alone(house: House, carol: User) -> None:
    dave = member(house, "customers.*", name="Dave")
    caller = client_of(dave, organization=house.north)
    body = {
        "title": "Mine",
        "scheduled_at": "2026-11-30T10:00:00Z",
        "reminder_minutes": 15,
        "owner_id": str(carol.pk),
        "visibility": "private",
        "participants": [{"user_id": str(carol.pk)}],
    }
    assert send(caller, "post", "/api/customers/interactions/", body).status_code == 201
    run_all()
    at(50)
    assert [row.recipient_id for row in notifications(house)] == [dave.pk]


def test_events_and_work_that_come_again_say_nothing_more(house: House, carol: User) -> None:
    row = plan(house, owner_id=carol.pk)
    at(46)
    with clock.frozen(MONDAY + timedelta(minutes=47)), using_scope(house.scope(house.north)), scoped_transaction():
        plan_reminders([row])
        plan_all()
        assert not Work.objects.filter(kind=REMIND).exists()
        enqueue(REMIND, row)
    at(48)
    assert len(said(house)) == 1
    with reading(house.scope(house.north)):
        assert SentReminder.objects.count() == 1


def test_where_workers_stood_still_for_days_nobody_is_told_old_news(house: House, carol: User) -> None:
    plan(house, owner_id=carol.pk)
    at(3 * 24 * 60)
    assert said(house) == []
    plan(house, title="Late by hours", owner_id=carol.pk)
    at(6 * 60)
    assert [title for title, _body in said(house)] == ["Late by hours"]


def test_many_that_change_at_once_are_planned_too(house: House, carol: User) -> None:
    for number in range(3):
        make_interaction(house, **{**SOON, "title": f"No. {number}"}, owner_id=carol.pk)
    with using_scope(house.scope(house.north)), scoped_transaction():
        plan_all()
    at(46)
    assert len(said(house)) == 3


def test_nobody_is_reminded_of_what_they_do_not_see(house: House) -> None:
    """Neither by being in charge nor by taking part: not of what is about somebody restricted, nor without the role."""
    seeing = ("customers.interactions.view", "customers.people.manage")
    dave, frank = (member(house, *seeing, name=name) for name in ("Dave", "Frank"))
    erin = member(house, "sales.*", name="Erin")
    ada = make_person(house)
    everybody = [{"user_id": user.pk} for user in (dave, erin, frank)]
    plan(house, customer_id=ada.pk, owner_id=frank.pk, participants=everybody)
    with using_scope(house.scope(house.north, actor_id=dave.pk)):
        services.PEOPLE.restrict(ada.pk)
    at(46)
    assert [row.recipient_id for row in notifications(house)] == [dave.pk]


def test_moments_are_those_of_the_reader(house: House, carol: User) -> None:
    role = make_role(house, "customers.*")
    yuki = make_user(house, name="Yuki", roles=(role,), time_zone="Asia/Tokyo")
    people = [{"user_id": yuki.pk}, {"user_id": carol.pk}]
    plan(house, participants=people, time_zone="Europe/Warsaw")
    day = {"scheduled_at": MONDAY.replace(hour=23), "is_all_day": True, "time_zone": "Europe/Warsaw"}
    plan(house, title="Fair", participants=people, **day)
    at(46)
    assert {row.recipient_id: row.body for row in notifications(house)} == {
        carol.pk: "2026-11-30 10:00",
        yuki.pk: "2026-11-30 19:00",
    }
    at(15 * 60)
    assert [body for title, body in said(house) if title == "Fair"] == ["2026-12-01"] * 2


def test_a_worker_that_fails_when_it_begins_tells_it_when_tried_again(
    house: House, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(house, owner_id=carol.pk, reminder_minutes=0)

    def fail(*_given: Any) -> Any:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "tenant_zone", fail)
        at(60)
    assert said(house) == []
    for minute in (65, 75):
        at(minute)
    assert len(said(house)) == 1
