"""The overview of a deal in a browser: empty, full, followed, commented on, won by its button; by keyboard too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from apps.customers.models import Comment
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.browser.watching import violations
from tests.customers.factories import make_company, make_deal, make_person, make_pipeline
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
DEALS = "/backend/customers/deal/"


@pytest.fixture
def alice(desk: Callable[..., Desk]) -> Desk:
    return desk("*")


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_pages_of_a_deal_are_sound_empty_and_full(
    alice: Desk, house: House, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    look, faults, pipeline = request.node.callspec.id, list[str](), make_pipeline(house, name="Sales")
    empty, page = make_deal(house, pipeline, "Bare"), alice.page(size=size, dark=dark)
    full = make_deal(
        house,
        pipeline,
        "Engines for the mill at Lowell, with their boilers",
        description="For the new wing.",
        value_currency="EUR",
        expected_close_on=(datetime.now(UTC) - timedelta(days=3)).date(),
        lines=[{"title": "Engine", "quantity": 12, "unit_price": 1200}, {"title": "Boiler", "unit_price": 7000}],
        people=[{"person_id": make_person(house, job_title="Countess").pk}],
        companies=[{"company_id": make_company(house).pk}],
    )
    with seeding(house.scope(house.north)):
        Comment(deal_id=full.pk, body="They called.").save(force_insert=True)
    for name, address in {
        "empty": f"{DEALS}{empty.pk}/overview/",
        "full": f"{DEALS}{full.pk}/overview/",
        "timeline": f"{DEALS}{full.pk}/timeline/",
        "access": f"/backend/customers/access/deal/?entity=customers.deal&id={full.pk}",
    }.items():
        page.goto(address)
        shoot(page, f"deal-{name}-{look}")
        faults += [*faults_of(page, name), *violations(page, name)]
    assert faults == []
    assert alice.complaints == []


def test_a_deal_is_followed_commented_on_and_won_by_keyboard(alice: Desk, house: House) -> None:
    deal = make_deal(house, title="Twelve engines")
    page = alice.page()
    page.goto(DEALS)
    page.get_by_role("link", name="Twelve engines", exact=True).press("Enter")
    page.get_by_role("button", name="Follow", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Comment", exact=True).press("Enter")
    box = page.get_by_label("Comment", exact=True)
    box.fill("Signed soon.")
    box.press("Control+Enter")
    expect(page.locator(".cu-said").first).to_have_text("Signed soon.")
    page.get_by_role("link", name="Overview", exact=True).press("Enter")
    page.get_by_role("link", name="Win", exact=True).press("Enter")
    page.locator(".ag-form-buttons button").press("Enter")
    page.goto(f"{DEALS}{deal.pk}/overview/")
    expect(page.locator(".cu-state--won")).to_be_visible()
    assert alice.complaints == []
