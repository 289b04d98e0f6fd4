"""People in a browser: one is entered with everything that belongs to them, at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.customers.models import ContactPoint, Person, Tag
from tests.browser.conftest import PHONE, Desk, shoot
from tests.customers.factories import make_group, make_person, make_tag
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PEOPLE = "/backend/customers/person/"


@pytest.fixture
def alice(desk: Callable[..., Desk], house: House) -> Desk:
    make_tag(house, "Press")
    make_group(house, "wholesale")
    return desk("*")


def test_a_person_is_entered_with_an_email(alice: Desk, house: House) -> None:
    with seeding(house.scope()):
        Tag(label="Newspapers", normalized_label="newspapers").save(force_insert=True)
    page = alice.page()
    page.goto(PEOPLE)
    shoot(page, "people-empty")
    page.goto(f"{PEOPLE}add/")
    page.fill("#id_first_name", "Ada")
    page.fill("#id_last_name", "Lovelace")
    page.check("text=Newspapers")
    page.locator("#contact_points-group").get_by_text("Add another", exact=False).first.click()
    page.select_option("#id_contact_points-0-channel", "email")
    page.fill("#id_contact_points-0-value", "nonsense")
    shoot(page, "person-add")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Enter a valid e-mail address.")).to_be_visible()
    shoot(page, "person-wrong")
    page.fill("#id_contact_points-0-value", "Ada@Example.org")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ag-messages")).to_be_visible()
    with seeding(house.scope()):
        assert Person.objects.get().display_name == "Ada Lovelace"
        assert ContactPoint.objects.get().value == "ada@example.org"
    shoot(page, "people-one")
    assert alice.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_a_person_on_a_telephone(alice: Desk, house: House, dark: bool) -> None:
    person = make_person(house, "Grace Hopper", job_title="Admiral")
    page = alice.page(size=PHONE, dark=dark)
    page.goto(f"{PEOPLE}{person.pk}/change/")
    shoot(page, f"person-phone-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.goto(PEOPLE)
    shoot(page, f"people-phone-{'dark' if dark else 'light'}")
