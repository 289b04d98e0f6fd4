"""People in a browser: one is entered with everything that belongs to them, at a desk and on a telephone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.customers.models import ContactPoint, Person, Tag
from tests.browser.conftest import PHONE, Desk
from tests.customers.factories import make_group, make_person, make_tag
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PEOPLE = "/backend/customers/person/"


@pytest.fixture
def alice(desk: Callable[..., Desk], house: House) -> Desk:
    make_tag(house, "Press")
    make_group(house, "wholesale")
    return desk("*")


def shot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("AGORA_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_person_is_entered_with_an_email(alice: Desk, house: House) -> None:
    with seeding(house.scope()):
        Tag(label="Newspapers", normalized_label="newspapers").save(force_insert=True)
    page = alice.page()
    page.goto(PEOPLE)
    shot(page, "people-empty")
    page.goto(f"{PEOPLE}add/")
    page.fill("#id_first_name", "Ada")
    page.fill("#id_last_name", "Lovelace")
    page.check("text=Newspapers")
    page.locator("#contact_points-group").get_by_text("Add another", exact=False).first.click()
    page.select_option("#id_contact_points-0-channel", "email")
    page.fill("#id_contact_points-0-value", "nonsense")
    shot(page, "person-add")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Enter a valid e-mail address.")).to_be_visible()
    shot(page, "person-wrong")
    page.fill("#id_contact_points-0-value", "Ada@Example.org")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ag-messages")).to_be_visible()
    with seeding(house.scope()):
        assert Person.objects.get().display_name == "Ada Lovelace"
        assert ContactPoint.objects.get().value == "ada@example.org"
    shot(page, "people-one")
    assert alice.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_a_person_on_a_telephone(alice: Desk, house: House, dark: bool) -> None:
    person = make_person(house, "Grace Hopper", job_title="Admiral")
    page = alice.page(size=PHONE, dark=dark)
    page.goto(f"{PEOPLE}{person.pk}/change/")
    shot(page, f"person-phone-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.goto(PEOPLE)
    shot(page, f"people-phone-{'dark' if dark else 'light'}")
