"""The board of deals in a browser: moved by dragging and by keyboard, refused to the second, fit for every screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from apps.customers.models import Deal, Stage
from apps.kernel import clock
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.customers.factories import make_company, make_person
from tests.customers.pipelines import deal_of, join, make_pipeline, priced, store
from tests.dictionaries.factories import make_dictionary
from tests.support.scopes import House, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
BOARD = "/backend/customers/deal/board/"


@pytest.fixture
def alice(desk: Callable[..., Desk], house: House) -> Desk:
    make_dictionary(house, "Price", "Competitor", key="customers.deal_loss_reason", is_system=True)
    return desk("*")


def now(house: House, deal: Deal) -> Deal:
    with seeding(house.scope()):
        found: Deal = Deal.objects.select_related("stage").get(pk=deal.pk)
    return found


def placed(house: House, stage: Stage, title: str, **values: Any) -> Deal:
    deal = deal_of(stage, title, **values)
    store(house, deal)
    return deal


def lane(page: Page, label: str) -> Any:
    return page.locator("[data-lane]").filter(has=page.get_by_role("heading", name=label))


def busy_board(house: House) -> None:
    """A board with everything that a card can show."""
    stages = make_pipeline(
        house, ("Lead", 10), ("Offer", 50), ("Negotiations", 80), ("Signing", 95), stale_after_days=7
    )
    long_ago, today = clock.now() - timedelta(days=30), clock.now().date()
    mill = placed(
        house,
        stages[1],
        "Engines for the mill",
        value=120_000,
        stage_since=long_ago,
        expected_close_on=today - timedelta(days=2),
    )
    join(house, mill, make_person(house, "Ada Lovelace"), make_company(house, "Analytical Engines Ltd"))
    zloty = priced(Decimal(48_000), "PLN", rate=Decimal("0.25"))
    placed(house, stages[0], "Pumps with a rather long name that does not fit into one line", **zloty)
    placed(house, stages[2], "Boilers", **priced(Decimal(900), "CHF", rate=None))
    store(
        house,
        *(
            deal_of(stages[0], f"Lead {n:02}", value=1000 + n, expected_close_on=today + timedelta(days=n))
            for n in range(24)
        ),
    )


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_it_is_fit_to_look_at(
    house: House, alice: Desk, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    look, page, faults = request.node.callspec.id, alice.page(size=size, dark=dark), list[str]()

    def judge(name: str) -> None:
        page.wait_for_load_state("networkidle")
        shoot(page, f"board-{name}-{look}")
        faults.extend(faults_of(page, name))

    page.goto(BOARD)
    judge("nothing")
    [stage, *_stages] = make_pipeline(house, name="Empty", organization=house.root)
    page.goto(f"{BOARD}?pipeline={stage.pipeline_id}")
    judge("empty")
    page.get_by_role("link", name="Add a deal to Offer").click()
    judge("add")
    busy_board(house)
    page.goto(BOARD)
    page.locator("#kb-pipeline").select_option(index=1)
    expect(page.get_by_text("Engines for the mill", exact=True)).to_be_attached()
    judge("full")
    page.locator("summary").filter(has_text="Move").first.click()
    judge("menu")
    page.get_by_role("link", name="Lost …").first.click()
    judge("lose")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_a_card_is_dragged_to_another_lane(house: House, alice: Desk) -> None:
    lead, offer, _talks = make_pipeline(house)
    deal = placed(house, lead, "Mill", value=100)
    page = alice.page()
    page.goto(BOARD)
    expect(lane(page, "Lead").locator("[data-value]")).to_have_text("€100.00")
    page.locator(f"#deal-{deal.pk}").drag_to(lane(page, "Offer"))
    expect(page.get_by_text("“Mill” is in “Offer” now.")).to_be_visible()
    expect(lane(page, "Offer").locator("[data-deal]")).to_have_count(1)
    expect(lane(page, "Offer").locator("[data-value]")).to_have_text("€100.00")
    expect(lane(page, "Lead").locator("[data-value]")).to_have_text("€0.00")
    assert now(house, deal).stage_id == offer.pk
    shoot(page, "board-moved")
    page.get_by_role("button", name="Undo").click()
    expect(lane(page, "Lead").locator("[data-deal]")).to_have_count(1)
    assert now(house, deal).stage_id == lead.pk
    assert alice.complaints == []


def test_a_card_is_moved_by_keyboard_and_keeps_the_focus(house: House, alice: Desk) -> None:
    lead, offer, talks = make_pipeline(house)
    deal = placed(house, lead, "Mill")
    page = alice.page()
    page.goto(BOARD)
    menu = page.locator(f"#deal-{deal.pk} summary")
    for stage in (offer, talks):
        menu.focus()
        page.keyboard.press("Enter")
        for _each in range(2 if stage is talks else 1):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(lane(page, stage.label).locator("[data-deal]")).to_have_count(1)
        expect(menu).to_be_focused()
        assert now(house, deal).stage_id == stage.pk
    assert alice.complaints == []


def test_the_second_of_two_people_chooses(house: House, alice: Desk) -> None:
    lead, offer, talks = make_pipeline(house)
    deal = placed(house, lead, "Mill")
    first, second = alice.page(), alice.page()
    first.route("**/api/events/stream**", lambda route: route.abort())
    second.route("**/api/events/stream**", lambda route: route.abort())
    first.goto(BOARD)
    second.goto(BOARD)
    first.locator(f"#deal-{deal.pk}").drag_to(lane(first, "Offer"))
    expect(lane(first, "Offer").locator("[data-deal]")).to_have_count(1)
    second.locator(f"#deal-{deal.pk}").drag_to(lane(second, "Talks"))
    expect(second.get_by_text("“Mill” was changed meanwhile")).to_be_visible()
    assert now(house, deal).stage_id == offer.pk
    shoot(second, "board-conflict")
    assert faults_of(second, "conflict") == []
    second.get_by_role("button", name="Move it to “Talks” all the same").click()
    expect(lane(second, "Talks").locator("[data-deal]")).to_have_count(1)
    assert now(house, deal).stage_id == talks.pk


def test_what_a_stage_demands_is_asked_for(house: House, alice: Desk) -> None:
    [lead] = make_pipeline(house, ("Lead", 10))
    with seeding(house.scope(house.north)):
        demands = ["value_amount", "expected_close_on", "people", "owner_id"]
        Stage(pipeline_id=lead.pipeline_id, label="Talks", position=1, required_fields=demands).save(force_insert=True)
    deal, _ada = placed(house, lead, "Mill"), make_person(house, "Ada Lovelace")
    page = alice.page()
    page.goto(BOARD)
    page.locator(f"#deal-{deal.pk}").drag_to(lane(page, "Talks"))
    expect(page.get_by_role("button", name="Move to “Talks”")).to_be_visible()
    shoot(page, "board-demands")
    assert faults_of(page, "demands") == []
    page.get_by_role("button", name="Move to “Talks”").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    shoot(page, "board-demands-wrong")
    page.fill("[name=value_amount]", "500")
    page.fill("[name=value_currency]", "EUR")
    page.fill("[name=expected_close_on]", "2030-01-31")
    for name, typed in (("people", "Ada"), ("owner_id", "Alice")):
        page.locator(f"[name={name}] + .select2-container").click()
        page.keyboard.type(typed)
        page.locator(".select2-results__option", has_text=typed).first.click()
    page.get_by_role("button", name="Move to “Talks”").click()
    expect(lane(page, "Talks").locator("[data-deal]")).to_contain_text("Ada Lovelace")
    assert now(house, deal).stage.label == "Talks"
    assert now(house, deal).value_amount == Decimal(500)
    assert alice.complaints == []


def test_a_deal_is_added_won_and_lost(house: House, alice: Desk) -> None:
    lead, _offer, _talks = make_pipeline(house, organization=house.root)
    shed = placed(house, lead, "Shed")
    page = alice.page()
    page.goto(BOARD)
    page.get_by_role("link", name="Add a deal to Offer").click()
    page.fill("#kb-title", "Mill")
    page.keyboard.press("Enter")
    expect(lane(page, "Offer").locator("[data-deal]")).to_contain_text("Mill")
    lane(page, "Offer").locator("summary").click()
    page.get_by_role("button", name="Won").click()
    expect(page.get_by_text("“Mill” is won.")).to_be_visible()
    page.locator(f"#deal-{shed.pk} summary").click()
    page.get_by_role("link", name="Lost …").click()
    page.select_option("#kb-reason", label="Price")
    page.fill("#kb-notes", "Too dear.")
    page.get_by_role("button", name="Mark as lost").click()
    expect(page.get_by_text("“Shed” is lost.")).to_be_visible()
    assert (now(house, shed).outcome, now(house, shed).loss_notes) == ("lost", "Too dear.")
    assert alice.complaints == []


def test_more_cards_come_into_the_lane_and_what_others_do_shows(house: House, alice: Desk) -> None:
    [lead, *_stages] = make_pipeline(house)
    store(house, *(deal_of(lead, f"Deal {n:02}") for n in range(25)))
    page = alice.page()
    page.goto(BOARD)
    expect(lane(page, "Lead").locator("[data-deal]")).to_have_count(20)
    page.get_by_role("link", name="Show more").click()
    expect(lane(page, "Lead").locator("[data-deal]")).to_have_count(25)
    added = placed(house, lead, "From elsewhere", expected_close_on="2030-01-31")
    detail = {"entity": "customers.deal", "entity_id": str(added.pk), "name": "customers.deal.created", "payload": {}}
    page.evaluate("detail => dispatchEvent(new CustomEvent('agora:event', {detail}))", detail)
    expect(page.get_by_role("link", name="From elsewhere", exact=True)).to_be_visible()
    expect(lane(page, "Lead").locator("[data-deal]")).to_have_count(25)
    assert alice.complaints == []


def test_whoever_is_signed_out_meanwhile_is_asked_to_sign_in(house: House, alice: Desk) -> None:
    lead, _offer, _talks = make_pipeline(house)
    deal = placed(house, lead, "Mill")
    page = alice.page()
    page.goto(BOARD)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator(f"#deal-{deal.pk}").drag_to(lane(page, "Offer"))
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert now(house, deal).stage_id == lead.pk
