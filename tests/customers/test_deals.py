"""Deals over HTTP: what they are made of, where they stand, how they go on and end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.customers.services import update_deal
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.customers.factories import (
    DEALS,
    VISITS,
    clerk,
    make_company,
    make_company_roles,
    make_deal,
    make_person,
    make_pipeline,
    stages_in,
)
from tests.directory.callers import complaints, send
from tests.support.scopes import House, seeding

DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINES = [{"title": "Engine", "quantity": "2", "unit_price": "1200.50"}, {"title": "Oil", "unit_price": "9.99"}]


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(bob: Client, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", DEALS, {"title": "Engines for the mill", **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def visits(bob: Client, deal: str) -> list[tuple[Any, Any, bool]]:
    rows = bob.get(VISITS, {"deal_id": deal, "ordering": "entered_at"}).json()["results"]
    return [(row["from_stage_id"], row["to_stage_id"], row["left_at"] is None) for row in rows]


def test_a_deal_comes_with_everything_that_belongs_to_it(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    person, company = make_person(house), make_company(house)
    record = made(
        bob,
        people=[{"person_id": str(person.pk)}],
        companies=[{"company_id": str(company.pk)}],
        lines=LINES,
        value_currency="EUR",
        value_amount="7",
    )
    assert (record["pipeline_id"], record["outcome"]) == (str(pipeline.pk), "open")
    assert record["stage_id"] == str(stages_in(house, pipeline)[0].pk)
    assert record["value_amount"] == "2410.9900"
    assert [row["person_id"] for row in record["people"]] == [str(person.pk)]
    assert record["companies"] == [{"company_id": str(company.pk)}]
    assert [(row["title"], row["quantity"]) for row in record["lines"]] == [("Engine", "2.0000"), ("Oil", "1.0000")]
    assert bob.get(f"{DEALS}{record['id']}/").json() == record
    assert "lines" not in bob.get(DEALS).json()["results"][0]


def test_lists_of_a_deal_are_set_as_a_whole(bob: Client, house: House) -> None:
    make_pipeline(house)
    ada, grace = make_person(house, "Ada Lovelace"), make_person(house, "Grace Hopper")
    record = made(bob, lines=LINES, value_currency="EUR", people=[{"person_id": str(ada.pk)}])
    path, engine = f"{DEALS}{record['id']}/", record["lines"][0]
    body = {"lines": [{"id": engine["id"], "quantity": "3"}], "people": [{"person_id": str(grace.pk)}]}
    changed = send(bob, "patch", path, body).json()
    assert (changed["value_amount"], changed["lines"][0]["id"]) == ("3601.5000", engine["id"])
    assert [row["person_id"] for row in changed["people"]] == [str(grace.pk)]
    emptied = send(bob, "patch", path, {"lines": [], "value_amount": None, "value_currency": ""}).json()
    assert (emptied["lines"], emptied["value_amount"]) == ([], None)


def test_the_role_of_somebody_who_is_taken_out_is_not_asked_for(bob: Client, house: House) -> None:
    [role], ada = make_company_roles(house, "Buyer"), make_person(house)
    deal = make_deal(house, people=[{"person_id": ada.pk, "role_id": role}])
    with seeding(house.scope(house.north)):
        update_deal(deal.pk, people=[{"person_id": ada.pk, "role_id": role, "deleted": True}])
    assert bob.get(f"{DEALS}{deal.pk}/").json()["people"] == []


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(bob: Client, house: House) -> None:
    make_pipeline(house)
    missing, person = str(uuid7()), str(make_person(house).pk)
    body = {
        "title": "X",
        "value_amount": "5",
        "people": [{"person_id": person}, {"person_id": person}, {"person_id": missing}],
        "companies": [{"company_id": missing}],
        "lines": [{"title": "", "unit_price": "-1"}],
        "probability": 5,
    }
    found = complaints(send(bob, "post", DEALS, body))
    assert {"lines.0.title", "lines.0.unit_price"} <= found.keys()
    found = complaints(send(bob, "post", DEALS, {**body, "lines": []}))
    assert found == {
        "value_currency": "kernel.money.incomplete",
        "people.1.person_id": "customers.list.repeated",
        "people.2.person_id": "kernel.reference.unknown",
        "companies.0.company_id": "kernel.reference.unknown",
    }
    assert bob.get(DEALS).json()["count"] == 0


def test_without_a_pipeline_there_is_nothing_to_begin_with(bob: Client) -> None:
    answer = send(bob, "post", DEALS, {"title": "Engines"})
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.deal.no_stage")


def test_a_stage_belongs_to_the_pipeline_that_is_named(bob: Client, house: House) -> None:
    first, second = make_pipeline(house), make_pipeline(house)
    offer = str(stages_in(house, second)[1].pk)
    body = {"title": "X", "pipeline_id": str(first.pk), "stage_id": offer}
    assert complaints(send(bob, "post", DEALS, body)) == {"stage_id": "customers.deal.stage_foreign"}
    record = made(bob, stage_id=offer)
    assert record["pipeline_id"] == str(second.pk)
    foreign = send(bob, "post", f"{DEALS}{record['id']}/move/", {"stage_id": str(uuid7())})
    assert complaints(foreign) == {"stage_id": "kernel.reference.unknown"}


def test_a_move_is_written_down_visit_by_visit(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    talk, offer, _signing = (str(row.pk) for row in stages_in(house, pipeline))
    record = made(bob)
    path = f"{DEALS}{record['id']}/move/"
    for stage in (offer, talk, offer):
        answer = send(bob, "post", path, {"stage_id": stage})
        assert (answer.status_code, answer.json()["stage_id"]) == (200, stage)
    assert send(bob, "post", path, {"stage_id": offer}).json()["version"] == 4
    expected = [(None, talk, False), (talk, offer, False), (offer, talk, False), (talk, offer, True)]
    assert visits(bob, record["id"]) == expected
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert visits(bob, record["id"]) == [*expected[:2], (offer, talk, True)]


def test_a_stage_demands_what_a_deal_must_have(bob: Client, house: House) -> None:
    signing = str(stages_in(house, make_pipeline(house))[2].pk)
    record = made(bob)
    path = f"{DEALS}{record['id']}/"
    refused = send(bob, "post", f"{path}move/", {"stage_id": signing})
    assert (refused.status_code, complaints(refused)) == (
        400,
        dict.fromkeys(("value_amount", "people"), "customers.deal.field_demanded"),
    )
    assert visits(bob, record["id"]) == [(None, record["stage_id"], True)]
    people = [{"person_id": str(make_person(house).pk)}]
    body = {"stage_id": signing, "value_amount": "0", "value_currency": "EUR", "people": people}
    assert send(bob, "patch", path, body).json()["stage_id"] == signing
    emptied = send(bob, "patch", path, {"people": []})
    assert complaints(emptied) == {"people": "customers.deal.field_demanded"}
    assert send(bob, "patch", path, {"title": "Others"}).status_code == 200


def test_a_deal_is_won_lost_and_opened_again(bob: Client, house: House) -> None:
    make_pipeline(house)
    path = f"{DEALS}{made(bob)['id']}/"
    with clock.frozen(DAY):
        won = send(bob, "post", f"{path}win/", {}).json()
    assert (won["outcome"], won["closed_at"]) == ("won", "2026-03-02T12:00:00Z")
    for action in ("win", "lose"):
        answer = send(bob, "post", f"{path}{action}/", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "customers.deal.closed")
    opened = send(bob, "post", f"{path}reopen/", {}).json()
    assert (opened["outcome"], opened["closed_at"]) == ("open", None)
    assert send(bob, "post", f"{path}reopen/", {}).json()["code"] == "customers.deal.open"
    lost = send(bob, "post", f"{path}lose/", {"loss_notes": "Too dear"}).json()
    assert (lost["outcome"], lost["loss_notes"]) == ("lost", "Too dear")
    assert send(bob, "post", f"{path}reopen/", {}).json()["loss_notes"] == ""


def test_a_closed_deal_stays_in_its_stage(bob: Client, house: House) -> None:
    stages = stages_in(house, make_pipeline(house))
    path = f"{DEALS}{made(bob)['id']}/"
    send(bob, "post", f"{path}win/", {})
    moved = send(bob, "post", f"{path}move/", {"stage_id": str(stages[1].pk)})
    assert (moved.status_code, moved.json()["code"]) == (409, "customers.deal.closed")
    assert send(bob, "patch", path, {"stage_id": str(stages[1].pk)}).status_code == 409
    assert send(bob, "patch", path, {"title": "Mill"}).json()["outcome"] == "won"


def test_the_second_of_two_moves_from_one_version_is_refused(bob: Client, house: House) -> None:
    talk, offer, _signing = (str(row.pk) for row in stages_in(house, make_pipeline(house)))
    record = made(bob)
    path, seen = f"{DEALS}{record['id']}/move/", {"If-Match": '"1"'}
    assert send(bob, "post", path, {"stage_id": offer}, **seen).status_code == 200
    late = send(bob, "post", path, {"stage_id": talk}, **seen)
    assert (late.status_code, late.json()["code"]) == (412, "kernel.stale_version")
    assert visits(bob, record["id"]) == [(None, talk, False), (talk, offer, True)]


def test_a_deal_is_stale_overdue_or_neither(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    offer = stages_in(house, pipeline)[1]
    with clock.frozen(DAY):
        make_deal(house, pipeline, "Stale", stage_id=offer.pk)
        make_deal(house, pipeline, "Overdue", expected_close_on=(DAY + timedelta(days=1)).date())
        won = make_deal(house, pipeline, "Won", stage_id=offer.pk, expected_close_on=DAY.date())
        make_deal(house, pipeline, "Fresh")
        send(bob, "post", f"{DEALS}{won.pk}/win/", {})
    for days, stale, overdue in ((1, [], []), (14, [], ["Overdue"]), (15, ["Stale"], ["Overdue"])):
        with clock.frozen(DAY + timedelta(days=days)):
            assert titles(bob, is_stale="true") == stale, days
            assert titles(bob, is_overdue="true") == overdue, days
            assert titles(bob, needs_attention="true") == sorted(stale + overdue)
            assert titles(bob, is_stale="false") == sorted({"Stale", "Overdue", "Won", "Fresh"} - set(stale))


def titles(bob: Client, **parameters: str) -> list[str]:
    answer = bob.get(DEALS, {**parameters, "ordering": "title"})
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def test_deals_are_found_by_who_is_part_of_them(bob: Client, house: House) -> None:
    pipeline, person, company = make_pipeline(house), make_person(house), make_company(house)
    make_deal(house, pipeline, "Hers", people=[{"person_id": person.pk}])
    make_deal(house, pipeline, "Theirs", companies=[{"company_id": company.pk}])
    assert titles(bob, person_id=str(person.pk)) == ["Hers"]
    assert titles(bob, company_id__in=f"{company.pk},{uuid7()}") == ["Theirs"]
    assert titles(bob, person_id=str(company.pk)) == []


def test_many_deals_are_handed_over_and_moved_at_once(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    _talk, offer, signing = stages_in(house, pipeline)
    ids = [str(make_deal(house, pipeline, title).pk) for title in ("One", "Two")]
    order = {"action": "update", "ids": ids, "changes": {"stage_id": str(offer.pk)}}
    answer = send(bob, "post", f"{DEALS}bulk/", order)
    assert (answer.status_code, answer.json()["count"]) == (200, 2)
    assert bob.get(DEALS, {"stage_id": str(offer.pk)}).json()["count"] == 2
    refused = send(bob, "post", f"{DEALS}bulk/", {**order, "changes": {"stage_id": str(signing.pk)}})
    assert (refused.status_code, refused.json()["code"]) == (409, "kernel.bulk.refused")
    assert send(bob, "post", f"{DEALS}bulk/", {"action": "win", "ids": ids}).status_code == 200
    assert bob.get(DEALS, {"outcome": "won"}).json()["count"] == 2


def test_a_deleted_deal_is_out_of_sight_until_restored(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    record = made(bob, lines=LINES, value_currency="EUR")
    path, talk = f"{DEALS}{record['id']}/", stages_in(house, pipeline)[0]
    assert send(bob, "delete", path).status_code == 204
    assert bob.get(path).status_code == 404
    assert bob.get(VISITS).json()["count"] == 0
    for action in ("move", "win", "lose", "reopen"):
        body = {"stage_id": str(talk.pk)} if action == "move" else {}
        assert send(bob, "post", f"{path}{action}/", body).status_code == 404
    assert send(bob, "delete", f"/api/customers/stages/{talk.pk}/").status_code == 204
    restored = send(bob, "post", f"{path}restore/", {})
    assert (restored.status_code, restored.json()["lines"]) == (200, record["lines"])
    assert restored.json()["stage_id"] == str(stages_in(house, pipeline)[0].pk) != record["stage_id"]
    assert send(bob, "post", f"{path}restore/", {}).status_code == 404


def test_who_is_part_of_a_deal_is_kept(bob: Client, house: House) -> None:
    person, company = make_person(house), make_company(house)
    deal = make_deal(house, people=[{"person_id": person.pk}], companies=[{"company_id": company.pk}])
    for path in (f"/api/customers/people/{person.pk}/", f"/api/customers/companies/{company.pk}/"):
        answer = send(bob, "delete", path)
        assert (answer.status_code, answer.json()["code"]) == (409, "customers.customer.has_deals"), path
        assert answer.json()["count"] == 1
    send(bob, "delete", f"{DEALS}{deal.pk}/")
    assert send(bob, "delete", f"/api/customers/people/{person.pk}/").status_code == 204
    restored = send(bob, "post", f"{DEALS}{deal.pk}/restore/", {}).json()
    assert (restored["people"], restored["companies"]) == ([], [{"company_id": str(company.pk)}])


def test_another_organization_and_another_tenant_see_nothing(bob: Client, house: House, other_house: House) -> None:
    pipeline = make_pipeline(house)
    deal, path = make_deal(house, pipeline), ""
    path = f"{DEALS}{deal.pk}/"
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert stranger.get(path).status_code == 404
        assert stranger.get(DEALS).json()["count"] == stranger.get(VISITS).json()["count"] == 0
        for action in ("win", "lose", "reopen", "restore"):
            assert send(stranger, "post", f"{path}{action}/", {}).status_code == 404
        refused = send(stranger, "post", DEALS, {"title": "X", "pipeline_id": str(pipeline.pk)})
        assert complaints(refused) == {"pipeline_id": "kernel.reference.unknown"}


def test_looking_is_not_managing(house: House) -> None:
    deal = make_deal(house)
    looker = clerk(house, "customers.deals.view")
    assert looker.get(f"{DEALS}{deal.pk}/").status_code == 200
    for action in ("move", "win", "lose", "reopen", "restore"):
        assert send(looker, "post", f"{DEALS}{deal.pk}/{action}/", {}).status_code == 403
