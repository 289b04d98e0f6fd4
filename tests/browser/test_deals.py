"""Deals in a browser: a pipeline is set up, a deal entered, moved, lost and opened again; on a telephone too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.customers.models import Deal, Pipeline, Stage
from apps.kernel import clock
from tests.browser.conftest import PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.customers.factories import make_company, make_deal, make_person, make_pipeline, stages_in
from tests.dictionaries.factories import make_dictionary
from tests.support.scopes import House, reading

pytestmark = [pytest.mark.browser, pytest.mark.committed]
DEALS, PIPELINES = "/backend/customers/deal/", "/backend/customers/pipeline/"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_pipeline_is_set_up(desk: Callable[..., Desk], house: House) -> None:
    alice = desk("*")
    page = alice.page()
    page.goto(PIPELINES)
    shoot(page, "pipelines-empty")
    page.goto(f"{PIPELINES}add/")
    page.fill("#id_name", "Sales")
    for index, label in enumerate(("Talk", "Offer")):
        page.locator("#stages-group").get_by_text("Add another", exact=False).first.click()
        page.fill(f"#id_stages-{index}-label", label)
        page.fill(f"#id_stages-{index}-position", str(1 - index))
    page.fill("#id_stages-1-probability", "101")
    page.locator("#id_stages-1-required_fields").get_by_label("value").check()
    shoot(page, "pipeline-add")
    save(page)
    expect(page.locator("#stages-group")).to_contain_text("100")
    shoot(page, "pipeline-wrong")
    page.fill("#id_stages-1-probability", "60")
    save(page)
    expect(page.locator(".ag-messages")).to_be_visible()
    with reading(house.scope()):
        stages = Stage.objects.filter(pipeline=Pipeline.objects.get()).order_by("position")
        assert [(row.label, row.probability, row.required_fields) for row in stages] == [
            ("Offer", 60, ["value_amount"]),
            ("Talk", 0, []),
        ]
    assert [text for text in alice.complaints if "400" not in text] == []


@pytest.fixture
def furnished(house: House) -> Pipeline:
    make_dictionary(house, "Price", "Competitor", key="customers.deal_loss_reason", is_system=True)
    pipeline = make_pipeline(house, name="Sales")
    offer = stages_in(house, pipeline)[1]
    with clock.frozen(datetime.now(UTC) - timedelta(days=40)):
        make_deal(
            house,
            pipeline,
            "Engines for the mill at Lowell",
            stage_id=offer.pk,
            value_amount=124000,
            value_currency="EUR",
            expected_close_on=(datetime.now(UTC) - timedelta(days=3)).date(),
            people=[{"person_id": make_person(house).pk}],
            companies=[{"company_id": make_company(house).pk}],
        )
    return pipeline


def test_a_deal_is_moved_lost_and_opened_again(desk: Callable[..., Desk], house: House, furnished: Pipeline) -> None:
    alice = desk("*")
    page = alice.page()
    page.goto(DEALS)
    shoot(page, "deals-one")
    page.get_by_role("link", name="Engines for the mill at Lowell", exact=True).click()
    expect(page.get_by_text("Overdue")).to_be_visible()
    shoot(page, "deal")
    page.get_by_role("link", name="Move", exact=True).click()
    page.select_option("#id_stage_id", label="Talk")
    shoot(page, "deal-move")
    page.locator(".ag-form-buttons button").click()
    expect(page.locator("#id_stage_id")).to_have_value(str(stages_in(house, furnished)[0].pk))
    page.get_by_role("link", name="Lose", exact=True).click()
    page.select_option("#id_loss_reason_id", label="Price")
    page.fill("#id_loss_notes", "They build their own.")
    shoot(page, "deal-lose")
    page.locator(".ag-form-buttons button").click()
    expect(page.get_by_role("link", name="Reopen", exact=True)).to_be_visible()
    with reading(house.scope()):
        deal = Deal.objects.get()
    assert (deal.outcome, deal.loss_notes) == ("lost", "They build their own.")
    shoot(page, "deal-lost")
    assert alice.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_deals_on_a_telephone(desk: Callable[..., Desk], house: House, furnished: Pipeline, dark: bool) -> None:
    with reading(house.scope()):
        deal = Deal.objects.get()
    alice, faults = desk("*"), list[str]()
    page = alice.page(size=PHONE, dark=dark)
    for name, address in (
        ("deals", DEALS),
        ("deal", f"{DEALS}{deal.pk}/change/"),
        ("deal-add", f"{DEALS}add/"),
        ("deal-lose", f"{DEALS}{deal.pk}/do/lose/"),
        ("pipelines", PIPELINES),
        ("pipeline", f"{PIPELINES}{furnished.pk}/change/"),
    ):
        page.goto(address)
        faults += faults_of(page, f"{name}-phone")
        shoot(page, f"{name}-phone-{'dark' if dark else 'light'}")
    assert faults == []
    assert alice.complaints == []
