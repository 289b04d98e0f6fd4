"""The palette in a browser: by keyboard, its states, what was opened lately, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.search.factories import build_index
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
START, INDEX = "/backend/", "**/api/search/palette/**"


def opened(page: Page, address: str = START) -> Page:
    """The page with its palette open and filled."""
    page.goto(address)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search pages and records")).to_be_focused()
    page.get_by_role("group", name="Pages").wait_for()
    return page


# Faster than any keyboard: what a busy machine makes of the pauses between keys is not asked here.
LETTER_BY_LETTER = """
(field, text) => { for (let end = 1; end <= text.length; end++) {
  field.value = text.slice(0, end); field.dispatchEvent(new Event("input", {bubbles: true})); } }
"""


def typing(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=15)


def option(page: Page, name: str) -> Any:
    return page.get_by_role("option", name=name)


def chosen(page: Page) -> Any:
    return page.locator("[role=option][aria-selected=true]")


def complaints_of(seat: Desk) -> list[str]:
    return [item for item in seat.complaints if "favicon" not in item]


def test_a_record_is_found_in_spite_of_a_slip_of_the_keyboard(house: House, desk: Seat) -> None:
    currency = make_currency(house, "USD", name="American Dollar")
    build_index(house)
    seat = desk("*")
    page = opened(seat.page())
    typing(page, "dollsr")
    found = page.get_by_role("group", name="Records").get_by_role("option")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("USD — American Dollar")
    expect(found).to_contain_text("currency · Acme Group")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{currency.pk}/change/")
    assert complaints_of(seat) == []


def test_records_are_found_where_the_index_is_not_complete_or_closed(house: House, desk: Seat) -> None:
    make_currency(house, "EUR", name="Euro")
    for features in (("*",), ("currencies.view",)):
        page = opened(desk(*features).page())
        typing(page, "euro")
        expect(page.get_by_role("group", name="Records").get_by_role("option")).to_contain_text("EUR — Euro")


def test_commands_alone_stand_behind_a_prefix(desk: Seat) -> None:
    page = opened(desk("*").page())
    typing(page, ">create curr")
    expect(chosen(page)).to_contain_text("Create currency")
    expect(page.get_by_role("group", name="Pages")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}add/")


def test_the_organization_the_colours_and_the_language_are_switched(house: House, desk: Seat) -> None:
    page = opened(desk("*").page(), f"{LIST}?q=eur")
    typing(page, "work in north")
    page.keyboard.press("Enter")
    expect(page.locator("summary.ag-switch__organization")).to_contain_text("North")
    assert page.url.endswith(f"{LIST}?q=eur")
    page.wait_for_load_state("load")  # before that nothing listens to keys
    page.keyboard.press("Control+k")
    typing(page, "dark")
    expect(chosen(page)).to_contain_text("Dark colours")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_class("dark")
    page.keyboard.press("Control+k")
    typing(page, "polski")
    expect(chosen(page)).to_contain_text("Polski")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page.locator("html")).to_have_class("dark")


def test_what_the_record_s_page_offers_is_there(house: House, desk: Seat) -> None:
    currency = make_currency(house, "EUR", name="Euro")
    page = opened(desk("*").page(), f"{LIST}{currency.pk}/change/")
    here = page.get_by_role("group", name="On this page")
    expect(here.get_by_role("option", name="History")).to_be_visible()
    typing(page, "hist")
    expect(chosen(page)).to_contain_text("History")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{currency.pk}/history/")


def test_what_was_opened_lately_stands_first(house: House, desk: Seat) -> None:
    currency = make_currency(house, "EUR", name="Euro")
    seat = desk("*")
    page = seat.page()
    page.goto(f"{LIST}{currency.pk}/change/")
    opened(page)
    lately = page.get_by_role("group", name="Opened lately").get_by_role("option")
    expect(lately).to_have_count(1)
    expect(lately).to_contain_text("EUR")
    expect(chosen(page)).to_have_text(lately.inner_text().replace("\n", ""))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{currency.pk}/change/")


def test_the_keys_of_the_palette(desk: Seat) -> None:
    page = opened(desk("*").page())
    first = chosen(page).inner_text()
    page.keyboard.press("ArrowDown")
    assert chosen(page).inner_text() != first
    page.keyboard.press("ArrowUp")
    assert chosen(page).inner_text() == first
    page.keyboard.press("ArrowUp")  # from the first to the last
    assert chosen(page).get_attribute("id") == page.get_by_role("option").last.get_attribute("id")
    named = page.locator("#ag-palette-input").get_attribute("aria-activedescendant")
    assert named == chosen(page).get_attribute("id")
    typing(page, "curr")
    page.keyboard.press("Escape")
    expect(page.locator("#ag-palette-input")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#ag-palette-input")).to_be_hidden()


def test_a_second_tab_is_opened_and_this_one_stays(desk: Seat) -> None:
    page = opened(desk("*").page())
    typing(page, "currencies")
    expect(chosen(page)).to_contain_text("Currencies")
    with page.context.expect_page() as other:
        page.keyboard.press("Control+Enter")
    assert other.value.url.endswith(LIST)
    assert page.url.endswith(START)


def test_nothing_is_found(house: House, desk: Seat) -> None:
    build_index(house)
    page = opened(desk("*").page())
    typing(page, "qqqqqq")
    expect(page.get_by_text("Nothing found. Try fewer words")).to_be_visible()
    expect(page.locator("[data-palette-spoken]")).to_have_text("0 results")
    page.keyboard.press("Enter")
    expect(page.locator("#ag-palette-input")).to_be_visible()


def test_the_server_is_away_and_comes_back(house: House, desk: Seat) -> None:
    make_currency(house, "USD", name="American Dollar")
    build_index(house)
    page = opened(desk("*").page())
    page.route(INDEX, lambda route: route.abort())
    typing(page, "dollar")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    page.unroute(INDEX)
    page.get_by_role("button", name="Try again").click()
    expect(option(page, "USD — American Dollar")).to_be_visible()
    expect(page.get_by_text("The server does not answer.")).to_be_hidden()


def test_the_answer_to_an_earlier_question_is_dropped(house: House, desk: Seat) -> None:
    make_currency(house, "USD", name="American Dollar")
    make_currency(house, "EUR", name="Euro")
    build_index(house)
    page = opened(desk("*").page())
    held: list[Route] = []
    page.route("**/api/search/palette/?q=dollar", lambda route: held.append(route))  # noqa: PLW0108 - no builtin is taken
    typing(page, "dollar")
    while not held:
        page.wait_for_timeout(20)
    page.locator("#ag-palette-input").fill("euro")
    expect(option(page, "EUR — Euro")).to_be_visible()
    held[0].continue_()
    page.wait_for_timeout(300)
    expect(option(page, "USD — American Dollar")).to_have_count(0)


def test_typing_asks_once(house: House, desk: Seat) -> None:
    build_index(house)
    page = opened(desk("*").page())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/search/palette/" in request.url else None)
    page.locator("#ag-palette-input").evaluate(LETTER_BY_LETTER, "dollar")
    expect(page.locator("[data-palette-spoken]")).to_have_text("0 results")
    assert [item.partition("q=")[2] for item in asked] == ["dollar"]


def test_an_export_is_started(house: House, desk: Seat) -> None:
    make_currency(house, "EUR", name="Euro")
    page = opened(desk("*").page())
    typing(page, "export currencies")
    expect(chosen(page)).to_contain_text("Export currencies")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        pytest.param(DESKTOP, False, id="desk"),
        pytest.param(DESKTOP, True, id="dark"),
        pytest.param(PHONE, False, id="phone"),
        pytest.param(PHONE, True, id="phone-dark"),
    ],
)
def test_how_it_looks(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    look = request.node.callspec.id
    for code, name in (("USD", "US Dollar"), ("CAD", "Canadian Dollar"), ("EUR", "Euro")):
        make_currency(house, code, name=name)
    build_index(house)
    page, faults = desk("*").page(size=size, dark=dark), list[str]()
    opened(page)
    states = {"open": "", "records": "dollar", "commands": ">", "nothing": "qqqqqq"}
    for name, text in states.items():
        page.locator("#ag-palette-input").fill(text)
        page.wait_for_timeout(600)
        shoot(page, f"palette-{name}-{look}")
        faults += faults_of(page, name)
    page.route(INDEX, lambda route: route.abort())
    page.locator("#ag-palette-input").fill("dollars")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    shoot(page, f"palette-away-{look}")
    faults += faults_of(page, "away")
    assert not faults, "\n".join(faults)
