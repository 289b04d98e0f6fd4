"""axe-core finds nothing serious: a handful of pages that stand for the others, in every look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk
from tests.browser.watching import violations
from tests.search.factories import build_index
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
LOOKS = {
    "desk": (DESKTOP, False),
    "desk-dark": (DESKTOP, True),
    "phone": (PHONE, False),
    "phone-dark": (PHONE, True),
}


def test_axe_finds_what_is_wrong(desk: Seat) -> None:
    page = desk().page()
    page.goto("/backend/login/")
    assert violations(page, "log-in") == []
    page.evaluate("document.querySelector('#id_password').labels[0].remove()")
    [found] = violations(page, "log-in")
    assert found.startswith("log-in: critical label: #id_password")


def handful(house: House) -> Iterator[tuple[str, str, Callable[[Page], Any]]]:
    """Names and addresses of pages that stand for the others, and what is done there before they are judged."""
    currency = make_currency(house, "EUR")

    def nothing(page: Page) -> None:
        """As the page comes."""

    def palette(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type("eur")
        expect(page.get_by_role("option", name="EUR — The EUR")).to_be_visible()

    def keys(page: Page) -> None:
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()

    def refused(page: Page) -> None:
        page.locator("#id_code").fill("toolong")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".errors, .errorlist").first).to_be_visible()

    yield "start", "/backend/", nothing
    yield "list", LIST, nothing
    yield "list-nothing", f"{LIST}?q=nothing", nothing
    yield "form", f"{LIST}{currency.pk}/change/", nothing
    yield "refused", f"{LIST}add/", refused
    yield "palette", LIST, palette
    yield "keys", "/backend/", keys
    yield "switcher", "/backend/", lambda page: page.locator("summary.ag-switch__organization").click()


@pytest.mark.parametrize("look", LOOKS)
def test_a_handful_in_every_look(house: House, desk: Seat, look: str) -> None:
    steps = list(handful(house))
    build_index(house)
    size, dark = LOOKS[look]
    page, faults = desk("*").page(size=size, dark=dark), list[str]()
    for name, address, prepare in steps:
        page.goto(address)
        prepare(page)
        faults += violations(page, f"{name} {look}")
    assert not faults, "\n".join(faults)
