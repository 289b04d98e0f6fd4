"""Consents, who may see a record, and erasing somebody, in a browser: at a desk and on a telephone, in the dark too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.customers.models import Consent, Person
from tests.auth.factories import make_role, make_user
from tests.browser.conftest import PHONE, Desk, shoot
from tests.customers.factories import make_person
from tests.dictionaries.factories import make_dictionary
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]


@pytest.fixture
def alice(desk: Callable[..., Desk], house: House) -> Desk:
    make_dictionary(house, "Newsletter", "Calls", key="customers.consent_purpose")
    return desk("*")


def opened(page: Page, person: Person, tab: str) -> None:
    page.goto(f"/backend/customers/person/{person.pk}/change/")
    views = page.get_by_role("navigation", name="Views of this record")
    views.get_by_role("link", name=tab).click()
    expect(views.locator("[aria-current=page]")).to_contain_text(tab)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_consent_is_given_and_withdrawn(alice: Desk, house: House) -> None:
    person, page = make_person(house), alice.page()
    opened(page, person, "Consents")
    shoot(page, "consents-empty")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    shoot(page, "consents-wrong")
    for state, evidence in (("given", "Yes, please send it"), ("withdrawn", "No more, thanks")):
        page.locator("#id_state").select_option(state)
        page.get_by_label("Purpose").select_option(label="Newsletter")
        page.get_by_label("Where").fill("Trade fair")
        page.get_by_label("Evidence").fill(evidence)
        page.get_by_role("button", name="Write down").click()
        expect(page.get_by_text(evidence)).to_be_visible()
    shoot(page, "consents-full")
    with seeding(house.scope()):
        assert list(Consent.objects.order_by("at").values_list("state", flat=True)) == ["given", "withdrawn"]
    phone = alice.page(size=PHONE, dark=True)
    opened(phone, person, "Consents")
    shoot(phone, "consents-phone-dark")
    fits(phone)
    assert alice.complaints == []


def test_a_person_is_restricted_and_shared(alice: Desk, house: House) -> None:
    person, page = make_person(house), alice.page()
    make_user(house, name="Carol", roles=(make_role(house, "customers.*", name="Clerks"),))
    opened(page, person, "Who may see it")
    shoot(page, "access-open")
    page.get_by_role("button", name="Restrict").click()
    expect(page.get_by_role("button", name="Show it to everybody again")).to_be_visible()
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("Name either a user or a role.").first).to_be_visible()
    shoot(page, "access-wrong")
    page.get_by_label("User", exact=True).select_option(label="Carol")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Take it away from Carol")).to_be_visible()
    shoot(page, "access-shared")
    phone = alice.page(size=PHONE, dark=True)
    opened(phone, person, "Who may see it")
    shoot(phone, "access-phone-dark")
    fits(phone)
    page.get_by_role("button", name="Take it away from Carol").press("Enter")
    expect(page.get_by_role("button", name="Take it away from Carol")).to_have_count(0)
    assert alice.complaints == []


def test_a_person_is_erased(alice: Desk, house: House) -> None:
    person, page = make_person(house, job_title="Countess"), alice.page()
    page.goto(f"/backend/customers/person/{person.pk}/change/")
    shoot(page, "person-buttons")
    page.get_by_role("link", name="Erase").click()
    page.get_by_label("Name, as it stands on the record").fill("Ada")
    page.get_by_label("Reason").fill("Letter of 3 March")
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("Type the name as it stands on the record.")).to_be_visible()
    shoot(page, "erase-wrong")
    page.get_by_label("Name, as it stands on the record").fill("Ada Lovelace")
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("The person is erased.")).to_be_visible()
    shoot(page, "erased")
    page.get_by_role("navigation", name="Views of this record").get_by_role("link", name="Overview").click()
    expect(page.get_by_role("link", name="Certificate", exact=True)).to_be_visible()
    shoot(page, "erased-overview")
    page.goto("/backend/customers/erasure/")
    expect(page.get_by_text("Letter of 3 March")).to_be_visible()
    shoot(page, "erasures")
    page.get_by_role("link", name="Erased person").first.click()
    shoot(page, "certificate")
    phone = alice.page(size=PHONE, dark=True)
    phone.goto(f"/backend/customers/person/{person.pk}/overview/")
    expect(phone.get_by_text("This person was erased on")).to_be_visible()
    expect(phone.get_by_role("link", name="Edit")).to_have_count(0)
    shoot(phone, "erased-overview-phone-dark")
    fits(phone)
    phone.goto(f"/backend/customers/person/{person.pk}/history/")
    expect(phone.get_by_text("Countess")).to_have_count(0)
    shoot(phone, "erased-history-phone-dark")
    assert alice.complaints == []
