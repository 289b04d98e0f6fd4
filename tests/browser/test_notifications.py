"""The bell in a real browser: news arrive while one works, are read by keyboard, and their buttons do something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.auth.models import User
from apps.auth.services.users import update_user
from apps.currencies.services import create_currency
from apps.kernel.tenancy.scope import using_scope
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.kernel.streams import streaming
from tests.kernel.web_servers import Server
from tests.notifications import notices
from tests.notifications.notices import ASKING, GROUPED, LOUD, MAILED, PLAIN, asking, now, only, said
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
START, LIST = "/backend/", "/backend/notifications/notification/"
CHOICES = f"{LIST}choices/"
LOOKS = [
    pytest.param(DESKTOP, False, id="desk"),
    pytest.param(DESKTOP, True, id="desk-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]
expect.set_options(timeout=15_000)


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with notices.declared():
        yield


def bell(page: Page) -> Locator:
    return page.locator("[data-notification-bell] > summary")


def panel(page: Page) -> Locator:
    return page.locator(".no-panel")


def reader(seat: Desk) -> User:
    assert seat.user is not None
    return seat.user


def complaints_of(seat: Desk) -> list[str]:
    """What the console complains of, but for refusals that a test brings about and the icon that no page has."""
    return [item for item in seat.complaints if "40" not in item]


class TestLive:
    """On a server with a live stream."""

    @pytest.fixture
    def web(self, house: House) -> Iterator[Server]:
        with streaming(AGORA_STREAM_HEARTBEAT="1") as found:
            yield found

    @pytest.fixture
    def server(self, web: Server) -> str:
        return f"http://127.0.0.1:{web.port}"

    def test_news_arrive_while_one_works(self, house: House, desk: Seat) -> None:
        seat = desk("auth.users.view")
        page = seat.page()
        page.goto(START)
        expect(page.locator("html")).to_have_attribute("data-live", "open")
        expect(bell(page)).to_have_accessible_name("Notifications: none unread")
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url) if "/notifications/" in request.url else None)
        said(house, reader(seat), PLAIN)
        expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")
        expect(page.locator("[data-notification-spoken]")).to_have_text("New notification: Order 7")
        said(house, reader(seat), LOUD)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Fire 7")
        expect(bell(page)).to_have_accessible_name("Notifications: 2 unread")
        shoot(page, "notifications-live")
        alert.get_by_role("button", name="Hide: Fire 7").click()
        expect(alert).to_be_hidden()
        assert asked
        assert complaints_of(seat) == []

    def test_other_people_s_news_are_not_heard(self, house: House, desk: Seat) -> None:
        seat, other = desk("*"), desk("auth.users.view", name="Bob Example")
        page = seat.page()
        page.goto(START)
        expect(page.locator("html")).to_have_attribute("data-live", "open")
        said(house, reader(other), LOUD)
        said(house, reader(seat), PLAIN)
        expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")
        expect(page.locator("[data-toasts]")).to_be_hidden()

    def test_reading_in_one_tab_is_seen_in_the_other(self, house: House, desk: Seat) -> None:
        seat = desk("*")
        said(house, reader(seat), PLAIN)
        first = seat.page()
        first.goto(START)
        second = first.context.new_page()
        second.goto(START)
        expect(bell(second)).to_have_accessible_name("Notifications: 1 unread")
        bell(first).click()
        panel(first).get_by_role("button", name="Mark as read: Order 7").click()
        expect(bell(second)).to_have_accessible_name("Notifications: none unread")


def test_the_panel_is_worked_by_keyboard(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    for number in (1, 2, 3):
        said(house, reader(seat), PLAIN, number=number)
    page = seat.page()
    page.goto(START)
    bell(page).focus()
    page.keyboard.press("Enter")
    rows = panel(page).get_by_role("listitem")
    expect(rows).to_have_count(3)
    assert rows.all_inner_texts()[0].splitlines()[1].startswith("Order 3")
    page.keyboard.press("Tab")
    expect(panel(page).get_by_role("button", name="Mark all as read")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel(page).get_by_role("link", name="Order 3")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # mark as read
    expect(bell(page)).to_have_accessible_name("Notifications: 2 unread")
    expect(panel(page).get_by_role("link", name="Order 3")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel(page).get_by_role("button", name="Put away: Order 3")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    expect(panel(page).get_by_role("link", name="Order 2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(bell(page)).to_be_focused()
    assert [item.status for item in notices.notifications(house)] == ["unread", "unread", "dismissed"]
    assert complaints_of(seat) == []


def test_everything_is_marked_as_read(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    said(house, reader(seat), PLAIN)
    said(house, reader(seat), LOUD)
    page = seat.page()
    page.goto(START)
    bell(page).click()
    panel(page).get_by_role("button", name="Mark all as read").click()
    expect(bell(page)).to_have_accessible_name("Notifications: none unread")
    expect(panel(page).locator("[data-unread]")).to_have_count(0)
    expect(panel(page).get_by_role("listitem")).to_have_count(2)


def test_long_words_stay_inside_the_panel_of_a_phone(desk: Seat) -> None:
    page = desk("*").page(size=PHONE)
    page.set_extra_http_headers({"Accept-Language": "pl"})
    page.goto(START)
    bell(page).click()
    button = panel(page).get_by_role("button", name="Oznacz wszystkie jako przeczytane").bounding_box()
    around = panel(page).bounding_box()
    assert button is not None
    assert around is not None
    assert button["x"] + button["width"] <= around["x"] + around["width"]


def test_an_action_asks_and_runs(house: House, desk: Seat) -> None:
    seat = desk("currencies.manage")
    with using_scope(house.scope(house.north)):
        create_currency(code="PLN")
    row, _currency = asking(house, reader(seat))
    page = seat.page()
    page.goto(START)
    bell(page).click()
    item = panel(page).get_by_role("listitem")
    expect(item.get_by_role("link", name="Look")).to_have_attribute("href", "/backend/?n=7")
    item.get_by_role("button", name="Delete", exact=True).click()
    expect(item).to_contain_text("Delete it?")
    expect(item.get_by_role("button", name="No")).to_be_focused()
    shoot(page, "notifications-sure")
    page.keyboard.press("Enter")
    expect(item.get_by_role("button", name="Rename", exact=True)).to_be_focused()
    assert now(house, row).action_taken == ""
    page.keyboard.press("Enter")
    expect(item.locator("[data-result]")).to_contain_text("Done: EUR")
    expect(item.get_by_role("button", name="Rename", exact=True)).to_have_count(0)
    assert now(house, row).action_taken == "rename"
    assert complaints_of(seat) == []


def test_an_action_that_is_refused_says_why_and_can_be_tried_again(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    row, _currency = asking(house, reader(seat))
    page = seat.page()
    page.goto(f"{LIST}{row.pk}/change/")
    box = page.locator("[data-notification]")
    box.get_by_role("button", name="Rename", exact=True).click()
    expect(box.locator("[data-result]")).to_contain_text("This needs the permission currencies.manage.")
    expect(box.get_by_role("button", name="Rename", exact=True)).to_be_enabled()
    assert now(house, row).action_taken == ""


def test_opening_one_is_reading_it(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    said(house, reader(seat), LOUD)
    page = seat.page()
    page.goto(START)
    bell(page).click()
    panel(page).get_by_role("link", name="Fire 7").click()
    expect(page).to_have_url(f"{seat.server}{LIST}{only(house).pk}/change/")
    expect(bell(page)).to_have_accessible_name("Notifications: none unread")


def test_without_a_stream_it_asks_every_half_minute(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    page = seat.page()
    page.clock.install()
    page.goto(START)
    expect(bell(page)).to_have_accessible_name("Notifications: none unread")
    said(house, reader(seat), LOUD)
    page.clock.run_for(29_000)
    expect(bell(page)).to_have_accessible_name("Notifications: none unread")
    page.clock.run_for(1_500)
    expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")
    expect(page.get_by_role("alert")).to_contain_text("Fire 7")


def test_what_happened_between_two_pages_pops_up(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    said(house, reader(seat), PLAIN)
    page = seat.page()
    page.goto(START)
    bell(page).click()
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.evaluate("now => sessionStorage.setItem('agora-notified', now)", only(house).happened_at.isoformat())
    page.goto("about:blank")
    said(house, reader(seat), LOUD)
    page.goto(START)
    expect(page.get_by_role("alert")).to_contain_text("Fire 7")


def test_choices_are_saved(house: House, desk: Seat) -> None:
    seat = desk("auth.users.view")
    page = seat.page()
    page.goto(CHOICES)
    page.get_by_label("All kinds: E-mail", exact=True).select_option("no")
    page.get_by_label("Plain: E-mail", exact=True).select_option("yes")
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".no-field.errors")).to_contain_text("Quiet hours have a beginning and an end.")
    expect(page.get_by_label("Plain: E-mail", exact=True)).to_have_value("yes")
    shoot(page, "notifications-choices-wrong")
    assert faults_of(page, "wrong") == []
    page.get_by_label("Quiet until").fill("07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices were saved.")).to_be_visible()
    expect(page.get_by_label("All kinds: E-mail", exact=True)).to_have_value("no")
    expect(page.get_by_label("Plain: E-mail", exact=True)).to_have_value("yes")
    expect(page.get_by_label("Quiet from")).to_have_value("22:00")
    assert complaints_of(seat) == []


def every_kind(house: House, seat: Desk) -> None:
    """One of each, so that there is something to look at."""
    asking(house, reader(seat))
    long = "with a number that goes on for much longer than any number should, 1234567890123456789012345678901234567890"
    said(house, reader(seat), PLAIN, number="7")
    said(house, reader(seat), MAILED, number=long)
    for number in (1, 2, 3):
        said(house, reader(seat), GROUPED, group=1, number=number)
    said(house, reader(seat), LOUD, number=9)


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_how_it_looks(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    seat, look = desk("*"), request.node.callspec.id
    page = seat.page(size=size, dark=dark)
    page.goto(LIST)
    bell(page).click()
    expect(panel(page)).to_contain_text("There is nothing new.")
    shoot(page, f"notifications-empty-{look}")
    faults = faults_of(page, "empty")
    every_kind(house, seat)
    page.evaluate("sessionStorage.removeItem('agora-notified')")
    page.goto(LIST)
    bell(page).click()
    expect(panel(page).get_by_role("listitem")).to_have_count(5)
    shoot(page, f"notifications-full-{look}")
    faults += faults_of(page, "full")
    page.keyboard.press("Escape")
    shoot(page, f"notifications-list-{look}")
    faults += faults_of(page, "list")
    row = next(item for item in notices.notifications(house) if item.type == ASKING)
    pages: dict[str, Any] = {"one": f"{LIST}{row.pk}/change/", "choices": CHOICES}
    for name, address in pages.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shoot(page, f"notifications-{name}-{look}")
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert complaints_of(seat) == []


def test_the_number_at_the_bell_is_seen_whole(house: House, desk: Seat) -> None:
    seat = desk("*")
    said(house, reader(seat), PLAIN)
    page = seat.page()
    page.goto(START)
    expect(bell(page)).to_have_accessible_name("Notifications: 1 unread")
    cut = """number => {
        const own = number.getBoundingClientRect(), cuts = [];
        for (let around = number.parentElement; around; around = around.parentElement) {
            const edge = around.getBoundingClientRect();
            const is_cut = own.right > edge.right || own.top < edge.top;
            if (is_cut && getComputedStyle(around).overflowX !== "visible") { cuts.push(around.className); }
        }
        return cuts;
    }"""
    assert page.locator("[data-count-shown]").evaluate(cut) == []


def test_the_panel_tells_the_time_of_the_reader_as_pages_do(house: House, desk: Seat) -> None:
    seat = desk("*")
    with using_scope(house.scope()):
        update_user(reader(seat).pk, time_zone="Asia/Tokyo")
    said(house, reader(seat), PLAIN)
    page = seat.page()
    page.goto(LIST)
    told = page.locator("#result_list .field-happened_at").first.inner_text()
    bell(page).click()
    expect(panel(page).locator("[data-when]")).to_have_text(told)
