"""Pages of interactions in the back office: the form with its recurrence, the calendar and the tasks."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.auth.models import User
from apps.customers import services
from apps.customers.admin.repeating import picked, rule_of
from apps.customers.calculations import parse_rule, rule_text
from apps.customers.models import Interaction, OccurrenceChange
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_interaction, make_person
from tests.directory.callers import client_of
from tests.support.scopes import House, seeding

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
ADD = "admin:customers_interaction_add"
CALENDAR, TASKS = "/backend/customers/calendar/", "/backend/customers/tasks/"
BODY = {
    "type": "call",
    "priority": "2",
    "title": "Call Ada",
    "visibility": "shared",
    "scheduled_at": "2026-12-08T09:00",
    "participants-TOTAL_FORMS": 0,
    "participants-INITIAL_FORMS": 0,
}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def user(house: House) -> User:
    role = make_role(house, "customers.*", "audit_logs.*")
    return make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk)


@pytest.fixture
def alice(user: User) -> Client:
    return signed_in(user)


def only(house: House) -> Interaction:
    with seeding(house.scope()):
        row: Interaction = Interaction.objects.get()
    return row


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_an_interaction_is_added_with_a_customer_colleagues_and_a_recurrence(
    alice: Client, house: House, user: User
) -> None:
    ada = make_person(house)
    body = {
        **BODY,
        "customer_id": ada.pk,
        "owner_id": user.pk,
        "repeats": "weekday",
        "every": 2,
        "ends": "count",
        "times": 6,
        "time_zone": "Europe/Warsaw",
        "reminder_minutes": 15,
        "participants-TOTAL_FORMS": 1,
        "participants-0-user_id": user.pk,
        "participants-0-answer": "accepted",
    }
    answer = alice.post(reverse(ADD), body, follow=True)
    assert answer.status_code == 200, text(answer)
    row = only(house)
    assert (row.recurrence, row.customer_id) == ("FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=2TU", ada.pk)
    page = alice.get(reverse("admin:customers_interaction_change", args=[row.pk]))
    initial = page.context["adminform"].form.initial
    assert [initial[name] for name in ("repeats", "every", "ends", "times")] == ["weekday", 2, "count", 6]
    assert "Ada Lovelace" in text(page)
    saved = alice.post(
        reverse("admin:customers_interaction_change", args=[row.pk]),
        {**BODY, "title": "Call Grace", "expected_version": row.version, "repeats": ""},
        follow=True,
    )
    assert saved.status_code == 200
    assert (only(house).title, only(house).recurrence) == ("Call Grace", "")


def test_what_is_wrong_stands_beside_its_input(alice: Client, house: House) -> None:
    body = {**BODY, "repeats": "weekly", "weekdays": ["MO"], "ends": "count"}
    assert "Say how many times." in text(alice.post(reverse(ADD), body))
    shown = text(alice.post(reverse(ADD), {**body, "times": 3}))
    assert "The first one would be on 2026-12-14." in shown
    own = text(alice.post(reverse(ADD), {**BODY, "repeats": "own", "recurrence": "FREQ=HOURLY"}))
    assert "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY." in own
    with seeding(house.scope()):
        assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"repeats": "daily"}, "FREQ=DAILY"),
        ({"repeats": "daily", "every": 3, "ends": "count", "times": 4}, "FREQ=DAILY;INTERVAL=3;COUNT=4"),
        ({"repeats": "weekly", "weekdays": ["MO", "FR"]}, "FREQ=WEEKLY;BYDAY=MO,FR"),
        (
            {"repeats": "monthly", "ends": "until", "last_day": MONDAY.date()},
            "FREQ=MONTHLY;UNTIL=20261130T235959",
        ),
        ({"repeats": "weekday"}, "FREQ=MONTHLY;BYDAY=-1MO"),
        ({"repeats": "yearly"}, "FREQ=YEARLY"),
        ({"repeats": "own", "recurrence": "FREQ=YEARLY;BYMONTH=2"}, "FREQ=YEARLY;BYMONTH=2"),
    ],
)
def test_a_recurrence_in_words_is_a_rule_and_is_shown_in_the_same_words(given: dict[str, Any], rule: str) -> None:
    made = rule_text(parse_rule(rule_of({**given, "scheduled_at": MONDAY})))
    assert made == rule
    shown = picked(made)
    assert {name: shown.get(name) for name in given if name != "recurrence"} == {
        name: value for name, value in given.items() if name != "recurrence"
    }


def test_a_month_and_a_week_show_what_is_planned(alice: Client, house: House, user: User) -> None:
    assert "Nothing is planned in this time." in text(alice.get(CALENDAR))
    make_interaction(house, "Daily", scheduled_at=MONDAY, recurrence="FREQ=DAILY;COUNT=3", owner_id=user.pk)
    make_interaction(house, "Fair", type="event", scheduled_at=MONDAY, duration_minutes=3 * 24 * 60)
    make_interaction(house, "Day off", scheduled_at=MONDAY.replace(hour=0), is_all_day=True)
    for number in range(4):
        make_interaction(house, f"No. {number}", scheduled_at=MONDAY + timedelta(hours=1))
    month = text(alice.get(CALENDAR, {"day": "2026-11-30"}))
    assert (month.count('title="Daily"'), month.count('title="Fair"'), month.count('title="Day off"')) == (3, 4, 1)
    assert "November 2026" in month
    assert "3 more" in month
    week = text(alice.get(CALENDAR, {"day": "2026-11-30", "view": "week", "type": ["event"]}))
    assert (week.count('title="Fair"'), week.count('title="Daily"')) == (4, 0)
    mine = text(alice.get(CALENDAR, {"day": "2026-11-30", "view": "week", "owner": "me"}))
    assert (mine.count('title="Fair"'), mine.count('title="Daily"')) == (0, 3)


def test_a_calendar_of_nonsense_is_that_of_today(alice: Client) -> None:
    asked = {"day": "2026-99-99", "view": "decade", "owner": "'; --", "type": "party"}
    answer = alice.get(CALENDAR, asked)
    assert (answer.status_code, answer.context["heading"]) == (200, "November 2026")
    assert alice.get(CALENDAR, {"day": "0001-01-01"}).context["heading"] == "January 1970"
    assert alice.get(CALENDAR, {"day": "9999-12-31"}).context["heading"] == "December 2150"


def test_pages_cost_the_same_for_few_and_for_many(alice: Client, house: House, user: User) -> None:
    counts = {}
    for path in (CALENDAR, f"{CALENDAR}?view=week", f"{TASKS}?kinds=all"):
        for rows in (1, 15):
            for number in range(rows):
                rule = "FREQ=WEEKLY" if number % 2 == 0 else ""
                make_interaction(house, f"No. {number}", scheduled_at=MONDAY, owner_id=user.pk, recurrence=rule)
            alice.get(path)
            with CaptureQueriesContext(connection) as caught:
                assert alice.get(path).status_code == 200
            counts[path, rows] = len(caught)
    assert counts[CALENDAR, 1] == counts[CALENDAR, 15] == counts[f"{CALENDAR}?view=week", 15]
    assert counts[f"{TASKS}?kinds=all", 1] == counts[f"{TASKS}?kinds=all", 15]


def test_a_task_is_done_with_one_click_and_that_is_taken_back(alice: Client, house: House, user: User) -> None:
    assert "Nothing is left to do" in text(alice.get(TASKS))
    row = make_interaction(house, "Send the offer", scheduled_at=MONDAY - timedelta(days=2), owner_id=user.pk)
    make_interaction(house, "Not mine", scheduled_at=MONDAY)
    shown = text(alice.get(TASKS))
    assert "Overdue" in shown
    assert "Not mine" not in shown
    assert "Not mine" in text(alice.get(TASKS, {"owner": "all"}))
    after = text(alice.post(TASKS, {"id": row.pk, "original_at": ""}, follow=True))
    assert "It is done." in after
    assert "Undo" in after
    assert "Nothing is left to do" in after
    again = text(alice.post(TASKS, {"id": row.pk, "original_at": ""}, follow=True))
    assert "Reopen it first." in again
    assert "There is no such record." in text(alice.post(TASKS, {"id": "nonsense"}, follow=True))


def test_one_of_a_series_is_done_and_the_next_takes_its_place(alice: Client, house: House, user: User) -> None:
    first = MONDAY - timedelta(days=2)
    row = make_interaction(
        house, "Water the plants", scheduled_at=first, recurrence="FREQ=WEEKLY", owner_id=user.pk, time_zone="UTC"
    )
    assert "Overdue" in text(alice.get(TASKS))
    after = text(alice.post(TASKS, {"id": row.pk, "original_at": first.isoformat()}, follow=True))
    assert "This week" in after
    assert "Overdue" not in after
    with seeding(house.scope()):
        assert OccurrenceChange.objects.get().state == "done"


def test_whoever_only_looks_finishes_nothing(house: House) -> None:
    role = make_role(house, "customers.interactions.view")
    eve = make_user(house, name="Eve", roles=(role,), home_organization_id=house.north.pk)
    row = make_interaction(house, "Send the offer", scheduled_at=MONDAY, owner_id=eve.pk)
    looking = signed_in(eve)
    assert "ci-done" not in text(looking.get(TASKS))
    assert looking.post(TASKS, {"id": row.pk}).status_code == 403
    assert "add/?scheduled_at" not in text(looking.get(CALENDAR))
    assert (
        signed_in(make_user(house, name="Mallory", home_organization_id=house.north.pk)).get(CALENDAR).status_code
        == 403
    )


def test_a_private_one_is_on_nobody_elses_pages(alice: Client, house: House, user: User) -> None:
    make_interaction(house, "Secret", scheduled_at=MONDAY, owner_id=user.pk, visibility="private")
    for path in (CALENDAR, TASKS, reverse("admin:customers_interaction_changelist")):
        assert "Secret" not in text(alice.get(path)), path


def test_who_plans_twice_for_the_same_time_is_told(alice: Client, house: House, user: User) -> None:
    make_interaction(
        house, "Weekly", scheduled_at=MONDAY - timedelta(days=6), recurrence="FREQ=WEEKLY", owner_id=user.pk
    )
    body = {**BODY, "owner_id": user.pk, "duration_minutes": 60, "time_zone": "UTC"}
    assert "Planned for the same time: Weekly." in text(alice.post(reverse(ADD), body, follow=True))
    apart = text(alice.post(reverse(ADD), {**body, "scheduled_at": "2026-12-08T12:00"}, follow=True))
    assert "Planned for the same time" not in apart


def test_what_was_done_with_a_customer_is_on_their_timeline(alice: Client, house: House, user: User) -> None:
    ada = make_person(house)
    done = {"customer_id": ada.pk, "status": "done", "occurred_at": MONDAY, "owner_id": user.pk}
    make_interaction(house, "Called about prices", type="call", **done)
    make_interaction(house, "Secret talk", type="note", visibility="private", **done)
    make_interaction(house, "Still to come", customer_id=ada.pk, scheduled_at=MONDAY)
    shown = text(alice.get(f"/backend/customers/person/{ada.pk}/timeline/"))
    assert "Called about prices" in shown
    assert "Secret talk" not in shown
    assert "Still to come" not in shown
    page = text(alice.get(f"/backend/customers/person/{ada.pk}/change/"))
    assert f"/backend/customers/interaction/add/?customer_id={ada.pk}" in page
    form = alice.get(f"/backend/customers/interaction/add/?customer_id={ada.pk}")
    assert "Ada Lovelace" in text(form)


def test_what_was_done_of_a_series_is_on_the_timeline_when_it_took_place(
    alice: Client, house: House, user: User
) -> None:
    ada, bert = make_person(house), make_person(house, "Bert Lovelace")
    first = MONDAY - timedelta(days=14)
    series: dict[str, Any] = {"recurrence": "FREQ=WEEKLY", "time_zone": "UTC", "scheduled_at": first}
    row = make_interaction(house, "Weekly call", type="call", customer_id=ada.pk, owner_id=user.pk, **series)
    make_interaction(house, "Of another", type="call", customer_id=bert.pk, owner_id=user.pk, **series)
    make_interaction(house, "In between", customer_id=ada.pk, status="done", occurred_at=MONDAY - timedelta(days=9))
    with using_scope(house.scope(house.north, actor_id=user.pk)):
        services.move_occurrence(row.pk, original_at=first, starts_at=first + timedelta(hours=1))
        services.complete_occurrence(row.pk, original_at=first)
        services.complete_occurrence(row.pk, original_at=first + timedelta(days=7))
        services.cancel_occurrence(row.pk, original_at=first + timedelta(days=14))
    caller, told = client_of(user, organization=house.north), list[Any]()
    path = f"/api/customers/people/{ada.pk}/timeline/?kind=customers.interactions_of_person&page_size=2"
    cursor: str | None = ""
    while cursor is not None:
        found = caller.get(f"{path}&cursor={cursor}" if cursor else path).json()
        told, cursor = [*told, *found["results"]], found["next"]
    assert [(item["title"], item["at"][:16], item["who"]) for item in told] == [
        ("Weekly call", "2026-11-23T09:00", "Alice"),
        ("In between", "2026-11-21T09:00", ""),
        ("Weekly call", "2026-11-16T10:00", "Alice"),
    ]
    assert alice.get(told[0]["url"]).status_code == 200


OCCURRENCE = "/backend/customers/occurrence/"


def test_one_of_a_series_has_a_page_where_it_is_moved_done_and_taken_back(
    alice: Client, house: House, user: User
) -> None:
    row = make_interaction(house, "Weekly", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY", time_zone="UTC")
    second = MONDAY + timedelta(days=7)
    path = f"{OCCURRENCE}?{urlencode({'id': row.pk, 'at': second.isoformat()})}"
    assert html.escape(path) in text(alice.get(CALENDAR, {"day": "2026-12-07"}))
    moved = text(alice.post(path, {"do": "move", "starts_at": "2026-12-08T15:00"}, follow=True))
    assert "It is done." in moved
    shown = text(alice.get(path))
    assert "Tuesday, 8 December 2026, 15:00" in shown
    assert "By the rule it would be on 7 Dec 2026, 09:00" in shown
    alice.post(path, {"do": "complete"})
    assert "done." in text(alice.get(path))
    refused = alice.post(path, {"do": "cancel"})
    assert (refused.status_code, "Reopen it first." in text(refused)) == (409, True)
    alice.post(path, {"do": "reopen"})
    assert "Monday, 7 December 2026, 09:00" in text(alice.get(path))
    assert "This field is required." in text(alice.post(path, {"do": "move", "starts_at": ""}))


def test_what_the_series_does_not_have_has_no_page(alice: Client, house: House) -> None:
    row = make_interaction(house, "Weekly", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY", time_zone="UTC")
    once = make_interaction(house, "Once", scheduled_at=MONDAY)
    later = (MONDAY + timedelta(days=1)).isoformat()
    assert "Choose one of a series in the calendar." in text(alice.get(OCCURRENCE))
    wanted: tuple[dict[str, Any], ...] = (
        {"id": "x", "at": later},
        {"id": row.pk, "at": "yesterday"},
        {"id": row.pk, "at": "2026-12-07T09:00:00"},
        {"id": row.pk, "at": later},
        {"id": once.pk, "at": MONDAY.isoformat()},
    )
    for asked in wanted:
        assert alice.get(OCCURRENCE, asked).status_code == 404, asked
