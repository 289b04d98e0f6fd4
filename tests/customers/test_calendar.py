"""Calendars: occurrences of series over HTTP, single ones that go another way, conflicts, tasks, and calendar files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.customers.calculations import CalendarEntry, Occurrence, calendar_file, stretch_of
from apps.customers.calculations.icalendar import escaped, folded
from apps.customers.models import Interaction
from apps.customers.selectors import next_interactions, occurrence_at
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.customers.factories import INTERACTIONS, clerk, make_interaction, make_person
from tests.customers.test_interactions import made, press, undo
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House, reading, seeding

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEEK = {"from": "2026-11-30T00:00:00Z", "to": "2026-12-14T00:00:00Z"}
DAILY = {"recurrence": "FREQ=DAILY;INTERVAL=2;COUNT=5", "time_zone": "Europe/Warsaw"}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def occurrences(caller: Client, **asked: str) -> list[tuple[str, str]]:
    answer = caller.get(f"{INTERACTIONS}occurrences/", {**WEEK, **asked})
    assert answer.status_code == 200, answer.content
    return [(item["starts_at"][5:16], item["status"]) for item in answer.json()["results"]]


def test_the_ones_of_a_series_are_there_and_go_their_own_ways(bob: Client) -> None:
    record = made(bob, **DAILY)
    assert record["recurs_until"] == "2026-12-08T09:00:00Z"
    assert occurrences(bob) == [(f"{day}T09:00", "planned") for day in ("11-30", "12-02", "12-04", "12-06", "12-08")]
    assert press(bob, record, "complete-occurrence", original_at="2026-11-30T09:00:00Z").status_code == 200
    assert press(bob, record, "cancel-occurrence", original_at="2026-12-02T09:00:00Z").status_code == 200
    moved = press(bob, record, "move-occurrence", original_at="2026-12-04T09:00:00Z", starts_at="2026-12-10T10:00:00Z")
    assert moved.status_code == 200, moved.content
    now = [
        ("11-30T09:00", "done"),
        ("12-02T09:00", "cancelled"),
        ("12-06T09:00", "planned"),
        ("12-08T09:00", "planned"),
        ("12-10T10:00", "planned"),
    ]
    assert occurrences(bob) == now
    assert occurrences(bob, **{"from": "2026-12-10T00:00:00Z"}) == [("12-10T10:00", "planned")]
    undo(bob, moved)
    assert ("12-04T09:00", "planned") in occurrences(bob)
    reopened = press(bob, record, "reopen-occurrence", original_at="2026-12-02T09:00:00Z")
    assert reopened.status_code == 200
    assert ("12-02T09:00", "planned") in occurrences(bob)


@pytest.mark.parametrize("action", ["complete-occurrence", "cancel-occurrence", "reopen-occurrence"])
def test_what_the_series_does_not_have_is_refused(bob: Client, action: str) -> None:
    record = made(bob, **DAILY)
    for moment in ("2026-12-01T09:00:00Z", "2026-12-10T09:00:00Z"):
        answer = press(bob, record, action, original_at=moment)
        assert complaints(answer) == {"original_at": "customers.occurrence.unknown"}
    once = made(bob)
    assert complaints(press(bob, once, action, original_at="2026-11-30T09:00:00Z")) == {
        "original_at": "customers.occurrence.unknown"
    }


def test_a_single_one_is_finished_once(bob: Client) -> None:
    record = made(bob, **DAILY)
    at = {"original_at": "2026-12-02T09:00:00Z"}
    press(bob, record, "complete-occurrence", **at)
    again = press(bob, record, "cancel-occurrence", **at)
    assert (again.status_code, again.json()["code"]) == (409, "customers.interaction.not_open")
    press(bob, record, "complete")
    assert press(bob, record, "reopen-occurrence", **at).status_code == 409


def test_a_changed_rule_keeps_what_still_fits(bob: Client) -> None:
    record = made(bob, **DAILY)
    for day in ("02", "04"):
        press(bob, record, "complete-occurrence", original_at=f"2026-12-{day}T09:00:00Z")
    longer = send(bob, "patch", f"{INTERACTIONS}{record['id']}/", {"recurrence": "FREQ=DAILY;INTERVAL=4"})
    assert (longer.status_code, longer.json()["recurs_until"]) == (200, None)
    assert occurrences(bob) == [
        ("11-30T09:00", "planned"),
        ("12-04T09:00", "done"),
        ("12-08T09:00", "planned"),
        ("12-12T09:00", "planned"),
    ]
    undo(bob, longer)
    assert occurrences(bob)[1:3] == [("12-02T09:00", "done"), ("12-04T09:00", "done")]


def test_what_began_before_and_lasts_is_there(bob: Client) -> None:
    made(bob, title="Fair", scheduled_at="2026-11-28T09:00:00Z", duration_minutes=4 * 24 * 60)
    made(bob, title="Over", scheduled_at="2026-11-28T09:00:00Z", duration_minutes=60)
    made(bob, title="Day off", scheduled_at="2026-12-01T00:00:00Z", is_all_day=True, duration_minutes=None)
    found = bob.get(f"{INTERACTIONS}occurrences/", WEEK).json()["results"]
    assert [(item["title"], item["is_all_day"]) for item in found] == [("Fair", False), ("Day off", True)]


def test_questions_about_time_are_checked(bob: Client) -> None:
    path = f"{INTERACTIONS}occurrences/"
    assert complaints(bob.get(path)) == {"from": "required", "to": "required"}
    backwards = bob.get(path, {"from": WEEK["to"], "to": WEEK["from"]})
    assert complaints(backwards) == {"to": "customers.calendar.backwards"}
    long = bob.get(path, {"from": "2026-01-01T00:00:00Z", "to": "2028-01-01T00:00:00Z"})
    assert complaints(long) == {"to": "customers.calendar.too_long"}
    assert complaints(bob.get(path, {**WEEK, "type": "party"})) == {"type": "invalid_choice"}
    assert complaints(bob.get(path, {**WEEK, "colour": "red"})) == {"colour": "kernel.parameter.unknown"}


@pytest.mark.parametrize("far", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_moments_beyond_all_calendars_are_refused(bob: Client, far: str) -> None:
    series = f"{INTERACTIONS}{made(bob, **DAILY)['id']}/"
    window = {"from": far, "to": far}
    code = "out_of_reach"
    assert complaints(bob.get(f"{INTERACTIONS}occurrences/", window)) == {"from": code, "to": code}
    assert complaints(bob.get(f"{INTERACTIONS}calendar.ics/", window)) == {"from": code, "to": code}
    asked = {"owner_id": str(uuid7()), "scheduled_at": far}
    assert complaints(bob.get(f"{INTERACTIONS}conflicts/", asked)) == {"scheduled_at": code}
    assert complaints(send(bob, "post", f"{series}reschedule/", {"scheduled_at": far})) == {"scheduled_at": code}
    moved = send(bob, "post", f"{series}move-occurrence/", {"original_at": far, "starts_at": far})
    assert complaints(moved) == {"original_at": code, "starts_at": code}


def test_a_calendar_costs_the_same_for_one_and_for_many(bob: Client, house: House) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            occurrences(bob)
        return len(caught)

    make_interaction(house, scheduled_at=MONDAY, recurrence="FREQ=DAILY")
    queries()
    few = queries()
    for number in range(20):
        make_interaction(house, f"No. {number}", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY" if number % 2 else "")
    assert queries() == few


def test_an_endless_series_gives_a_hundred_and_says_that_there_are_more(bob: Client, house: House) -> None:
    for _number in range(11):
        make_interaction(house, scheduled_at=MONDAY, recurrence="FREQ=DAILY")
    answer = bob.get(f"{INTERACTIONS}occurrences/", {"from": "2026-11-01T00:00:00Z", "to": "2027-11-30T00:00:00Z"})
    assert (len(answer.json()["results"]), answer.json()["is_cut"]) == (1000, True)


def test_one_series_of_which_there_are_more_than_a_hundred_says_so(bob: Client) -> None:
    made(bob, recurrence="FREQ=DAILY", time_zone="UTC")
    for days, expected in ((100, (100, False)), (101, (100, True))):
        end = (MONDAY + timedelta(days=days)).isoformat()
        answer = bob.get(f"{INTERACTIONS}occurrences/", {"from": "2026-11-01T00:00:00Z", "to": end})
        assert (len(answer.json()["results"]), answer.json()["is_cut"]) == expected


def test_one_that_was_moved_and_is_done_stays_where_it_took_place(bob: Client) -> None:
    record = made(bob, recurrence="FREQ=WEEKLY", time_zone="UTC")
    at = {"original_at": "2026-11-30T09:00:00Z"}
    press(bob, record, "move-occurrence", starts_at="2026-12-10T10:00:00Z", **at)
    press(bob, record, "complete-occurrence", **at)
    assert occurrences(bob, **{"from": "2026-12-08T00:00:00Z"}) == [("12-10T10:00", "done")]
    assert occurrences(bob, to="2026-12-01T00:00:00Z") == []


def test_one_of_an_endless_series_that_was_put_off_is_still_the_next(house: House) -> None:
    user, ada = member(house, "customers.*"), make_person(house)
    bob = client_of(user, organization=house.north)
    daily = {"recurrence": "FREQ=DAILY", "time_zone": "UTC", "type": "task", "owner_id": str(user.pk)}
    record = made(bob, customer_id=str(ada.pk), **daily)
    press(bob, record, "move-occurrence", original_at=MONDAY.isoformat(), starts_at="2026-11-30T15:00:00Z")
    far = (MONDAY + timedelta(days=200)).isoformat()
    press(bob, record, "move-occurrence", original_at=far, starts_at="2026-11-30T14:00:00Z")
    with clock.frozen(MONDAY + timedelta(hours=2)), reading(house.scope(house.north)):
        assert next_interactions([ada.pk])[ada.pk].occurrence.starts_at == MONDAY + timedelta(hours=5)


def test_one_that_was_put_off_for_long_is_found_by_when_its_rule_has_it(house: House) -> None:
    bob, later = clerk(house), MONDAY + timedelta(days=200, hours=1)
    record = made(bob, recurrence="FREQ=DAILY", time_zone="UTC")
    press(bob, record, "move-occurrence", original_at=MONDAY.isoformat(), starts_at=later.isoformat())
    with reading(house.scope(house.north)):
        found = occurrence_at(Interaction.objects.get(pk=record["id"]), MONDAY)
    assert found is not None
    assert found.starts_at == later


def test_what_is_in_the_way_is_named_series_included(bob: Client, house: House) -> None:
    owner = str(member(house, "customers.*", name="Carol").pk)
    weekly = made(bob, title="Weekly", owner_id=owner, recurrence="FREQ=WEEKLY", time_zone="Europe/Warsaw")
    made(bob, title="No length", owner_id=owner, scheduled_at="2026-12-14T10:00:00Z", duration_minutes=None)
    made(bob, title="Somebody else's", scheduled_at="2026-12-14T09:15:00Z")
    made(bob, title="All day", owner_id=owner, is_all_day=True, scheduled_at="2026-12-14T00:00:00Z")

    def titles(at: str, **asked: Any) -> list[str]:
        answer = bob.get(f"{INTERACTIONS}conflicts/", {"owner_id": owner, "scheduled_at": at, **asked})
        assert answer.status_code == 200, answer.content
        return [item["title"] for item in answer.json()["results"]]

    assert titles("2026-12-14T09:15:00Z") == ["Weekly"]
    assert titles("2026-12-14T09:29:00Z", duration_minutes=60) == ["Weekly", "No length"]
    assert titles("2026-12-14T09:30:00Z") == []
    assert titles("2026-12-14T10:29:00Z") == ["No length"]
    assert titles("2026-12-14T08:30:00Z") == []
    assert titles("2026-12-14T09:15:00Z", without=weekly["id"]) == []
    press(bob, weekly, "cancel-occurrence", original_at="2026-12-14T09:00:00Z")
    assert titles("2026-12-14T09:15:00Z") == []


def test_what_comes_next_with_customers_is_found_in_a_few_queries(house: House) -> None:
    ada, grace, joan = (make_person(house, name) for name in ("Ada L", "Grace H", "Joan C"))
    make_interaction(house, "Later", customer_id=ada.pk, scheduled_at=MONDAY + timedelta(days=9))
    make_interaction(house, "Small", customer_id=ada.pk, scheduled_at=MONDAY + timedelta(days=2), priority=1)
    make_interaction(house, "Big", customer_id=ada.pk, scheduled_at=MONDAY + timedelta(days=2), priority=4)
    make_interaction(house, "Done", customer_id=ada.pk, scheduled_at=MONDAY, status="done")
    make_interaction(
        house, "Weekly", customer_id=grace.pk, scheduled_at=MONDAY - timedelta(days=700), recurrence="FREQ=WEEKLY"
    )
    make_interaction(house, "Late", customer_id=joan.pk, scheduled_at=MONDAY - timedelta(days=3))
    scope = house.scope(house.north)
    with reading(scope), CaptureQueriesContext(connection) as caught:
        found = next_interactions([ada.pk, grace.pk, joan.pk])
    named = {key: (item.interaction.title, item.occurrence.starts_at) for key, item in found.items()}
    assert named == {
        ada.pk: ("Big", MONDAY + timedelta(days=2)),
        grace.pk: ("Weekly", MONDAY),
        joan.pk: ("Late", MONDAY - timedelta(days=3)),
    }
    assert len(caught) == 4


def test_tasks_stand_in_the_stretch_in_which_they_are_due(house: House) -> None:
    user = member(house, "customers.*")
    bob = client_of(user, organization=house.north)
    own = {"owner_id": user.pk, "type": "task"}
    for title, days in (("Late", -1), ("Today", 0.2), ("Week", 3), ("Later", 30)):
        make_interaction(house, title, scheduled_at=MONDAY + timedelta(days=days), **own)
    make_interaction(house, "Some day", **own)
    make_interaction(house, "Water plants", scheduled_at=MONDAY - timedelta(days=70), recurrence="FREQ=WEEKLY", **own)
    rare = {"recurrence": "FREQ=YEARLY;INTERVAL=4", "scheduled_at": MONDAY - timedelta(days=300), **own}
    make_interaction(house, "Election", **rare)
    make_interaction(house, "A call", owner_id=user.pk, type="call", scheduled_at=MONDAY)
    make_interaction(house, "Not mine", type="task", scheduled_at=MONDAY)
    found = bob.get(f"{INTERACTIONS}tasks/").json()["results"]
    assert [(item["title"], item["stretch"]) for item in found] == [
        ("Water plants", "overdue"),
        ("Late", "overdue"),
        ("Today", "today"),
        ("Week", "week"),
        ("Later", "later"),
        ("Election", "later"),
        ("Some day", "undated"),
    ]


@pytest.mark.parametrize("behind", ["ended", "late"])
def test_what_is_due_is_found_whatever_lies_behind(house: House, behind: str) -> None:
    user = member(house, "customers.*")
    own = {"owner_id": user.pk, "type": "task"}
    old = MONDAY - timedelta(days=200)
    ended = {"recurrence": "FREQ=DAILY;COUNT=2", "recurs_until": old + timedelta(days=1)} if behind == "ended" else {}
    for number in range(202):
        make_interaction(house, f"Old {number}", scheduled_at=old + timedelta(minutes=number), **ended, **own)
    make_interaction(house, "Today", scheduled_at=MONDAY + timedelta(hours=1), **own)
    make_interaction(house, "All day", scheduled_at=MONDAY.replace(hour=0), is_all_day=True, time_zone="UTC", **own)
    make_interaction(house, "Every day", scheduled_at=MONDAY.replace(hour=15), recurrence="FREQ=DAILY", **own)
    make_interaction(house, "Some day", **own)
    answer = client_of(user, organization=house.north).get(f"{INTERACTIONS}tasks/").json()
    titles = [item["title"] for item in answer["results"]]
    assert titles[-4:] == ["All day", "Today", "Every day", "Some day"]
    late = [f"Old {number}" for number in range(102, 202)] if behind == "late" else []
    assert (titles[:-4], answer["is_cut"]) == (late, behind == "late")


def test_one_that_an_ended_series_put_off_is_still_to_be_done(house: House) -> None:
    user = member(house, "customers.*")
    bob, old = client_of(user, organization=house.north), MONDAY - timedelta(days=200)
    record = made(
        bob, type="task", owner_id=str(user.pk), scheduled_at=old.isoformat(), recurrence="FREQ=DAILY;COUNT=2"
    )
    at = record["scheduled_at"]
    moved = press(bob, record, "move-occurrence", original_at=at, starts_at="2026-12-01T10:00:00Z")
    assert moved.status_code == 200, moved.content
    found = bob.get(f"{INTERACTIONS}tasks/").json()["results"]
    assert [(item["original_at"], item["due_at"]) for item in found] == [(at, "2026-12-01T10:00:00Z")]


def test_series_that_ended_keep_no_customer_from_what_comes_next(house: House) -> None:
    ada, old = make_person(house, "Ada Lovelace"), MONDAY - timedelta(days=200)
    ended = {"recurrence": "FREQ=DAILY;COUNT=2", "recurs_until": old + timedelta(days=1)}
    with seeding(house.scope(house.north)):
        Interaction.objects.bulk_create(
            Interaction(title="Old", scheduled_at=old, customer_id=ada.pk, **ended) for _number in range(1001)
        )
    make_interaction(house, "Weekly", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY", customer_id=ada.pk)
    with reading(house.scope(house.north)):
        assert next_interactions([ada.pk])[ada.pk].interaction.title == "Weekly"


def test_the_own_calendar_is_a_file_that_programs_read(house: House) -> None:
    user = member(house, "customers.*")
    bob = client_of(user, organization=house.north)
    made(bob, title="Tea; cake, \\ more", body="One\nTwo", owner_id=str(user.pk), location="Łódź " * 20)
    made(bob, title="Day", is_all_day=True, owner_id=str(user.pk), scheduled_at="2026-12-01T00:00:00Z")
    made(bob, title="Invited", participants=[{"user_id": str(user.pk)}], **DAILY)
    made(bob, title="Declined", participants=[{"user_id": str(user.pk), "answer": "declined"}])
    made(bob, title="Somebody else's")
    answer = bob.get(f"{INTERACTIONS}calendar.ics", WEEK, headers={"Accept": "text/calendar"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    text = answer.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:Tea\\; cake\\, \\\\ more" in whole
    assert "DESCRIPTION:One\\nTwo" in whole
    assert "DTSTART:20261130T090000Z\r\nDTEND:20261130T093000Z" in whole
    assert "DTSTART;VALUE=DATE:20261201" in whole
    assert (whole.count("SUMMARY:Invited"), whole.count("SUMMARY:")) == (5, 7)
    uids = [line for line in whole.split("\r\n") if line.startswith("UID:")]
    assert len(set(uids)) == 7


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "ends"),
    [
        ("Europe/Warsaw", "2026-10-25", None, "20261026"),  # a day of 25 hours
        ("Europe/Warsaw", "2026-10-24", 2880, "20261026"),
        ("Europe/Warsaw", "2026-03-29", None, "20260330"),  # a day of 23 hours
        ("Asia/Tokyo", "2026-12-02", None, "20261203"),
        ("America/Los_Angeles", "2026-12-02", None, "20261203"),
    ],
)
def test_what_lasts_all_day_is_of_its_own_days(house: House, zone: str, day: str, minutes: Any, ends: str) -> None:
    user, start = member(house, "customers.*"), datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    bob = client_of(user, organization=house.north)
    values = {"time_zone": zone, "scheduled_at": start.isoformat(), "duration_minutes": minutes}
    made(bob, is_all_day=True, owner_id=str(user.pk), **values)
    asked = {"from": (start - timedelta(days=9)).isoformat(), "to": (start + timedelta(days=9)).isoformat()}
    text = bob.get(f"{INTERACTIONS}calendar.ics", asked).content.decode()
    assert f"DTSTART;VALUE=DATE:{start:%Y%m%d}\r\nDTEND;VALUE=DATE:{ends}\r\n" in text
    over = datetime.strptime(ends, "%Y%m%d").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for moment, count in ((over - timedelta(minutes=1), 1), (over, 0)):
        asked = {"from": moment.isoformat(), "to": (moment + timedelta(hours=1)).isoformat()}
        assert len(bob.get(f"{INTERACTIONS}occurrences/", asked).json()["results"]) == count


@given(st.text(max_size=300))
def test_folded_lines_are_short_and_whole_again(text: str) -> None:
    line = f"SUMMARY:{escaped(text)}"
    pieces = list(folded(line))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert "\r" not in line
    assert "\n" not in line


def test_a_file_without_entries_is_one_too() -> None:
    text = calendar_file([], name="x", made_at=MONDAY)
    assert (text.splitlines()[0], text.splitlines()[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    entry = CalendarEntry("1", MONDAY, MONDAY, is_all_day=False, zone=ZoneInfo("UTC"), title="x", is_cancelled=True)
    text = calendar_file([entry], name="x", made_at=MONDAY)
    assert "STATUS:CANCELLED" in text
    assert "DTEND" not in text


@pytest.mark.parametrize(
    ("days", "all_day", "expected"),
    [
        (None, False, "undated"),
        (-0.01, False, "overdue"),
        (-0.2, True, "today"),
        (-1, True, "overdue"),
        (0.3, False, "today"),
        (6, False, "week"),
        (7, False, "later"),
    ],
)
def test_how_near_something_is(days: float | None, all_day: bool, expected: str) -> None:
    begins = MONDAY + timedelta(days=days or 0)
    item = Occurrence(uuid7(), begins, begins, "planned", is_all_day=all_day)
    found = stretch_of(None if days is None else item, now=MONDAY, zone=ZoneInfo("Europe/Warsaw"))
    assert found == expected


@pytest.mark.parametrize(("hour", "expected"), [(7, "week"), (9, "today"), (31, "today"), (33, "overdue")])
def test_what_lasts_all_day_is_due_on_its_own_day_wherever_the_reader_is(hour: int, expected: str) -> None:
    begins = datetime(2026, 12, 2, tzinfo=UTC)  # which is the first of December in Los Angeles, eight hours behind
    item = Occurrence(uuid7(), begins, begins + timedelta(days=1), "planned", is_all_day=True)
    assert stretch_of(item, now=begins + timedelta(hours=hour), zone=ZoneInfo("America/Los_Angeles")) == expected
