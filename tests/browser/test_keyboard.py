"""Shortcuts, the list of them, their switch, and the question before a changed form is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.backoffice.currencies import LIST, make_currency, now
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
KEYS = "Keyboard shortcuts"


def pressing(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def help_of(page: Page) -> Any:
    return page.get_by_role("dialog", name=KEYS)


def asking(page: Page, *, leave: bool) -> list[str]:
    """Kinds of questions that the browser asks from now on, each answered at once."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if leave:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    return asked


def test_rows_are_walked_selected_and_opened(house: House, desk: Seat) -> None:
    for code in ("CHF", "EUR", "USD"):
        make_currency(house, code)
    page = desk("*").page()
    page.goto(LIST)
    pressing(page, "j", "j", "x")
    expect(page.get_by_role("link", name="EUR", exact=True)).to_be_focused()
    expect(page.locator("tr:has(a:text-is('EUR')) input.action-select")).to_be_checked()
    pressing(page, "j", "j", "k", "k", "k")
    expect(page.get_by_role("link", name="CHF", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("CHF")


def test_the_search_of_the_list_and_a_new_record(house: House, desk: Seat) -> None:
    make_currency(house, "EUR")
    page = desk("*").page()
    page.goto(LIST)
    page.keyboard.press("/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.keyboard.type("nj?/g")  # letters that are typed are letters
    expect(page.locator("#searchbar")).to_have_value("nj?/g")
    pressing(page, "Escape", "n")
    page.wait_for_url(f"**{LIST}add/")
    page.goto("/backend/")
    page.keyboard.press("/")  # a page without a list
    expect(page.get_by_role("combobox", name="Search pages and records")).to_be_focused()


def test_a_form_is_entered_saved_taken_back_and_left(house: House, desk: Seat) -> None:
    currency, page = make_currency(house, "EUR", name="Euro"), desk("*").page()
    page.goto(f"{LIST}{currency.pk}/change/")
    page.keyboard.press("e")
    expect(page.locator("#id_name")).to_be_focused()
    page.fill("#id_name", "Changed")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="was changed")).to_be_visible()
    assert now(house, currency).name == "Changed"
    page.wait_for_load_state("load")  # before that nothing listens to keys
    page.keyboard.press("u")
    expect(page.get_by_role("status").filter(has_text="Undone")).to_be_visible()
    assert now(house, currency).name == "Euro"
    page.goto(f"{LIST}{currency.pk}/change/")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{LIST}")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_text("There is nothing to take back here.")).to_be_visible()


def test_modules_have_letters(desk: Seat) -> None:
    page = desk("*").page()
    page.goto("/backend/")
    page.keyboard.press("?")
    places = help_of(page).locator("[data-keys-places]")
    expect(places).to_contain_text("Currencies")
    names, keys = places.locator("dd").all_inner_texts(), places.locator("dt").all_inner_texts()
    letters = dict(zip(names, (item.split()[-1] for item in keys), strict=True))
    assert len(set(letters.values())) == len(letters)
    page.keyboard.press("Escape")
    pressing(page, "g", letters["Currencies"])
    page.wait_for_url(f"**{LIST}")


def test_shortcuts_of_one_key_are_switched_off_and_stay_off(house: House, desk: Seat) -> None:
    make_currency(house, "EUR")
    page = desk("*").page()
    page.goto(LIST)
    page.keyboard.press("?")
    help_of(page).get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.goto(LIST)
    pressing(page, "?", "n", "j")
    expect(help_of(page)).to_be_hidden()
    assert page.url.endswith(LIST)
    expect(page.get_by_role("link", name="EUR", exact=True)).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search pages and records")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Account and display").click()
    page.get_by_role("button", name=KEYS).click()
    help_of(page).get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="EUR", exact=True)).to_be_focused()


def test_leaving_a_changed_form_is_asked_about(house: House, desk: Seat) -> None:
    currency, page = make_currency(house, "EUR", name="Euro"), desk("*").page()
    change = f"{LIST}{currency.pk}/change/"
    asked = asking(page, leave=False)
    page.goto(change)
    page.fill("#id_name", "Changed")
    pressing(page, "Escape", "Escape")
    page.wait_for_timeout(300)
    assert (asked, page.url.endswith(change)) == (["beforeunload"], True)
    expect(page.locator("#id_name")).to_have_value("Changed")
    page.locator("#id_name").focus()
    page.keyboard.press("Control+Enter")  # saving is no leaving
    expect(page.get_by_role("status").filter(has_text="was changed")).to_be_visible()
    assert asked == ["beforeunload"]


def test_an_unchanged_form_is_left_without_a_question(house: House, desk: Seat) -> None:
    currency, page = make_currency(house, "EUR", name="Euro"), desk("*").page()
    asked = asking(page, leave=True)
    page.goto(f"{LIST}{currency.pk}/change/")
    page.fill("#id_name", "Changed")
    page.fill("#id_name", "Euro")
    pressing(page, "Escape", "Escape")
    page.wait_for_url(f"**{LIST}")
    assert asked == []


def test_a_form_that_was_refused_is_not_left_silently(desk: Seat) -> None:
    page = desk("*").page()
    asked = asking(page, leave=True)
    page.goto(f"{LIST}add/")
    page.fill("#id_code", "QQQ")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errorlist, .errors").first).to_be_visible()
    page.locator("#id_code").focus()
    pressing(page, "Escape", "Escape")
    page.wait_for_url(f"**{LIST}")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone-dark")]
)
def test_how_the_list_of_keys_looks(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    page = desk("*").page(size=size, dark=dark)
    page.goto("/backend/")
    page.keyboard.press("?")
    expect(help_of(page)).to_be_visible()
    shoot(page, f"keys-{request.node.callspec.id}")
    assert faults_of(page, "keys") == []
