"""Pages of deals and pipelines in the back office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.customers.models import Deal, Person, Pipeline
from apps.kernel import clock
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.backoffice.lists import selection_of
from tests.customers.factories import make_company, make_deal, make_person, make_pipeline, stages_in
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.support.scopes import House, reading

LISTS = ("people", "companies", "lines")
NO_ROWS = {f"{prefix}-{name}": 0 for prefix in LISTS for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


@pytest.fixture
def alice(house: House) -> Client:
    role = make_role(house, "customers.*", "dictionaries.view", "audit_logs.*")
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


def only(house: House, model: Any) -> Any:
    with reading(house.scope()):
        return model._default_manager.get()


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def address(name: str, *ids: Any) -> str:
    return reverse(f"admin:customers_{name}", args=ids)


def test_a_deal_is_added_with_people_companies_and_lines(alice: Client, house: House) -> None:
    stages = stages_in(house, make_pipeline(house, name="Sales"))
    person, company = make_person(house), make_company(house)
    page = alice.get(address("deal_add"))
    assert page.context["adminform"].form.initial["stage_id"] == str(stages[0].pk)
    assert "Sales" in text(page)
    rows = {
        "people-TOTAL_FORMS": 1,
        "people-0-person": person.pk,
        "companies-TOTAL_FORMS": 1,
        "companies-0-company": company.pk,
        "lines-TOTAL_FORMS": 1,
        "lines-0-title": "Engine",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "10.50",
    }
    body = {**NO_ROWS, **rows, "title": "Mill", "stage_id": stages[2].pk, "value_currency": "EUR"}
    assert alice.post(address("deal_add"), body, follow=True).status_code == 200
    deal = only(house, Deal)
    assert (deal.title, deal.stage_id, str(deal.value_amount)) == ("Mill", stages[2].pk, "21.0000")
    shown = text(alice.get(address("deal_change", deal.pk)))
    for expected in ("Ada Lovelace", "Engines", "No exchange rate"):
        assert expected in shown, expected


def test_what_a_stage_demands_stands_beside_the_field(alice: Client, house: House) -> None:
    stages = stages_in(house, make_pipeline(house))
    body = {**NO_ROWS, "title": "Mill", "stage_id": stages[2].pk}
    answer = alice.post(address("deal_add"), body)
    assert "demands this: value" in text(answer)
    assert "value_amount" in answer.context["adminform"].form.errors
    with reading(house.scope()):
        assert not Deal.objects.exists()


def test_a_deal_is_moved_lost_and_opened_again_by_buttons(alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    reasons = make_dictionary(house, "Price", key="customers.deal_loss_reason", is_system=True)
    deal, offer = make_deal(house, pipeline), stages_in(house, pipeline)[1]
    alice.post(address("deal_press", deal.pk, "move"), {"stage_id": offer.pk}, follow=True)
    assert only(house, Deal).stage_id == offer.pk
    question = alice.get(address("deal_press", deal.pk, "lose"))
    assert "Price" in text(question)
    reason = entry_of(house, reasons, "Price").pk
    alice.post(address("deal_press", deal.pk, "lose"), {"loss_reason_id": reason, "loss_notes": "Too dear"})
    lost = only(house, Deal)
    assert (lost.outcome, lost.loss_reason_id, lost.loss_notes) == ("lost", reason, "Too dear")
    shown = text(alice.get(address("deal_change", deal.pk)))
    assert "Price" in shown
    assert "Too dear" in shown
    assert alice.get(address("deal_press", deal.pk, "win")).status_code == 404
    alice.post(address("deal_press", deal.pk, "reopen"), {})
    assert only(house, Deal).outcome == "open"


def test_a_move_that_lacks_something_says_what(alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    deal = make_deal(house, pipeline)
    answer = alice.post(address("deal_press", deal.pk, "move"), {"stage_id": stages_in(house, pipeline)[2].pk})
    assert "demands this: value" in text(answer)
    assert "demands this: people" in text(answer)


def test_the_list_says_which_deals_want_attention(alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    offer, past = stages_in(house, pipeline)[1], datetime.now(UTC) - timedelta(days=30)
    with clock.frozen(past):
        make_deal(house, pipeline, "Old", stage_id=offer.pk, value_amount=1234, value_currency="EUR")
    make_deal(house, pipeline, "Late", expected_close_on=past.date())
    make_deal(house, make_pipeline(house), "Fresh")
    shown = text(alice.get(address("deal_changelist")))
    assert [shown.count(f">{mark}</span>") for mark in ("Stale", "Overdue")] == [1, 1]
    assert "€1,234.00" in shown
    for asked, titles in (
        ({"attention": "any"}, {"Old", "Late"}),
        ({"attention": "stale"}, {"Old"}),
        ({"attention": "overdue"}, {"Late"}),
        ({"pipeline": str(pipeline.pk)}, {"Old", "Late"}),
        ({"owner": "nobody"}, {"Old", "Late", "Fresh"}),
        ({"owner": "me"}, set()),
    ):
        found = alice.get(address("deal_changelist"), asked).context["cl"].result_list
        assert {deal.title for deal in found} == titles, asked


def test_a_pipeline_is_set_up_with_its_stages(alice: Client, house: House) -> None:
    body = {"name": "Sales", "stages-TOTAL_FORMS": 2, "stages-INITIAL_FORMS": 0}
    for index, (label, place) in enumerate((("Offer", 1), ("Talk", 0))):
        body |= {
            f"stages-{index}-label": label,
            f"stages-{index}-position": place,
            f"stages-{index}-probability": 10,
            f"stages-{index}-required_fields": ["value_amount"] if label == "Offer" else [],
        }
    assert alice.post(address("pipeline_add"), body, follow=True).status_code == 200
    pipeline = only(house, Pipeline)
    stages = stages_in(house, pipeline)
    assert [(row.label, row.required_fields) for row in stages] == [("Talk", []), ("Offer", ["value_amount"])]
    shown = text(alice.get(address("pipeline_changelist")))
    assert "Sales" in shown
    make_deal(house, pipeline)
    kept = {"stages-0-id": stages[0].pk, "stages-0-DELETE": "on", "stages-1-id": stages[1].pk}
    body |= {**kept, "stages-INITIAL_FORMS": 2, "expected_version": 1, "is_default": "on", "position": 0}
    refused = alice.post(address("pipeline_change", pipeline.pk), body)
    assert "Deals in it: 1." in text(refused)


def test_lists_say_what_to_do_when_there_is_nothing(alice: Client, house: House) -> None:
    assert "A deal is a sale that may come about" in text(alice.get(address("deal_changelist")))
    assert "stage by stage" in text(alice.get(address("pipeline_changelist")))


def test_a_lead_is_converted_from_its_page(alice: Client, house: House) -> None:
    make_pipeline(house)
    person = make_person(house)
    path = address("person_press", person.pk, "convert")
    assert "New company" in text(alice.get(path))
    alice.post(path, {"company_name": "Engines", "deal_title": "Mill", "value_currency": ""})
    assert only(house, Deal).title == "Mill"
    assert only(house, Person).pk == person.pk


def test_the_second_of_two_who_save_sees_both(alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    deal, stages = make_deal(house, pipeline), stages_in(house, pipeline)
    path = address("deal_change", deal.pk)
    body = {**NO_ROWS, "expected_version": 1, "stage_id": stages[1].pk}
    assert alice.post(path, {**body, "title": "By Alice"}).status_code == 302
    late = alice.post(path, {**body, "title": "By somebody else", "stage_id": stages[0].pk})
    assert late.status_code == 412
    assert "By Alice" in text(late)
    assert "By somebody else" in text(late)


def test_deals_of_a_selection_are_handed_over(alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    deals = [make_deal(house, pipeline, title) for title in ("One", "Two")]
    ids = [str(deal.pk) for deal in deals]
    page = alice.post(address("deal_changelist"), {"action": "edit_selected", "_selected_action": ids, "index": "0"})
    names = [item.name for item, _ in page.context["fields"]]
    assert {"owner_id", "stage_id", "expected_close_on"} <= set(names)
    offer = stages_in(house, pipeline)[1]
    sent = {"selection": selection_of(page), "change": ["stage_id"], "stage_id": offer.pk, "step": "apply"}
    alice.post(f"{address('deal_changelist')}bulk/", sent)
    with reading(house.scope()):
        assert Deal.objects.filter(stage=offer).count() == 2


def test_the_list_costs_the_same_whatever_there_is(alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    path = address("deal_changelist")
    alice.get(path)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert alice.get(path).status_code == 200
        return len(asked)

    make_deal(house, pipeline, "First", value_amount=1, value_currency="EUR")
    few = cost()
    for index in range(8):
        make_deal(house, pipeline, f"Deal {index}", value_amount=index, value_currency="EUR")
    assert cost() == few
