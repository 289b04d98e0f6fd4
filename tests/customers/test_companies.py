"""Companies over HTTP: names, domains, parents, and how many things keep one from being deleted."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.customers.services import update_company
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import COMPANIES, clerk, make_company
from tests.directory.callers import complaints, send
from tests.support.scopes import House


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(bob: Client, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", COMPANIES, values)
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def test_a_company_is_called_what_it_calls_itself(bob: Client) -> None:
    record = made(bob, legal_name="Analytical Engines Ltd", domain="https://www.Engines.example/start")
    assert (record["display_name"], record["domain"]) == ("Analytical Engines Ltd", "engines.example")
    path = f"{COMPANIES}{record['id']}/"
    assert send(bob, "patch", path, {"brand_name": "Engines"}).json()["display_name"] == "Engines"
    assert complaints(send(bob, "post", COMPANIES, {"domain": "engines.example"})) == {
        "display_name": "customers.customer.name_missing"
    }


def test_an_amount_has_a_currency(bob: Client) -> None:
    record = made(bob, brand_name="Engines", annual_revenue="1200000.5", annual_revenue_currency="GBP")
    assert record["annual_revenue"] == "1200000.5000"
    alone = send(bob, "post", COMPANIES, {"brand_name": "X", "annual_revenue": "5"})
    assert alone.status_code == 400


def test_a_company_never_belongs_to_itself(bob: Client) -> None:
    top = made(bob, brand_name="Top")
    middle = made(bob, brand_name="Middle", parent_id=top["id"])
    low = made(bob, brand_name="Low", parent_id=middle["id"])
    for path, parent in ((top["id"], low["id"]), (top["id"], top["id"]), (middle["id"], low["id"])):
        answer = send(bob, "patch", f"{COMPANIES}{path}/", {"parent_id": parent})
        assert (answer.status_code, answer.json()["code"]) == (409, "customers.company.parent_circle")
    assert send(bob, "patch", f"{COMPANIES}{middle['id']}/", {"parent_id": None}).status_code == 200
    assert send(bob, "patch", f"{COMPANIES}{top['id']}/", {"parent_id": low["id"]}).status_code == 200


def test_a_parent_of_another_organization_is_no_company(bob: Client, house: House, other_house: House) -> None:
    south = made(clerk(house, organization=house.south), brand_name="South")["id"]
    for parent in (str(make_company(other_house).pk), south):
        answer = send(bob, "post", COMPANIES, {"brand_name": "X", "parent_id": parent})
        assert complaints(answer) == {"parent_id": "kernel.reference.unknown"}


def test_a_parent_of_another_organization_in_sight_is_none_either(house: House) -> None:
    above, south = clerk(house, organization=house.root), clerk(house, organization=house.south)
    place = {"parent_id": made(south, brand_name="South")["id"]}
    for verb, path in (("post", COMPANIES), ("patch", f"{COMPANIES}{make_company(house).pk}/")):
        answer = send(above, verb, path, {"brand_name": "X", **place})
        assert (answer.status_code, complaints(answer)) == (400, {"parent_id": "kernel.reference.unknown"})


def test_a_hidden_parent_is_in_nobodys_way_and_stays(house: House, bob: Client) -> None:
    top = made(bob, brand_name="Top")["id"]
    low = made(bob, brand_name="Low", parent_id=top)["id"]
    assert send(bob, "post", f"{COMPANIES}{top}/restrict/", {}).status_code == 200
    assert send(clerk(house), "patch", f"{COMPANIES}{low}/", {"description": "A mill"}).status_code == 200
    role = make_role(house, "customers.companies.manage")
    alice = signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))
    lists = (f"{name}-{kind}_FORMS" for name in ("contact_points", "addresses") for kind in ("TOTAL", "INITIAL"))
    form = {"brand_name": "Lower", "expected_version": "2", **dict.fromkeys(lists, "0")}
    answer = alice.post(f"/backend/customers/company/{low}/change/", form)
    assert answer.status_code == 302, answer.content
    record = bob.get(f"{COMPANIES}{low}/").json()
    assert (record["brand_name"], record["parent_id"]) == ("Lower", top)


def amount(currency: str) -> dict[str, str]:
    return {"annual_revenue": "5", "annual_revenue_currency": currency}


def test_revenue_is_in_a_currency_that_there_is(bob: Client) -> None:
    answer = send(bob, "post", COMPANIES, {"brand_name": "Engines", **amount("XXQ")})
    assert complaints(answer) == {"annual_revenue_currency": "kernel.money.currency_unknown"}
    path = f"{COMPANIES}{send(bob, 'post', COMPANIES, {'brand_name': 'Engines', **amount('JPY')}).json()['id']}/"
    assert complaints(send(bob, "patch", path, amount("XXQ"))) == complaints(answer)


@pytest.mark.parametrize(
    ("given", "field"), [("annual_revenue", "annual_revenue_currency"), ("annual_revenue_currency", "annual_revenue")]
)
def test_revenue_and_its_currency_belong_together(bob: Client, given: str, field: str) -> None:
    value = "5" if given == "annual_revenue" else "EUR"
    answer = send(bob, "post", COMPANIES, {"brand_name": "Engines", given: value})
    assert (answer.status_code, complaints(answer)) == (400, {field: "kernel.money.incomplete"})


def test_a_parent_is_kept_while_others_belong_to_it(bob: Client) -> None:
    top = made(bob, brand_name="Top")
    low = made(bob, brand_name="Low", parent_id=top["id"])
    answer = send(bob, "delete", f"{COMPANIES}{top['id']}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.company.has_subsidiaries")
    send(bob, "delete", f"{COMPANIES}{low['id']}/")
    assert send(bob, "delete", f"{COMPANIES}{top['id']}/").status_code == 204
    restored = send(bob, "post", f"{COMPANIES}{low['id']}/restore/", {})
    assert (restored.status_code, restored.json()["code"]) == (409, "customers.company.parent_deleted")
    assert send(bob, "post", f"{COMPANIES}{top['id']}/restore/", {}).status_code == 200
    assert send(bob, "post", f"{COMPANIES}{low['id']}/restore/", {}).status_code == 200


@pytest.mark.committed
def test_two_moves_at_once_close_no_circle(house: House) -> None:
    left, right = make_company(house, "Left"), make_company(house, "Right")
    start, outcomes = threading.Barrier(2), list[str]()

    def move(company: Any, parent: Any) -> None:
        try:
            start.wait()
            with using_scope(house.scope(house.north)):
                update_company(company.pk, parent_id=parent.pk)
            outcomes.append("moved")
        except PlatformError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move, args=pair) for pair in ((left, right), (right, left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["customers.company.parent_circle", "moved"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"domain": "no domain"}, "A domain is written in small letters and without https://, such as example.com."),
        (
            {"annual_revenue": "5", "annual_revenue_currency": "eur"},
            "A currency is a code of three capital letters, such as EUR.",
        ),
        (
            {"addresses": [{"line1": "Mill Lane 1", "country": "Po"}]},
            "A country is a code of two capital letters, such as DE.",
        ),
    ],
)
def test_what_has_a_form_of_its_own_is_refused_with_words_that_help(
    bob: Client, values: dict[str, Any], words: str
) -> None:
    answer = send(bob, "post", COMPANIES, {"brand_name": "Engines", **values})
    assert [item["message"] for item in answer.json()["errors"]] == [words]
