"""The board of deals in the back office, without a script: what is shown, what can be done, what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.customers.models import Deal, Stage
from apps.kernel import clock
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_company, make_person
from tests.customers.pipelines import at, deal_of, join, make_pipeline, priced, store
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.support.scopes import House, seeding

BOARD, DEMANDS = "admin:customers_deal_board", "admin:customers_deal_demands"


@pytest.fixture
def alice(house: House) -> Client:
    role = make_role(house, "customers.*", "dictionaries.view", "audit_logs.*")
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def now(house: House, deal: Deal) -> Deal:
    with seeding(house.scope()):
        found: Deal = Deal.objects.select_related("stage").get(pk=deal.pk)
    return found


def placed(house: House, stage: Stage, **values: Any) -> Deal:
    deal = deal_of(stage, **values)
    store(house, deal)
    return deal


def do(client: Client, deed: str, **more: Any) -> Any:
    return client.post(reverse(BOARD), {"deed": deed, **more}, follow=True)


def test_lanes_show_their_deals_and_what_they_are_worth(alice: Client, house: House) -> None:
    lead, offer, _talks = make_pipeline(house, stale_after_days=3)
    engines = placed(
        house, offer, value=1200, expected_close_on="2026-05-01", stage_since=at("2026-04-01T12:00"), title="Mill"
    )
    join(house, engines, make_person(house, "Ada Lovelace"), make_company(house, "Engines Ltd"))
    placed(house, lead, **priced(Decimal(9), "CHF", rate=None), stage_since=at("2026-05-02T12:00"))
    with clock.frozen(at("2026-05-03T12:00")):
        shown = text(alice.get(reverse(BOARD)))
    for expected in ("Mill", "€1,200.00", "likely €600.00", "Ada Lovelace", "Engines Ltd", "32 days here"):
        assert expected in shown, expected
    assert (shown.count("overdue"), shown.count("> stale<") + shown.count("</span>stale<")) == (2, 1)
    assert "deals in CHF" in shown


def test_pipelines_of_one_name_are_told_apart_by_their_organization(house: House) -> None:
    role = make_role(house, "customers.*")
    above = signed_in(make_user(house, name="Carol", roles=(role,), home_organization_id=house.root.pk))
    for organization, name in ((house.north, "Sales"), (house.south, "Sales"), (house.south, "Repairs")):
        [lead] = make_pipeline(house, ("Lead", 10), name=name, organization=organization)
        store(house, deal_of(lead, value=1))
    names = {"Sales (North)", "Sales (South)", "Repairs"}
    for page in (BOARD, "admin:customers_deal_add", "admin:customers_deal_changelist"):
        shown = text(above.get(reverse(page)))
        assert {item for item in (*names, "Sales") if f">{item}<" in shown or f'label="{item}"' in shown} == names, page


def test_without_a_pipeline_it_says_what_to_do(alice: Client) -> None:
    assert "There is no pipeline yet" in text(alice.get(reverse(BOARD)))


def test_a_deal_is_moved_and_the_move_can_be_taken_back(alice: Client, house: House) -> None:
    lead, offer, _talks = make_pipeline(house)
    deal = placed(house, lead, title="Mill")
    answer = do(alice, f"move:{deal.pk}:1:{offer.pk}")
    assert "“Mill” is in “Offer” now." in text(answer)
    assert "data-undo-seconds" in text(answer)
    assert (now(house, deal).stage_id, now(house, deal).version) == (offer.pk, 2)


def test_the_second_of_two_people_is_asked(alice: Client, house: House) -> None:
    lead, offer, talks = make_pipeline(house)
    deal = placed(house, lead, title="Mill")
    do(alice, f"move:{deal.pk}:1:{offer.pk}")
    answer = do(alice, f"move:{deal.pk}:1:{talks.pk}")
    assert answer.status_code == 412
    assert "The deal is in “Offer” now" in text(answer)
    assert f"move:{deal.pk}:2:{talks.pk}" in text(answer)
    assert now(house, deal).stage_id == offer.pk
    do(alice, f"move:{deal.pk}:2:{talks.pk}")
    assert now(house, deal).stage_id == talks.pk


def test_what_a_stage_demands_is_asked_for_and_saved_with_the_move(alice: Client, house: House) -> None:
    [lead] = make_pipeline(house, ("Lead", 10), name="One")
    with seeding(house.scope(house.north)):
        demands = ["value_amount", "expected_close_on", "people", "companies", "description"]
        talks = Stage(pipeline_id=lead.pipeline_id, label="Talks", position=1, required_fields=demands)
        talks.save(force_insert=True)
    deal, ada, engines = placed(house, lead, title="Mill"), make_person(house, "Ada Lovelace"), make_company(house)
    answer = do(alice, f"move:{deal.pk}:1:{talks.pk}")
    assert answer.status_code == 200
    assert answer.redirect_chain[0][0].startswith(reverse(DEMANDS))
    assert now(house, deal).stage_id == lead.pk
    address, body = answer.redirect_chain[0][0], {"expected_version": "1", "value_amount": "12.50"}
    answer = alice.post(address, body)
    assert "This field is required" in text(answer)
    assert now(house, deal).version == 1
    body |= {"value_currency": "EUR", "expected_close_on": "2026-06-01", "description": "Two of them."}
    body |= {"people": str(ada.pk), "companies": str(engines.pk)}
    assert alice.post(address, body, follow=True).status_code == 200
    found = now(house, deal)
    assert (found.stage_id, found.value_amount, found.value_currency) == (talks.pk, Decimal("12.5000"), "EUR")
    shown = text(alice.get(reverse(BOARD)))
    assert ("Ada Lovelace" in shown, "Engines" in shown) == (True, True)


def test_htmx_is_sent_to_the_form_as_a_page(alice: Client, house: House) -> None:
    [lead] = make_pipeline(house, ("Lead", 10))
    with seeding(house.scope(house.north)):
        talks = Stage(pipeline_id=lead.pipeline_id, label="Talks", position=1, required_fields=["owner_id"])
        talks.save(force_insert=True)
    deal = placed(house, lead)
    answer = alice.post(reverse(BOARD), {"deed": f"move:{deal.pk}:1:{talks.pk}"}, headers={"HX-Request": "true"})
    assert (answer.status_code, str(deal.pk) in answer["HX-Redirect"]) == (200, True)


def test_a_deal_is_won_and_another_one_lost_for_a_reason(alice: Client, house: House) -> None:
    reasons = make_dictionary(house, "Price", key="customers.deal_loss_reason", is_system=True)
    price = entry_of(house, reasons, "Price").pk
    [lead, *_stages] = make_pipeline(house)
    mill, shed = placed(house, lead, title="Mill"), placed(house, lead, title="Shed")
    assert "“Mill” is won." in text(do(alice, f"win:{mill.pk}:1"))
    answer = do(alice, f"lose:{shed.pk}:1", reason=str(price), notes="Too dear.")
    assert "“Shed” is lost." in text(answer)
    assert [now(house, deal).outcome for deal in (mill, shed)] == ["won", "lost"]
    assert (now(house, shed).loss_reason_id, now(house, shed).loss_notes) == (price, "Too dear.")
    assert "No deals" in text(answer)


def test_a_deal_is_added_to_a_lane(alice: Client, house: House) -> None:
    _lead, offer, _talks = make_pipeline(house)
    body = {"stage_id": offer.pk, "title": "Mill", "value_amount": "", "value_currency": "EUR"}
    assert "“Mill” was added." in text(do(alice, "add", **body))
    with seeding(house.scope()):
        deal = Deal.objects.get()
    assert (deal.stage_id, deal.value_amount, deal.value_currency) == (offer.pk, None, "")
    shown = text(do(alice, "add", **{**body, "title": "", "value_amount": "much"}))
    assert "Title: This field is required." in shown
    assert "Value: Enter a number." in shown
    with seeding(house.scope()):
        assert Deal.objects.count() == 1


def test_more_of_a_lane_is_fetched_alone(alice: Client, house: House) -> None:
    [lead, *_stages] = make_pipeline(house)
    store(house, *(deal_of(lead, f"Deal {n:02}", expected_close_on=f"2026-05-{n + 1:02}") for n in range(25)))
    shown = text(alice.get(reverse(BOARD)))
    assert ("Deal 19" in shown, "Deal 20" in shown) == (True, False)
    address = shown.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    more = text(alice.get(address))
    assert [f"Deal {n}" in more for n in (19, 20, 24)] == [False, True, True]
    assert "Show more" not in more
    assert "Deal 24" in text(alice.get(reverse(BOARD), {"first": "200"}))


@pytest.mark.parametrize("deed", ["", "move", "fly:x:1", "move:x:1:y", "win:01a2056d-6f6b-75e5-baed-229d1661d77d:x"])
def test_what_no_page_sends_is_not_found(alice: Client, house: House, deed: str) -> None:
    make_pipeline(house)
    assert do(alice, deed).status_code == 404


def test_who_may_only_look_gets_no_buttons(house: House) -> None:
    lead, offer, _talks = make_pipeline(house)
    deal = placed(house, lead, title="Mill")
    role = make_role(house, "customers.deals.view", "customers.pipelines.view")
    carol = signed_in(make_user(house, name="Carol", roles=(role,), home_organization_id=house.north.pk))
    shown = text(carol.get(reverse(BOARD)))
    assert ("Mill" in shown, "kb-moves" in shown, 'draggable="true"' in shown) == (True, False, False)
    assert do(carol, f"move:{deal.pk}:1:{offer.pk}").status_code == 403
    assert now(house, deal).stage_id == lead.pk


def test_boards_of_others_are_not_found(alice: Client, house: House, other_house: House) -> None:
    [stranger, *_stages] = make_pipeline(other_house)
    [lead, *_others] = make_pipeline(house)
    deal = placed(other_house, stranger)
    assert alice.get(reverse(BOARD), {"pipeline": str(stranger.pipeline_id)}).status_code == 404
    assert "not there any more" in text(do(alice, f"move:{deal.pk}:1:{lead.pk}"))
    for asked in ({}, {"deal": str(deal.pk), "stage": str(lead.pk)}):
        assert alice.get(reverse(DEMANDS), asked).status_code == 404
