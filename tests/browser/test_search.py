"""The search pages in a browser: empty, full, wrong, on a phone, in the dark, and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.backoffice.currencies import make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.search.factories import build_index
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
FIND, STATUS, SETTINGS = "/backend/search/find/", "/backend/search/status/", "/backend/search/settings/"
PAGES = {
    "search-empty": FIND,
    "search-full": f"{FIND}?q=dollar",
    "search-nothing": f"{FIND}?q=zzz",
    "search-wrong": f"{FIND}?q=%3F",
    "search-status": STATUS,
    "search-settings": SETTINGS,
}


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        pytest.param(DESKTOP, False, id="desk"),
        pytest.param(DESKTOP, True, id="dark"),
        pytest.param(PHONE, False, id="phone"),
        pytest.param(PHONE, True, id="phone-dark"),
    ],
)
def test_the_pages_of_the_search(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    for code, name in (("USD", "US Dollar"), ("CAD", "Canadian Dollar"), ("EUR", "Euro")):
        make_currency(house, code, name=name)
    build_index(house)
    seat, faults = desk("*"), list[str]()
    page = seat.page(size=size, dark=dark)
    for name, address in PAGES.items():
        page.goto(address)
        shoot(page, f"{name}-{request.node.callspec.id}")
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert seat.complaints == []


def test_a_record_is_found_and_opened_by_keyboard(house: House, desk: Callable[..., Desk]) -> None:
    make_currency(house, "USD", name="US Dollar")
    build_index(house)
    page = desk("*").page()
    page.goto(FIND)
    page.get_by_role("searchbox").press_sequentially("doll")
    page.keyboard.press("Enter")
    hit = page.get_by_role("link", name="USD — US Dollar")
    expect(hit).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if hit.evaluate("item => item === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/backend/currencies/currency/.+/change/"))
