"""The frame around every page: the switcher of organizations, colours and language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.backoffice.currencies import LIST, make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House, make_organization, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]
CITIES = ("Berlin", "Gdańsk", "Kraków", "Łódź", "Madrid", "Poznań", "Sevilla", "Warszawa")


def branches(house: House) -> None:
    """More organizations than one looks through, below North."""
    with seeding(house.scope()):
        for city in CITIES:
            make_organization(city, parent=house.north)


def switch(page: Page) -> Any:
    return page.locator("summary.ag-switch__organization")


def test_an_organization_is_found_by_typing_and_chosen_with_enter(house: House, desk: Seat) -> None:
    branches(house)
    page = desk("*").page()
    page.goto(f"{LIST}?q=eur")
    switch(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Find an organization")).to_be_focused()
    page.keyboard.type("lodz")
    shown = page.locator(".ag-switch__menu button:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Acme Group / North")
    page.keyboard.press("Enter")
    expect(switch(page)).to_contain_text("Łódź")
    assert page.url.endswith(f"{LIST}?q=eur")
    switch(page).click()
    expect(page.locator(".ag-switch__menu button[aria-current]")).to_contain_text("Łódź")


def test_arrows_go_through_the_organizations(house: House, desk: Seat) -> None:
    branches(house)
    page = desk("*").page()
    page.goto("/backend/")
    switch(page).click()
    expect(page.get_by_role("textbox", name="Find an organization")).to_be_focused()
    page.keyboard.type("north")  # its own name, and that of what lies below it
    expect(page.locator(".ag-switch__menu button:visible")).to_have_count(1 + len(CITIES))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="North", exact=False).first).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".ag-switch__menu button:visible").last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox", name="Find an organization")).to_be_focused()
    page.keyboard.type(" xx")
    expect(page.get_by_text("No organization is called that.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(switch(page)).to_be_focused()


def test_few_organizations_need_no_field(desk: Seat) -> None:
    page = desk("*").page()
    page.goto("/backend/")
    switch(page).click()
    expect(page.get_by_role("textbox", name="Find an organization")).to_have_count(0)
    expect(page.locator(".ag-switch__menu button[aria-current]")).to_be_focused()


def test_a_record_that_is_not_there_gives_way_to_its_list(house: House, desk: Seat) -> None:
    currency = make_currency(house, "EUR")
    page = desk("*").page()
    page.goto(f"{LIST}{currency.pk}/change/")
    switch(page).click()
    page.locator(".ag-switch__menu").get_by_role("button", name="South").click()
    page.wait_for_url(f"**{LIST}")
    expect(page.get_by_role("status").filter(has_text="another organization")).to_be_visible()


@pytest.mark.parametrize("wanted", ["Dark", "System", "Light"])
def test_a_page_is_never_drawn_in_other_colours_than_the_chosen_ones(desk: Seat, wanted: str) -> None:
    page = desk("*").page(dark=wanted == "System")
    page.add_init_script(
        """
        window.drawn = [];
        const look = () => {
          const html = document.documentElement;
          if (html && document.body && getComputedStyle(html).display !== "none") {
            window.drawn.push(html.classList.contains("dark"));
          }
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """
    )
    page.goto("/backend/")
    page.get_by_role("button", name="Account and display").click()
    page.get_by_role("button", name=wanted, exact=True).click()
    page.goto(LIST)
    page.wait_for_timeout(300)
    assert set(page.evaluate("window.drawn")) == {wanted != "Light"}
    page.get_by_role("button", name="Account and display").click()
    expect(page.get_by_role("button", name=wanted, exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_language_changes_on_the_same_page_and_stays(house: House, desk: Seat) -> None:
    currency = make_currency(house, "EUR")
    seat = desk("*")
    page = seat.page()
    change = f"{LIST}{currency.pk}/change/"
    page.goto(change)
    page.get_by_role("button", name="Account and display").click()
    page.get_by_role("button", name="DE Deutsch").click()
    page.wait_for_url(f"**{change}")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.goto(LIST)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    kept = [item for item in page.context.cookies() if item["name"] == "django_language"]
    assert [item["value"] for item in kept] == ["de"]
    assert kept[0]["expires"] > 0  # it outlives the browser's session
    assert seat.complaints == []


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone-dark")]
)
def test_how_the_switcher_looks(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    branches(house)
    page, look, faults = desk("*").page(size=size, dark=dark), request.node.callspec.id, list[str]()
    page.goto("/backend/")
    switch(page).click()
    expect(page.get_by_role("textbox", name="Find an organization")).to_be_focused()
    shoot(page, f"switcher-{look}")
    faults += faults_of(page, "switcher")
    page.keyboard.type("a")
    shoot(page, f"switcher-narrowed-{look}")
    faults += faults_of(page, "narrowed")
    assert not faults, "\n".join(faults)
