"""Every page of the back office at both sizes and in both colours: usable, readable, nothing broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed, pytest.mark.routes("tests.backoffice.pages")]
LOOKS = [
    pytest.param(DESKTOP, False, id="desktop"),
    pytest.param(DESKTOP, True, id="desktop-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]
CODES = ("EUR", "USD", "PLN", "CZK", "CHF", "GBP", "SEK", "JPY")


def pages_of(house: House) -> dict[str, str]:
    """Names and addresses of the pages that a full tenant has."""
    rows = [make_currency(house, code, is_base=code == "EUR") for code in CODES]
    euro, dollar = rows[0], rows[1]
    return {
        "start": "/backend/",
        "list": LIST,
        "list-nothing": f"{LIST}?q=nothing",
        "add": f"{LIST}add/",
        "change": f"{LIST}{euro.pk}/change/",
        "history": f"{LIST}{euro.pk}/history/",
        "delete": f"{LIST}{dollar.pk}/delete/",
        "delete-in-use": f"/backend/directory/organization/{house.root.pk}/history/",
        "press": f"{LIST}{dollar.pk}/do/base/",
        "press-form": f"{LIST}{dollar.pk}/do/rename/",
        "inlines": f"/backend/directory/organization/{house.root.pk}/change/",
        "missing": f"{LIST}{house.root.pk}/change/",
    }


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pages_of_a_full_tenant(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    pages, faults = pages_of(house), list[str]()
    page = alice.page(size=size, dark=dark)
    for name, address in pages.items():
        page.goto(address, wait_until="networkidle")
        shoot(page, f"{name}-{look}")
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pages_of_an_empty_tenant(
    desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, nobody, faults = desk("*"), desk(), list[str]()
    look = request.node.callspec.id
    for seat, name, address in (
        (alice, "empty-list", LIST),
        (alice, "empty-start", "/backend/"),
        (nobody, "login", LIST),
    ):
        page = seat.page(size=size, dark=dark)
        page.goto(address, wait_until="networkidle")
        shoot(page, f"{name}-{look}")
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)


class Judge:
    """Looks at a page of one size and colour, and keeps what is wrong with it."""

    def __init__(self, page: Page, look: str) -> None:
        self.page, self.look, self.faults = page, look, list[str]()

    def look_at(self, name: str) -> None:
        """Take a picture and judge."""
        shoot(self.page, f"{name}-{self.look}")
        self.faults += faults_of(self.page, name)


def follow(page: Page, target: str) -> None:
    """Click, and wait until the next page is there."""
    with page.expect_navigation():
        page.click(target)


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_a_record_that_is_being_written(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("*")
    page, second = alice.page(size=size, dark=dark), alice.page()
    judge = Judge(page, request.node.callspec.id)
    currency = make_currency(house, "EUR", name="Euro")
    change = f"{LIST}{currency.pk}/change/"
    page.goto(f"{LIST}add/")
    page.fill("#id_code", "QQQ")
    page.fill("#id_decimal_places", "77")
    follow(page, "button[name=_save]")
    judge.look_at("wrong-input")
    for tab in (page, second):
        tab.goto(change)
    second.fill("#id_name", "Euro of the others")
    follow(second, "button[name=_save]")
    page.fill("#id_name", "My euro")
    follow(page, "button[name=_save]")
    judge.look_at("conflict")
    follow(page, "text=Save with these choices")
    judge.look_at("banner")
    page.goto(f"{LIST}{currency.pk}/history/")
    judge.look_at("history-long")
    follow(page, "a:has-text('Undo') >> nth=1")
    judge.look_at("undo-plan")
    assert not judge.faults, "\n".join(judge.faults)


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_the_frame_with_something_open(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    make_currency(house, "EUR", name="Euro")
    page = desk("*").page(size=size, dark=dark)
    judge = Judge(page, request.node.callspec.id)
    page.goto(LIST)
    page.check("input[name=_selected_action] >> nth=0")
    judge.look_at("selected")
    page.goto(f"{LIST}?is_active__exact=1")
    page.get_by_role("button", name="Filters").click()
    judge.look_at("filters")
    page.goto("/backend/")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Search pages and records")).to_be_focused()
    page.keyboard.type("cur", delay=20)
    page.locator(".ag-results__chosen").wait_for()
    judge.look_at("palette")
    page.goto("/backend/")
    page.click("summary.ag-switch__organization")
    judge.look_at("switch")
    page.goto("/backend/")
    if size == PHONE:
        page.click("button[aria-label='Open menu']")
    page.click("button.ag-user")
    judge.look_at("menu")
    assert not judge.faults, "\n".join(judge.faults)


def test_labels_of_cells_on_phones_are_written_as_the_heads_are(house: House, desk: Callable[..., Desk]) -> None:
    make_currency(house, "EUR")
    page = desk("*").page(size=PHONE)
    page.set_extra_http_headers({"Accept-Language": "de"})
    page.goto(LIST)
    cells = page.locator("#result_list tbody tr:first-child > *")
    shown = "cells => cells.map(cell => [cell.dataset.label, getComputedStyle(cell, '::before').textTransform])"
    assert ["Datensatz auswählen", "none"] in cells.evaluate_all(shown)
    assert {label[:1].isupper() for label, _how in cells.evaluate_all(shown)} == {True}
    assert {how for _label, how in cells.evaluate_all(shown)} == {"none"}
