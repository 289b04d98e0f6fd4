"""axe-core finds nothing serious on any page: each declared page in one of the looks, a handful in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk
from tests.browser.test_every_page import addresses
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
BAD = ("serious", "critical")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RUN = """
async (levels) => {
  const answer = await axe.run(document, {resultTypes: ["violations"]});
  return answer.violations.filter((item) => levels.includes(item.impact)).flatMap((item) => item.nodes.map(
    (node) => `${item.impact} ${item.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} `
      + `${node.any[0]?.message || ""}`));
}
"""


def violations(page: Page, name: str) -> list[str]:
    """What axe calls serious or critical on the page as it stands, one sentence for each place."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, list(BAD))
    return [f"{name}: {item}" for item in found]


def tabs(seat: Desk) -> dict[str, Page]:
    """A tab for each look, so that no page is opened in a fresh browser."""
    return {look: seat.page(size=size, dark=dark) for look, (size, dark) in LOOKS.items()}


def test_axe_finds_what_is_wrong(desk: Seat) -> None:
    page = desk().page()
    page.goto("/backend/login/")
    assert violations(page, "log-in") == []
    page.evaluate("document.querySelector('#id_password').labels[0].remove()")
    [found] = violations(page, "log-in")
    assert found.startswith("log-in: critical label: #id_password")


def test_every_page_in_one_of_the_looks(house: House, desk: Seat) -> None:
    make_currency(house)
    turns, faults = cycle(tabs(desk("*")).items()), list[str]()
    for (name, address), (look, page) in zip(addresses(house), turns, strict=False):
        page.goto(address)
        faults += violations(page, f"{name} {look}")
    assert not faults, "\n".join(faults)


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
