"""Duplicates and merging in a browser: who is asked before saving, decided about, and merged, also on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.customers.models import ContactPoint, Person
from tests.browser.conftest import PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.customers.factories import make_company, make_person
from tests.support.scopes import House, reading, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
DUPLICATES = "/backend/customers/duplicates/"
PEOPLE = "/backend/customers/person/"


@pytest.fixture
def alice(desk: Callable[..., Desk], house: House) -> Desk:
    return desk("*")


def reach(house: House, person: Person, value: str) -> None:
    with seeding(house.scope(house.north)):
        ContactPoint(customer_id=person.pk, channel="email", value=value, is_primary=True).save(force_insert=True)


def living(house: House) -> list[str]:
    with reading(house.scope()):
        return list(
            Person.objects.filter(deleted_at__isnull=True).order_by("pk").values_list("display_name", flat=True)
        )


def test_two_become_one_and_undo_makes_two_of_them(alice: Desk, house: House) -> None:
    page = alice.page()
    page.goto(DUPLICATES)
    expect(page.get_by_role("heading", name="No duplicates")).to_be_visible()
    shoot(page, "duplicates-empty")
    this = make_person(house, "Ada Lovelace", job_title="Analyst")
    other = make_person(house, "Ada Lovelace", job_title="Countess", department="Research")
    for person in (this, other):
        reach(house, person, "ada@example.org")
    make_person(house, "Grace Hopper")
    page.reload()
    shoot(page, "duplicates-one")
    page.get_by_role("link", name="Merge: Ada Lovelace and Ada Lovelace").click()
    shoot(page, "merge")
    page.get_by_role("group", name="Job title").get_by_label("Analyst").check()
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".ag-messages")).to_contain_text("was merged into this record")
    expect(page.locator("#id_job_title")).to_have_value("Analyst")
    expect(page.locator("#id_department")).to_have_value("Research")
    assert living(house) == ["Ada Lovelace", "Grace Hopper"]
    page.goto(f"{PEOPLE}{other.pk}/change/")
    expect(page).to_have_url(f"{page.url.partition('/backend')[0]}{PEOPLE}{this.pk}/change/")
    assert alice.complaints == []


def test_a_pair_that_is_no_duplicate_goes_and_comes_back_by_undo(alice: Desk, house: House) -> None:
    for _ in range(2):
        make_company(house, "Engines")
    page = alice.page()
    page.goto(f"{DUPLICATES}?kind=company")
    page.get_by_role("button", name="Not a duplicate").click()
    expect(page.get_by_role("heading", name="No duplicates")).to_be_visible()
    page.locator(".ag-messages").get_by_role("button", name="Undo").click()
    page.goto(f"{DUPLICATES}?kind=company")
    expect(page.get_by_role("button", name="Not a duplicate")).to_be_visible()


def test_whoever_adds_somebody_who_is_there_is_asked_and_may_save_anyway(alice: Desk, house: House) -> None:
    make_person(house, "Ada Lovelace")
    page = alice.page()
    page.goto(f"{PEOPLE}add/")
    page.fill("#id_first_name", "Ada")
    page.fill("#id_last_name", "LOVELACE")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This looks like Ada Lovelace.")).to_be_visible()
    expect(page.get_by_role("link", name="Ada Lovelace")).to_be_visible()
    shoot(page, "person-looks-like")
    assert living(house) == ["Ada Lovelace"]
    page.get_by_label("Save anyway").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ag-messages")).to_be_visible()
    assert living(house) == ["Ada Lovelace", "Ada LOVELACE"]
    assert alice.complaints == []


def test_somebody_is_chosen_to_merge_with_and_a_change_meanwhile_is_noticed(alice: Desk, house: House) -> None:
    this, other = make_person(house, "Ada Lovelace"), make_person(house, "The Countess", job_title="Countess")
    page = alice.page()
    page.goto(f"{PEOPLE}{this.pk}/change/")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Name").fill("count")
    page.get_by_role("button", name="Search", exact=True).click()
    shoot(page, "merge-choose")
    page.get_by_role("link", name="The Countess").click()
    with seeding(house.scope(house.north)):
        Person.objects.filter(pk=other.pk).update(job_title="Lady", version=2)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("alert")).to_contain_text("changed meanwhile")
    shoot(page, "merge-changed")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator("#id_job_title")).to_have_value("Lady")


@pytest.mark.parametrize("dark", [False, True])
def test_pages_on_a_telephone(alice: Desk, house: House, dark: bool) -> None:
    people = [make_person(house, "Ada Lovelace", job_title=title) for title in ("Analyst", "Countess of Lovelace")]
    for person in people:
        reach(house, person, "ada.lovelace.of.ockham@analytical-engines.example.org")
    page = alice.page(size=PHONE, dark=dark)
    merging = f"/backend/customers/merge/?kind=person&this={people[0].pk}"
    for name, path in (
        ("duplicates", DUPLICATES),
        ("choose", merging),
        ("merge", f"{merging}&other={people[1].pk}"),
    ):
        page.goto(path)
        shoot(page, f"merging-phone-{name}-{'dark' if dark else 'light'}")
        assert faults_of(page, name) == []
