"""What people do at a browser, with the keyboard alone where it matters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.auth.factories import PASSWORD, make_user
from tests.backoffice.currencies import LIST, make_currency, now
from tests.browser.conftest import PHONE, Desk
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed, pytest.mark.routes("tests.backoffice.pages")]
Seat = Callable[..., Desk]


def test_logging_in_and_out(house: House, desk: Seat) -> None:
    make_user(house, email="bob@example.org", name="Bob")
    page = desk().page()
    page.goto(LIST)
    page.get_by_label("E-mail address").fill("bob@example.org")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This e-mail address and password do not open anything here.")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You may not do this", level=2)).to_be_visible()
    page.get_by_role("button", name="Account and display").click()
    page.get_by_role("button", name="Log out").click()
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in to Agora")


def test_a_change_is_taken_back_with_the_keyboard(house: House, desk: Seat) -> None:
    currency, page = make_currency(house, "EUR", name="Euro"), desk("*").page()
    page.goto(f"{LIST}{currency.pk}/change/")
    page.fill("#id_name", "Changed")
    page.keyboard.press("Enter")
    undo = page.get_by_role("status").get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_role("button", name="Redo")).to_be_visible()
    assert now(house, currency).name == "Euro"


def test_the_offer_to_undo_goes_after_ten_seconds_unless_it_is_held(house: House, desk: Seat) -> None:
    currency, page = make_currency(house, "EUR", name="Euro"), desk("*").page()
    page.clock.install()
    page.goto(f"{LIST}{currency.pk}/change/")
    page.fill("#id_name", "Changed")
    page.keyboard.press("Enter")
    undo = page.get_by_role("status").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.clock.run_for(8_000)
    expect(undo).to_be_visible()
    undo.focus()
    page.clock.run_for(20_000)
    expect(undo).to_be_visible()
    undo.blur()
    page.clock.run_for(4_000)
    expect(undo).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("was changed successfully")


def test_the_palette_opens_a_record(house: House, desk: Seat) -> None:
    currency, page = make_currency(house, "EUR", name="Euro"), desk("*").page()
    page.goto("/backend/")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Search pages and records")).to_be_focused()
    page.keyboard.type("euro", delay=20)
    page.locator(".ag-results__chosen").get_by_text("EUR — Euro").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}{currency.pk}/change/")


def test_a_row_is_added_and_one_deleted_in_the_form(house: House, desk: Seat) -> None:
    page = desk("*").page()
    page.goto(f"/backend/directory/organization/{house.root.pk}/change/")
    page.get_by_text("Add another").click()
    page.fill("#id_children-2-name", "West")
    page.get_by_label("Delete this row").nth(1).press("Space")
    page.click("button[name=_continue]")
    expect(page.get_by_role("status")).to_contain_text("was changed successfully")
    names = [item.input_value() for item in page.locator("input[name^='children-'][name$='-name']:visible").all()]
    assert sorted(names) == ["North", "West"]


def test_removing_a_new_row_keeps_what_was_typed_below_it(house: House, desk: Seat) -> None:
    page = desk("*").page()
    page.goto(f"/backend/directory/organization/{house.root.pk}/change/")
    for number in (2, 3):
        page.get_by_text("Add another").click()
        page.fill(f"#id_children-{number}-name", f"Branch {number}")
    page.get_by_role("button", name="Remove this row").first.click()
    assert page.locator("#id_children-2-name").input_value() == "Branch 3"


def test_menus_open_and_close_with_the_keyboard(desk: Seat) -> None:
    page = desk("*").page(size=PHONE)
    page.goto("/backend/")
    page.get_by_role("button", name="Open menu").focus()
    page.keyboard.press("Enter")
    account = page.get_by_role("button", name="Account and display")
    account.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    switch = page.locator("summary.ag-switch__organization")
    switch.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="North")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="North")).to_be_hidden()
    expect(switch).to_be_focused()


def test_choosing_an_organization_changes_what_is_listed(house: House, desk: Seat) -> None:
    make_currency(house, "EUR")
    page = desk("*").page()
    page.goto(LIST)
    expect(page.get_by_role("link", name="EUR", exact=True)).to_be_visible()
    page.locator("summary.ag-switch__organization").click()
    page.get_by_role("button", name="North").click()
    expect(page.get_by_text("No currencies yet")).to_be_visible()


def test_the_chosen_colours_stay(desk: Seat) -> None:
    page = desk("*").page()
    page.goto("/backend/")
    page.get_by_role("button", name="Account and display").click()
    page.get_by_role("button", name="Dark").click()
    page.goto(LIST)
    assert "dark" in (page.locator("html").get_attribute("class") or "")


def test_the_skip_link_comes_first(desk: Seat) -> None:
    page = desk("*").page()
    page.goto(LIST)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
