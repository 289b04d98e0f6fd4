"""Interactions in a browser: a series is planned in words, found in the calendar by keyboard, and a task is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import expect

from apps.customers.models import Interaction
from apps.kernel import clock
from tests.browser.conftest import PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.browser.watching import violations
from tests.customers.factories import make_interaction, make_person
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
INTERACTIONS = "/backend/customers/interaction/"
CALENDAR, TASKS = "/backend/customers/calendar/", "/backend/customers/tasks/"


@pytest.fixture
def alice(desk: Callable[..., Desk]) -> Desk:
    return desk("*")


def furnish(house: House, owner: Any) -> None:
    today = clock.now().replace(hour=10, minute=0, second=0, microsecond=0)
    ada = make_person(house)
    own = {"owner_id": owner.pk}
    make_interaction(
        house, "Weekly call with a rather long title", type="call", scheduled_at=today, recurrence="FREQ=WEEKLY", **own
    )
    make_interaction(house, "Lunch", type="meeting", scheduled_at=today - timedelta(hours=2), customer_id=ada.pk, **own)
    make_interaction(house, "Fair", type="event", scheduled_at=today, is_all_day=True, duration_minutes=3 * 1440, **own)
    make_interaction(house, "Sent the price list", type="email", scheduled_at=today, status="done", **own)
    make_interaction(house, "Visit", type="meeting", scheduled_at=today, status="cancelled", **own)
    make_interaction(
        house, "Send the offer", scheduled_at=today - timedelta(days=3), customer_id=ada.pk, priority=4, **own
    )
    make_interaction(house, "Water the plants", scheduled_at=today + timedelta(days=1), recurrence="FREQ=WEEKLY", **own)
    make_interaction(house, "Think about it", **own)


def test_a_series_is_planned_in_words(alice: Desk, house: House) -> None:
    page = alice.page()
    page.goto(f"{INTERACTIONS}add/")
    expect(page.locator("#id_every")).to_be_hidden()
    page.fill("#id_title", "Weekly call")
    page.fill("#id_scheduled_at", "2027-03-02T09:00")
    page.select_option("#id_repeats", "weekly")
    expect(page.locator("#id_every")).to_be_visible()
    page.get_by_label("Monday").check()
    page.select_option("#id_ends", "count")
    page.fill("#id_times", "5")
    shoot(page, "interaction-add")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The first one would be on 2027-03-08.")).to_be_visible()
    shoot(page, "interaction-wrong")
    page.fill("#id_scheduled_at", "2027-03-08T09:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ag-messages")).to_be_visible()
    with seeding(house.scope()):
        assert Interaction.objects.get().recurrence == "FREQ=WEEKLY;COUNT=5;BYDAY=MO"
    page.goto(f"{CALENDAR}?day=2027-03-15")
    expect(page.get_by_title("Weekly call")).to_have_count(4)
    assert alice.complaints == []


def test_the_calendar_is_walked_by_keyboard(alice: Desk, house: House) -> None:
    page = alice.page()
    page.goto(f"{CALENDAR}?day=2027-03-15")
    shoot(page, "calendar-empty")
    expect(page.get_by_text("Nothing is planned in this time.")).to_be_visible()
    page.locator('[data-day="2027-03-15"]').focus()
    for key, day in (("ArrowRight", 16), ("ArrowDown", 23), ("ArrowUp", 16), ("ArrowLeft", 15)):
        page.keyboard.press(key)
        expect(page.locator(f'[data-day="2027-03-{day}"]')).to_be_focused()
    page.keyboard.press("PageDown")
    expect(page.locator("#ci-heading")).to_have_text("April 2027")
    page.locator('[data-day="2027-04-05"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_scheduled_at")).to_have_value("2027-04-05T09:00")
    assert alice.complaints == []


def test_calendar_and_tasks_at_a_desk(alice: Desk, house: House) -> None:
    furnish(house, alice.user)
    page = alice.page()
    for view in ("month", "week"):
        page.goto(f"{CALENDAR}?view={view}")
        expect(page.get_by_title("Lunch").first).to_be_visible()
        shoot(page, f"calendar-{view}")
        assert faults_of(page, view) == []
    page.get_by_title("Weekly call with a rather long title").click()
    expect(page.get_by_role("button", name="Move this one")).to_be_visible()
    shoot(page, "occurrence")
    assert faults_of(page, "occurrence") == []
    page.goto(INTERACTIONS)
    shoot(page, "interactions")
    page.goto(TASKS)
    shoot(page, "tasks")
    assert faults_of(page, "tasks") == []
    page.get_by_role("button", name="Send the offer: done").click()
    expect(page.get_by_text("It is done.")).to_be_visible()
    expect(page.get_by_role("heading", name="Overdue")).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    page.goto(TASKS)
    expect(page.get_by_role("heading", name="Overdue")).to_be_visible()
    page.goto("/backend/")
    expect(page.get_by_text("Next interactions").first).to_be_visible()
    shoot(page, "start-with-interactions")
    assert alice.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_calendar_tasks_and_form_on_a_telephone(alice: Desk, house: House, dark: bool) -> None:
    furnish(house, alice.user)
    page = alice.page(size=PHONE, dark=dark)
    colours = "dark" if dark else "light"
    for name, path in (
        ("month", CALENDAR),
        ("week", f"{CALENDAR}?view=week"),
        ("tasks", TASKS),
        ("form", f"{INTERACTIONS}add/"),
    ):
        page.goto(path)
        shoot(page, f"{name}-phone-{colours}")
        assert faults_of(page, name) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], name
    assert alice.complaints == []


def test_an_interaction_is_dragged_to_another_day_and_planned_by_keyboard(alice: Desk, house: House) -> None:
    first = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)
    row = make_interaction(house, "Call Ada", scheduled_at=first)
    page = alice.page()
    page.goto(f"{CALENDAR}?day=2027-03-15")
    entry = page.locator("[data-entry]")
    with page.expect_navigation():
        entry.drag_to(page.locator('[data-date="2027-03-18"]'))
    expect(page.locator('[data-date="2027-03-18"] .ci-title')).to_have_text("Call Ada")
    expect(page.locator(".ag-messages")).to_contain_text("is planned for")
    shoot(page, "calendar-dragged")
    page.get_by_role("link", name="Plan for another time: Call Ada").focus()
    shoot(page, "calendar-mover")
    page.keyboard.press("Enter")
    page.fill("#id_starts_at", "2027-03-19T15:30")
    shoot(page, "calendar-move")
    assert [*faults_of(page, "move"), *violations(page, "move")] == []
    with seeding(house.scope(house.north)):
        Interaction.objects.filter(pk=row.pk).update(version=F("version") + 1)
    page.get_by_role("button", name="Move it").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed it meanwhile")
    shoot(page, "calendar-move-conflict")
    assert [*faults_of(page, "conflict"), *violations(page, "conflict")] == []
    page.get_by_role("button", name="Move it all the same").press("Enter")
    expect(page.locator('[data-date="2027-03-19"] .ci-title')).to_have_text("Call Ada")
    page.get_by_role("button", name="Undo").first.click()
    page.goto(f"{CALENDAR}?day=2027-03-15")
    expect(page.locator('[data-date="2027-03-18"] .ci-title')).to_have_text("Call Ada")
    assert [text for text in alice.complaints if "412" not in text] == []
