"""Dictionaries in a browser: arranged by keyboard and mouse, and fit to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from apps.dictionaries.models import Dictionary
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.dictionaries.factories import entry_of, make_dictionary, make_entry, offered
from tests.support.scopes import House
from tests.support.shelf.factories import make_book

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LIST, VALUES = "/backend/dictionaries/dictionary/", "/backend/dictionaries/dictionaryentry/"


def furnish(house: House) -> Dictionary:
    """A dictionary with values of every kind."""
    parent = make_dictionary(house, "Novel", owner=house.root, name="Genres")
    make_entry(house, parent, "atlas", label="Atlas", position=1, color="#0A7F5A", icon="map", tone="success")
    make_entry(house, parent, "manual", label="Manual", position=2, tone="warning", is_default=True)
    make_entry(house, parent, "lost", label="Lost and never found again", position=3, color="#AA0000", tone="danger")
    for number in range(3):
        make_book(house, f"Book {number}", genre_id=entry_of(house, parent, "Novel").pk)
    make_dictionary(house, name="Everybody's titles")
    return parent


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_every_page_is_fit_to_look_at(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    parent = furnish(house)
    empty = make_dictionary(house, owner=house.root, name="Empty one")
    novel, atlas = (entry_of(house, parent, value).pk for value in ("Novel", "atlas"))
    alice, faults, look = desk("*"), list[str](), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    for name, address in {
        "list": LIST,
        "list-nothing": f"{LIST}?q=nothing",
        "values": f"{LIST}{parent.pk}/values/",
        "values-empty": f"{LIST}{empty.pk}/values/",
        "merge": f"{VALUES}{novel}/merge/",
        "merge-preview": f"{VALUES}{novel}/merge/?into={atlas}",
        "merge-wrong": f"{VALUES}{novel}/merge/?into={novel}",
        "entry": f"{VALUES}{atlas}/change/",
        "entry-add": f"{VALUES}add/?dictionary={parent.pk}",
        "entry-delete": f"{VALUES}{novel}/delete/",
        "entries": VALUES,
        "dictionary": f"{LIST}{parent.pk}/change/",
        "dictionary-add": f"{LIST}add/",
    }.items():
        page.goto(address)
        shoot(page, f"di-{name}-{look}")
        faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def moved(page: Page) -> None:
    """Wait for the page that follows."""
    page.wait_for_load_state("networkidle")


def test_values_are_arranged_by_keyboard_and_by_dragging(house: House, desk: Callable[..., Desk]) -> None:
    parent = make_dictionary(house, "a", "b", "c", owner=house.root)
    alice = desk("*")
    page = alice.page()
    page.goto(f"{LIST}{parent.pk}/values/")
    page.get_by_role("button", name="Move c up").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert offered(house, parent) == ["a", "c", "b"]
    page.wait_for_function("document.activeElement.getAttribute('aria-label') === 'Move c up'")
    grips = page.locator("[data-grip]")
    with page.expect_navigation():
        grips.nth(2).drag_to(page.locator("[data-id]").nth(0), target_position={"x": 60, "y": 3})
    moved(page)
    assert offered(house, parent) == ["b", "a", "c"]
    assert alice.complaints == []
