"""Leads over HTTP: the person, their company and a first deal come about together, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.customers.models import Company, Deal, PersonCompany
from tests.customers.factories import DEALS, PEOPLE, clerk, make_company, make_person, make_pipeline
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import complaints, send
from tests.support.scopes import House, reading

WHOLE = {"company_name": "Engines", "deal_title": "A mill", "value_amount": "100", "value_currency": "EUR"}


@pytest.fixture
def bob(house: House) -> Client:
    make_pipeline(house, name="Sales")
    return clerk(house)


@pytest.fixture
def customer(house: House) -> str:
    stages = make_dictionary(house, "lead", "customer", key="customers.lifecycle_stage", is_system=True)
    return str(entry_of(house, stages, "customer").pk)


def counted(house: House) -> list[int]:
    with reading(house.scope()):
        return [model._default_manager.count() for model in (Company, PersonCompany, Deal)]


def test_a_lead_becomes_a_customer_with_a_company_and_a_deal(bob: Client, house: House, customer: str) -> None:
    person = make_person(house)
    answer = send(bob, "post", f"{PEOPLE}{person.pk}/convert/", WHOLE)
    assert answer.status_code == 200, answer.content
    made = answer.json()
    assert (made["person_id"], made["lifecycle_stage_id"]) == (str(person.pk), customer)
    deal = bob.get(f"{DEALS}{made['deal_id']}/").json()
    assert [row["person_id"] for row in deal["people"]] == [str(person.pk)]
    assert (deal["companies"], deal["value_amount"]) == ([{"company_id": made["company_id"]}], "100.0000")
    company = bob.get(f"/api/customers/companies/{made['company_id']}/").json()
    assert (company["display_name"], company["lifecycle_stage_id"]) == ("Engines", customer)
    [works] = bob.get(f"{PEOPLE}{person.pk}/companies/").json()["results"]
    assert (works["company_id"], works["is_primary"]) == (made["company_id"], True)
    again = send(bob, "post", f"{PEOPLE}{person.pk}/convert/", {})
    assert (again.status_code, again.json()["code"]) == (409, "customers.person.no_lead")


def test_one_undo_takes_all_of_it_back(bob: Client, house: House, customer: str) -> None:
    person = make_person(house)
    answer = send(bob, "post", f"{PEOPLE}{person.pk}/convert/", WHOLE)
    assert counted(house) == [1, 1, 1]
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert counted(house) == [0, 0, 0]
    assert bob.get(f"{PEOPLE}{person.pk}/").json()["lifecycle_stage_id"] is None


def test_a_company_that_is_there_is_taken(bob: Client, house: House, customer: str) -> None:
    person, company = make_person(house), make_company(house)
    made = send(bob, "post", f"{PEOPLE}{person.pk}/convert/", {"company_id": str(company.pk)}).json()
    assert (made["company_id"], made["deal_id"]) == (str(company.pk), None)
    assert counted(house) == [1, 1, 0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"value_currency": ""}, {"value_currency": "kernel.money.incomplete"}),
        ({"company_id": "01a2056d-6f6b-75e5-baed-229d1661d77d"}, {"company_name": "customers.person.one_company"}),
        ({"stage_id": "01a2056d-6f6b-75e5-baed-229d1661d77d"}, {"stage_id": "kernel.reference.unknown"}),
        ({"deal_title": " "}, {"deal_title": "customers.person.deal_untitled"}),
        (
            {"deal_title": "", "value_amount": None, "value_currency": "", "expected_close_on": "2026-12-01"},
            {"deal_title": "customers.person.deal_untitled"},
        ),
    ],
)
def test_what_is_wrong_leaves_everything_as_it_was(
    bob: Client, house: House, values: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = send(bob, "post", f"{PEOPLE}{make_person(house).pk}/convert/", {**WHOLE, **values})
    assert complaints(answer) == expected
    assert counted(house) == [0, 0, 0]


def test_companies_and_deals_need_features_of_their_own(house: House) -> None:
    make_pipeline(house)
    path = f"{PEOPLE}{make_person(house).pk}/convert/"
    some = clerk(house, "customers.people.manage", "customers.companies.manage", "dictionaries.view")
    answer = send(some, "post", path, WHOLE)
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.deals.manage")
    assert counted(house) == [0, 0, 0]
    assert send(some, "post", path, {"company_name": "Engines"}).status_code == 200


def test_strangers_convert_nobody(house: House, other_house: House) -> None:
    path = f"{PEOPLE}{make_person(house).pk}/convert/"
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert send(stranger, "post", path, {}).status_code == 404
