"""The week and the day of the calendar: what stands among the hours, and is dropped there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.auth.models import User
from apps.customers.models import Interaction, OccurrenceChange
from apps.kernel import clock
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_interaction
from tests.customers.test_calendar_moves import CALENDAR, at, now, text
from tests.support.scopes import House, seeding

MONDAY = datetime(2027, 3, 22, 9, tzinfo=UTC)
BACK = "?view=week&day=2027-03-22"
PIECE = re.compile(r'<li class="ci-piece ([^"]+)"(.*?)</li>', re.DOTALL)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def alice(house: House) -> Client:
    """Somebody in Warsaw, where it is an hour later than in UTC, and from 28 March 2027 two."""
    return signed_in(staff(house, "Alice", "customers.*"))


def staff(house: House, name: str, *features: str) -> User:
    role = make_role(house, *features)
    return make_user(house, name=name, roles=(role,), home_organization_id=house.north.pk, time_zone="Europe/Warsaw")


def pieces(client: Client, query: str = BACK) -> dict[str, list[str]]:
    """Styles of the pieces of each title, in the order of the page."""
    answer = client.get(f"{CALENDAR}{query}")
    assert answer.status_code == 200
    found: dict[str, list[str]] = {}
    for place, rest in PIECE.findall(answer.content.decode()):
        [title] = re.findall(r'data-kind="[a-z]+" title="([^"]+)"', rest)
        found.setdefault(html.unescape(title), []).append(place.replace(" ci-entry", ""))
    return found


def drop(client: Client, row: Interaction, day: str, time: str, **more: Any) -> Any:
    seen = row.scheduled_at.isoformat() if row.scheduled_at else ""
    body = {"version": 1, "starts": seen, "from": "2027-03-22", "to": day, "time": time, **more}
    return client.post(at(row, back=BACK), body)


def test_a_week_shows_hours_and_what_stands_beside_what(alice: Client, house: House) -> None:
    make_interaction(house, "Call", scheduled_at=MONDAY, duration_minutes=45)
    make_interaction(house, "Visit", scheduled_at=MONDAY + timedelta(minutes=30), duration_minutes=60)
    make_interaction(house, "Night", scheduled_at=MONDAY.replace(hour=22), duration_minutes=180)
    assert pieces(alice) == {
        "Call": ["ci-h10 ci-m0 ci-lh0 ci-lm3 ci-lane0 ci-of2"],
        "Visit": ["ci-h10 ci-m2 ci-lh1 ci-lm0 ci-lane1 ci-of2"],
        "Night": ["ci-h23 ci-m0 ci-lh1 ci-lm0 ci-lane0 ci-of1", "ci-h0 ci-m0 ci-lh2 ci-lm0 ci-lane0 ci-of1"],
    }
    assert pieces(alice, "?view=day&day=2027-03-23") == {"Night": ["ci-h0 ci-m0 ci-lh2 ci-lm0 ci-lane0 ci-of1"]}


def test_what_is_of_days_stands_above_the_hours(alice: Client, house: House) -> None:
    make_interaction(house, "Day off", scheduled_at=MONDAY.replace(hour=0), is_all_day=True)
    make_interaction(house, "Fair", scheduled_at=MONDAY, duration_minutes=2 * 24 * 60)
    assert pieces(alice) == {}
    shown = text(alice.get(f"{CALENDAR}{BACK}"))
    assert (shown.count('title="Day off"'), shown.count('title="Fair"')) == (1, 3)


@pytest.mark.parametrize("zone", ["Europe/Warsaw", "America/Los_Angeles", "Asia/Tokyo"])
def test_what_lasts_all_day_stands_on_its_own_days_wherever_the_reader_is(house: House, zone: str) -> None:
    role = make_role(house, "customers.*")
    reader = signed_in(make_user(house, roles=(role,), home_organization_id=house.north.pk, time_zone=zone))
    row = make_interaction(house, "Day off", scheduled_at=MONDAY.replace(hour=0), is_all_day=True)
    for view in ("month", "week"):
        page = reader.get(f"{CALENDAR}?view={view}&day=2027-03-22").content.decode()
        assert re.findall(r'data-from="([0-9-]+)"', page) == ["2027-03-22"], view
    for day, count in (("21", 0), ("22", 1), ("23", 0)):
        page = reader.get(f"{CALENDAR}?view=day&day=2027-03-{day}").content.decode()
        assert page.count('title="Day off"') == count, day
    drop(reader, row, "2027-03-25", "")
    assert now(house, row).scheduled_at == MONDAY.replace(day=25, hour=0)


def test_a_day_leads_to_its_neighbours_and_to_its_week(alice: Client) -> None:
    page = alice.get(f"{CALENDAR}?view=day&day=2027-03-22")
    assert page.context["heading"] == "Monday, 22 March 2027"
    assert (page.context["previous"], page.context["following"]) == (
        "?view=day&day=2027-03-21",
        "?view=day&day=2027-03-23",
    )
    assert [head.date.day for head in page.context["heads"]] == list(range(22, 29))
    assert [(head.date.day, head.is_chosen) for head in page.context["heads"] if head.is_today] == [(22, True)]
    assert "scheduled_at=2027-03-22T09:00" in text(page)
    assert "Nothing is planned in this time." in text(page)


def test_the_first_hour_in_sight_is_eight_or_that_of_something_planned_earlier(alice: Client, house: House) -> None:
    make_interaction(house, "Done", scheduled_at=MONDAY.replace(hour=2), status="done")
    make_interaction(house, "Late", scheduled_at=MONDAY.replace(hour=20))
    assert alice.get(f"{CALENDAR}{BACK}").context["opens_at"] == 8
    make_interaction(house, "Early", scheduled_at=MONDAY.replace(hour=5))
    assert 'data-opens-at="6"' in text(alice.get(f"{CALENDAR}{BACK}"))


def test_the_day_on_which_clocks_go_forward_shows_the_hour_that_is_not_there(alice: Client) -> None:
    week = alice.get(f"{CALENDAR}{BACK}").content.decode()
    assert re.findall(r'class="ci-gap ([^"]+)"', week) == [f"ci-h2 ci-m{quarter}" for quarter in range(4)]
    assert "ci-gap" not in alice.get(f"{CALENDAR}?view=day&day=2027-03-22").content.decode()


def test_what_is_dropped_at_an_hour_is_planned_for_it_where_the_reader_is(alice: Client, house: House) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY + timedelta(minutes=7), duration_minutes=45)
    answer = drop(alice, row, "2027-03-29", "15:15")
    assert (answer.status_code, answer["Location"]) == (302, f"{CALENDAR}{BACK}")
    moved = now(house, row)
    assert (moved.scheduled_at, moved.duration_minutes) == (datetime(2027, 3, 29, 13, 15, tzinfo=UTC), 45)
    said = text(alice.get(f"{CALENDAR}{BACK}"))
    assert "“Call” is planned for 29 Mar 2027, 15:15 now." in said
    assert "clocks go forward" not in said


def test_without_an_hour_the_time_of_day_is_kept_when_the_clocks_have_changed(alice: Client, house: House) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY)
    assert drop(alice, row, "2027-03-29", "").status_code == 302
    assert now(house, row).scheduled_at == datetime(2027, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "planned", "words"),
    [
        ("2027-03-28", datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "28 Mar 2027, 03:30 now. The clocks go forward"),
        ("2027-10-31", datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "31 Oct 2027, 02:30 now."),
    ],
)
def test_a_time_that_is_skipped_is_later_and_of_one_that_comes_twice_the_first_counts(
    alice: Client, house: House, day: str, planned: datetime, words: str
) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY)
    assert drop(alice, row, day, "02:30").status_code == 302
    assert now(house, row).scheduled_at == planned
    assert words in text(alice.get(f"{CALENDAR}{BACK}"))


@pytest.mark.parametrize(
    ("typed", "status", "planned"),
    [
        ("2027-03-28T02:30", 400, MONDAY),
        ("2027-10-31T02:30", 302, datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("2027-10-31T03:30", 302, datetime(2027, 10, 31, 2, 30, tzinfo=UTC)),
    ],
)
def test_a_typed_time_that_is_skipped_is_refused(
    alice: Client, house: House, typed: str, status: int, planned: datetime
) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY)
    answer = alice.post(at(row, back=BACK), {"version": 1, "starts_at": typed})
    assert (answer.status_code, now(house, row).scheduled_at) == (status, planned)
    assert ("may not exist" in text(answer)) == (status == 400)


def test_one_of_a_series_is_dropped_at_an_hour(alice: Client, house: House) -> None:
    row = make_interaction(house, "Daily", scheduled_at=MONDAY, recurrence="FREQ=DAILY", time_zone="Europe/Warsaw")
    second = MONDAY + timedelta(days=1)
    body = {"version": 1, "starts": second.isoformat(), "from": "2027-03-23", "to": "2027-03-23", "time": "08:45"}
    assert alice.post(at(row, second, back=BACK), body).status_code == 302
    with seeding(house.scope()):
        [change] = OccurrenceChange.objects.all()
    assert (change.original_at, change.starts_at) == (second, datetime(2027, 3, 23, 7, 45, tzinfo=UTC))
    assert pieces(alice)["Daily"][:2] == [
        "ci-h10 ci-m0 ci-lh0 ci-lm2 ci-lane0 ci-of1",
        "ci-h8 ci-m3 ci-lh0 ci-lm2 ci-lane0 ci-of1",
    ]


def test_the_second_of_two_is_shown_both_times(alice: Client, house: House) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY)
    bob = signed_in(staff(house, "Bob", "customers.*"))
    assert drop(bob, row, "2027-03-22", "12:00").status_code == 302
    late = drop(alice, row, "2027-03-28", "02:30")
    assert late.status_code == 412
    for word in (
        "planned for 22 Mar 2027, 12:00 now",
        "What you wanted: 28 Mar 2027, 03:30",
        'value="2027-03-28T03:30"',
    ):
        assert word in text(late), word
    assert now(house, row).scheduled_at == datetime(2027, 3, 22, 11, tzinfo=UTC)


def test_a_day_that_is_too_far_ahead_is_refused_with_its_time(alice: Client, house: House) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY)
    refused = drop(alice, row, "2250-01-01", "10:15")
    assert (refused.status_code, "This is too far ahead." in text(refused)) == (400, True)
    assert 'value="2250-01-01T10:15"' in refused.content.decode()
    assert now(house, row).version == 1


@pytest.mark.parametrize("time", ["25:00", "noon", "10:15+02:00", "10:15:30"])
def test_a_time_that_is_none_moves_nothing(alice: Client, house: House, time: str) -> None:
    row = make_interaction(house, "Call", scheduled_at=MONDAY)
    assert drop(alice, row, "2027-03-23", time).status_code == 404
    assert now(house, row).version == 1


def test_whoever_only_looks_gets_nothing_to_drag(house: House) -> None:
    make_interaction(house, "Call", scheduled_at=MONDAY)
    looking = signed_in(staff(house, "Eve", "customers.interactions.view"))
    page = looking.get(f"{CALENDAR}{BACK}").content.decode()
    assert ("ci-piece" in page, 'draggable="true"' in page, "data-new" in page) == (True, False, False)
