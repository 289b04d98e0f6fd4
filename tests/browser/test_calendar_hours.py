"""The hours of the calendar in a browser: dragged to another time, moved by keyboard, and two people at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from apps.auth.models import User
from apps.customers.models import Interaction
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.browser.watching import violations
from tests.customers.factories import make_interaction
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
CALENDAR = "/backend/customers/calendar/"
MONDAY = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)
WEEK, DAY = (f"{CALENDAR}?view={view}&day=2027-03-22" for view in ("week", "day"))
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]


@pytest.fixture
def alice(desk: Callable[..., Desk], house: House) -> Desk:
    """Somebody in Warsaw, where ten o'clock is nine in UTC, and from 28 March 2027 on eight."""
    seat = desk("*")
    assert seat.user is not None
    with seeding(house.scope()):
        User.objects.filter(pk=seat.user.pk).update(time_zone="Europe/Warsaw")
    return seat


def furnish(house: House) -> None:
    """A week with everything."""
    for title, hours, minutes in (("Short", 0, 15), ("Call with a rather long title", 0, 90), ("Visit", 1, 60)):
        make_interaction(
            house, title, type="call", scheduled_at=MONDAY + timedelta(hours=hours), duration_minutes=minutes
        )
    for number in range(5):
        make_interaction(house, f"At once {number}", scheduled_at=MONDAY + timedelta(days=2), duration_minutes=45)
    make_interaction(
        house, "Night train", type="event", scheduled_at=MONDAY + timedelta(hours=12), duration_minutes=480
    )
    make_interaction(house, "Fair", type="event", scheduled_at=MONDAY, is_all_day=True, duration_minutes=3 * 1440)
    make_interaction(house, "Done", type="email", scheduled_at=MONDAY + timedelta(hours=6), status="done")
    make_interaction(house, "Off", type="meeting", scheduled_at=MONDAY + timedelta(days=3), status="cancelled")
    make_interaction(house, "Daily", scheduled_at=MONDAY - timedelta(hours=1), recurrence="FREQ=DAILY")


def planned(house: House, row: Interaction) -> Any:
    with seeding(house.scope()):
        return Interaction.objects.get(pk=row.pk).scheduled_at


def column(page: Page, day: int) -> Any:
    return page.locator(f'[data-column][data-date="2027-03-{day}"]')


def drag(page: Page, title: str, day: int, quarters: int) -> None:
    """Drag an entry by its top to so many quarters of an hour after midnight."""
    entry, target = page.locator("[data-timed]").filter(has_text=title), column(page, day)
    height, first = target.bounding_box()["height"], min(quarters, int(entry.get_attribute("data-start") or 0))
    page.locator("[data-scroll]").evaluate("(box, top) => { box.scrollTop = top; }", first * height / 96 - 24)
    with page.expect_navigation():
        entry.drag_to(
            target, source_position={"x": 20, "y": 4}, target_position={"x": 20, "y": quarters * height / 96 + 4}
        )


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_hours_are_sound_empty_and_full(
    alice: Desk, house: House, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    page, look, faults = alice.page(size=size, dark=dark), request.node.callspec.id, list[str]()
    for state in ("empty", "full"):
        for view, address in {"week": WEEK, "day": DAY}.items():
            page.goto(address)
            name = f"calendar-{view}-{state}"
            shoot(page, f"{name}-{look}")
            faults += [*faults_of(page, name), *violations(page, name)]
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
        if state == "empty":
            furnish(house)
    assert faults == []
    assert alice.complaints == []


def test_an_interaction_is_dragged_to_an_hour(alice: Desk, house: House) -> None:
    row = make_interaction(house, "Call Ada", scheduled_at=MONDAY, duration_minutes=45)
    page = alice.page()
    page.goto(WEEK)
    drag(page, "Call Ada", 24, 33)
    assert planned(house, row) == datetime(2027, 3, 24, 7, 15, tzinfo=UTC)
    expect(column(page, 24).locator(".ci-title")).to_have_text("Call Ada")
    expect(page.locator(".ag-messages")).to_contain_text("24 Mar 2027, 08:15")
    expect(page.locator("[data-timed] .ci-line")).to_be_focused()
    shoot(page, "calendar-hours-dragged")
    drag(page, "Call Ada", 28, 10)
    assert planned(house, row) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    expect(page.locator(".ag-messages")).to_contain_text("The clocks go forward")
    shoot(page, "calendar-hours-skipped")
    page.get_by_role("button", name="Undo").first.click()
    expect(column(page, 24).locator(".ci-title")).to_have_text("Call Ada")
    assert alice.complaints == []


def test_an_interaction_is_moved_by_keyboard_and_left_where_it_is(alice: Desk, house: House) -> None:
    row = make_interaction(house, "Call Ada", scheduled_at=MONDAY, duration_minutes=45)
    page = alice.page()
    page.goto(WEEK)
    line = page.locator("[data-timed] .ci-line")
    line.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(f"Shift+{key}")
    expect(page.locator("[data-said]")).to_contain_text("Tuesday, 23 March, 10:45.")
    expect(page.locator(".ci-ghost")).to_be_visible()
    shoot(page, "calendar-hours-keys")
    page.keyboard.press("Escape")
    expect(page.locator(".ci-ghost")).to_have_count(0)
    expect(line).to_be_focused()
    assert planned(house, row) == MONDAY
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(column(page, 23).locator(".ci-title")).to_have_text("Call Ada")
    assert planned(house, row) == datetime(2027, 3, 23, 8, 45, tzinfo=UTC)
    expect(line).to_be_focused()
    assert alice.complaints == []


def test_whoever_comes_second_chooses(alice: Desk, house: House) -> None:
    row = make_interaction(house, "Call Ada", scheduled_at=MONDAY, duration_minutes=45)
    page = alice.page()
    page.goto(DAY)
    with seeding(house.scope(house.north)):
        Interaction.objects.filter(pk=row.pk).update(version=F("version") + 1, scheduled_at=MONDAY + timedelta(hours=2))
    drag(page, "Call Ada", 22, 60)
    expect(page.get_by_role("alert")).to_contain_text("It is planned for 22 Mar 2027, 12:00 now.")
    expect(page.get_by_role("alert")).to_contain_text("What you wanted: 22 Mar 2027, 15:00")
    shoot(page, "calendar-hours-conflict")
    assert planned(house, row) == MONDAY + timedelta(hours=2)
    page.get_by_role("button", name="Move it all the same").press("Enter")
    expect(page.locator(".ag-messages")).to_contain_text("15:00")
    assert planned(house, row) == datetime(2027, 3, 22, 14, tzinfo=UTC)
    assert [text for text in alice.complaints if "412" not in text] == []


def test_a_click_on_a_free_hour_plans_something_then(alice: Desk) -> None:
    page = alice.page()
    page.goto(WEEK)
    target = column(page, 25)
    with page.expect_navigation():
        target.click(position={"x": 20, "y": 54 * target.bounding_box()["height"] / 96 + 2})
    expect(page.locator("#id_scheduled_at")).to_have_value("2027-03-25T13:30")


def test_without_a_script_the_hours_are_there_and_a_time_is_typed(alice: Desk, house: House) -> None:
    row = make_interaction(house, "Call Ada", scheduled_at=MONDAY, duration_minutes=45)
    page = alice.page(scripts=False)
    page.goto(WEEK)
    piece, body = (item.bounding_box() or {} for item in (page.locator("[data-timed]"), column(page, 22)))
    assert round((piece["y"] - body["y"]) / body["height"] * 96) == 40
    page.get_by_role("link", name="Plan for another time: Call Ada").press("Enter")
    page.fill("#id_starts_at", "2027-03-24T13:15")
    page.get_by_role("button", name="Move it").press("Enter")
    expect(column(page, 24).locator(".ci-title")).to_have_text("Call Ada")
    assert planned(house, row) == datetime(2027, 3, 24, 12, 15, tzinfo=UTC)


def test_hours_speak_polish(alice: Desk, house: House) -> None:
    furnish(house)
    page = alice.page()
    page.goto("/backend/")
    page.context.add_cookies([{"name": "django_language", "value": "pl", "url": page.url}])
    page.goto(DAY)
    expect(page.locator("#ci-heading")).to_have_text("poniedziałek, 22 marca 2027")
    shoot(page, "calendar-hours-polish")
