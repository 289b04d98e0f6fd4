"""What people come for, from the log-in to the way back: by keyboard alone where a keyboard can do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.currencies.models import Currency
from tests.auth.factories import PASSWORD, make_role, make_user, reading_in
from tests.backoffice.currencies import LIST, change_url, make_currency, now
from tests.browser.conftest import Desk
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]


def said(page: Page, text: str) -> None:
    """Wait until the page says so, and listens to keys."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()
    page.wait_for_load_state("load")


def currencies(house: House) -> dict[str, Any]:
    """Names of the house's currencies and the organization of each, by code."""
    with reading_in(house):
        rows = Currency.objects.filter(deleted_at__isnull=True).values_list("code", "name", "organization_id")
        return {code: (name, organization) for code, name, organization in rows}


def sign_in(page: Page, email: str) -> None:
    """Type the address and the password, from field to field."""
    page.goto(LIST)
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Currencies")
    page.wait_for_load_state("load")  # before that nothing listens to keys


def work_in(page: Page, organization: str) -> None:
    """Change the organization by the palette."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search pages and records")).to_be_focused()
    page.keyboard.type(f"work in {organization}")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text(f"Work in {organization}")
    page.keyboard.press("Enter")
    expect(page.locator("summary.ag-switch__organization")).to_contain_text(organization)
    page.wait_for_load_state("load")


def test_from_the_log_in_to_redo_without_a_mouse(house: House, desk: Seat) -> None:
    role = make_role(house, "*")
    make_user(house, email="bob@example.org", name="Bob", roles=(role,), home_organization_id=house.root.pk)
    page = desk().page()
    sign_in(page, "bob@example.org")

    work_in(page, "North")
    page.keyboard.press("n")  # create
    page.wait_for_url(f"**{LIST}add/")
    expect(page.locator("#id_code")).to_be_focused()
    page.keyboard.type("NOK")
    for text in ("Krone", "kr"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    said(page, "was added successfully")
    assert currencies(house) == {"NOK": ("Krone", house.north.pk)}

    page.goto(LIST)  # edit
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#id_name").wait_for()
    page.wait_for_load_state("load")
    page.keyboard.press("e")
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Norwegian krone")
    page.keyboard.press("Control+Enter")
    said(page, "was changed successfully")
    assert currencies(house)["NOK"][0] == "Norwegian krone"

    page.keyboard.press("u")  # take it back, and do it again
    said(page, "Undone")
    assert currencies(house)["NOK"][0] == "Krone"
    page.keyboard.press("u")
    said(page, "Redone")
    assert currencies(house)["NOK"][0] == "Norwegian krone"


def test_two_people_change_one_record(house: House, desk: Seat) -> None:
    currency = make_currency(house, "EUR", name="Euro", symbol="€")
    alice, bob = desk("*").page(), desk("*", name="Bob").page()
    for page in (alice, bob):
        page.goto(change_url(currency))
    bob.fill("#id_name", "Euro of Bob")
    bob.keyboard.press("Control+Enter")
    said(bob, "was changed successfully")

    alice.fill("#id_name", "Euro of Alice")
    alice.fill("#id_symbol", "EU")
    alice.keyboard.press("Control+Enter")
    expect(alice.get_by_role("heading", level=1)).to_contain_text("EUR")
    expect(alice.locator("#content")).to_contain_text("Euro of Bob")
    expect(alice.locator("#content")).to_contain_text("Euro of Alice")
    assert now(house, currency).name == "Euro of Bob"  # nothing is overwritten unasked

    alice.locator("input[type=radio]:visible").first.check()  # what is stored stays
    alice.get_by_role("button", name="Save with these choices").click()
    said(alice, "was changed successfully")
    stored = now(house, currency)
    assert (stored.name, stored.symbol) == ("Euro of Bob", "EU")
