"""People and companies as they are worked with: the overview, following, labels, and comments that mention somebody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.customers.models import Comment, Company, ContactPoint, Label, Mention, Person, PersonCompany, Tagging
from apps.customers.models.reaching import Address
from tests.auth.factories import make_role, make_user
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.browser.watching import violations
from tests.customers.factories import make_company, make_deal, make_person, make_pipeline, make_tag
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PEOPLE = "/backend/customers/person/"


@pytest.fixture
def alice(desk: Callable[..., Desk]) -> Desk:
    return desk("*")


def full(house: House, alice: Desk) -> tuple[Person, Company]:
    """A person with everything, who works for a company."""
    person = make_person(house, "Ada Lovelace", job_title="Countess", description="Knows numbers.\n\nAnd poets.")
    company, tag, user = make_company(house, "Analytical Engines"), make_tag(house, "Press"), alice.user
    assert user is not None
    with seeding(house.scope(house.north)):
        PersonCompany(person=person, company=company, is_primary=True).save(force_insert=True)
        ContactPoint(customer_id=person.pk, channel="email", value="ada@example.org", is_primary=True).save()
        ContactPoint(customer_id=person.pk, channel="phone", value="+442079460958", is_primary=True).save()
        Address(customer_id=person.pk, line1="St James's Square 12", city="London", country="GB").save()
        Tagging(customer_id=person.pk, tag=tag).save(force_insert=True)
        Label(label="Call back", normalized_label="call back", color="#0A7D4F", user_id=user.pk).save()
    return person, company


def judged(page: Page, name: str) -> list[str]:
    shoot(page, name)
    return [*faults_of(page, name), *violations(page, name)]


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_pages_of_a_customer_are_sound_empty_and_full(
    alice: Desk, house: House, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    look, faults = request.node.callspec.id, list[str]()
    page, empty = alice.page(size=size, dark=dark), make_person(house, "Grace Hopper")
    person, company = full(house, alice)
    part = {"people": [{"person_id": person.pk}], "value_amount": 1200, "value_currency": "EUR"}
    make_deal(house, make_pipeline(house, name="Sales"), "Engines for the mill at Lowell, with their boilers", **part)
    with seeding(house.scope(house.north)):
        comment = Comment(customer_id=person.pk, body="They called.\n\nTwice.")
        comment.save(force_insert=True)
    for name, address in {
        "overview-empty": f"{PEOPLE}{empty.pk}/overview/",
        "timeline-empty": f"{PEOPLE}{empty.pk}/timeline/",
        "files-empty": f"{PEOPLE}{empty.pk}/files/",
        "deals-empty": f"{PEOPLE}{empty.pk}/deals/",
        "deals-full": f"{PEOPLE}{person.pk}/deals/",
        "overview-full": f"{PEOPLE}{person.pk}/overview/",
        "timeline-full": f"{PEOPLE}{person.pk}/timeline/",
        "form-full": f"{PEOPLE}{person.pk}/change/",
        "overview-company": f"/backend/customers/company/{company.pk}/overview/",
        "comments": "/backend/customers/comment/",
        "comment": f"/backend/customers/comment/{comment.pk}/change/",
        "labels": "/backend/customers/label/",
        "label-add": "/backend/customers/label/add/",
    }.items():
        page.goto(address)
        faults += judged(page, f"customer-{name}-{look}")
    assert faults == []
    assert alice.complaints == []


def test_somebody_is_mentioned_followed_and_labelled_by_keyboard(alice: Desk, house: House) -> None:
    person, _company = full(house, alice)
    dora = make_user(house, name="Dora Example", roles=(make_role(house, "customers.*"),))
    page = alice.page()
    page.goto(f"{PEOPLE}{person.pk}/overview/")
    expect(page.get_by_role("link", name="ada@example.org")).to_have_attribute("href", "mailto:ada@example.org")
    page.get_by_role("button", name="Follow", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Call back").press("Enter")
    expect(page.get_by_role("button", name="Call back")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Comment", exact=True).click()
    box = page.get_by_label("Comment", exact=True)
    box.press_sequentially("Please call, @dor")
    expect(page.get_by_role("option", name="Dora Example")).to_be_visible()
    shoot(page, "customer-mention")
    box.press("Enter")
    box.press_sequentially("today.")
    box.press("Control+Enter")
    expect(page.get_by_text("Comment added.")).to_be_visible()
    expect(page.locator(".cu-said").first).to_have_text("Please call, @Dora Example today.")
    with seeding(house.scope()):
        assert [row.user_id for row in Mention.objects.all()] == [dora.pk]
    assert alice.complaints == []


def test_earlier_moments_come_below_without_another_page(alice: Desk, house: House) -> None:
    person = make_person(house)
    with seeding(house.scope(house.north)):
        Comment.objects.bulk_create([Comment(customer_id=person.pk, body=f"Note {n}") for n in range(60)])
    page = alice.page()
    page.goto(f"{PEOPLE}{person.pk}/timeline/?source=customers.comments")
    moments = page.locator("[data-moments] > li")
    for count in (25, 50, 60):
        expect(moments).to_have_count(count)
        if count < 60:
            page.get_by_role("link", name="Earlier").click()
    expect(page.get_by_role("link", name="Earlier")).to_have_count(0)
    shoot(page, "customer-earlier")
    assert alice.complaints == []


def test_a_comment_that_is_too_long_is_kept(alice: Desk, house: House) -> None:
    person = make_person(house)
    page = alice.page(size=PHONE, dark=True)
    page.goto(f"{PEOPLE}{person.pk}/timeline/")
    page.get_by_label("Comment", exact=True).evaluate("box => { box.removeAttribute('maxlength'); }")
    page.get_by_label("Comment", exact=True).fill("x" * 8001)
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_role("alert")).to_contain_text("8000")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("x" * 8001)
    page.locator("textarea").evaluate("box => { box.value = 'x'; }")
    assert judged(page, "customer-comment-wrong") == []
