"""Duplicates over HTTP: whom a new customer looks like, pairs among those that are there, and decisions about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.customers.calculations import trigram_keys
from apps.customers.calculations.likeness import trigrams
from apps.customers.models import ContactPoint, Customer, Person
from apps.customers.selectors.duplicates import MOST_SHARING
from tests.customers.factories import COMPANIES, PEOPLE, WORKS, clerk, make_company, make_person
from tests.directory.callers import complaints, send
from tests.support.scopes import House, reading, seeding

DUPLICATES = "/api/customers/duplicates/"
CHECK, DISMISS = f"{DUPLICATES}check/", f"{DUPLICATES}dismiss/"
EMAIL = {"channel": "email", "type": "work", "value": "ada@example.org"}
PHONE = {"channel": "phone", "type": "mobile", "value": "+44 20 7946 0958"}
OFFICE = {"purpose": "office", "line1": "St James's Square 12", "postal_code": "SW1Y 4JH", "city": "London"}


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, *WORKS, "audit_logs.*")


def made(bob: Client, path: str = PEOPLE, **values: Any) -> str:
    answer = send(bob, "post", path, values)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def checked(bob: Client, **values: Any) -> list[tuple[str, int, list[str]]]:
    answer = send(bob, "post", CHECK, {"kind": "person", **values})
    assert answer.status_code == 200, answer.content
    return [(item["display_name"], item["score"], item["reasons"]) for item in answer.json()["duplicates"]]


def pairs(bob: Client, kind: str = "person") -> list[tuple[str, str, int, list[str]]]:
    answer = bob.get(DUPLICATES, {"kind": kind})
    assert answer.status_code == 200, answer.content
    return [
        (item["first"]["display_name"], item["second"]["display_name"], item["score"], item["reasons"])
        for item in answer.json()["results"]
    ]


def test_somebody_new_is_compared_with_everybody(bob: Client) -> None:
    made(bob, first_name="Ada", last_name="Lovelace", contact_points=[EMAIL, PHONE])
    made(bob, first_name="Grace", last_name="Hopper")
    assert checked(bob, first_name="Lovelace", last_name="ADA") == [("Ada Lovelace", 75, ["same_name"])]
    assert checked(bob, first_name="Countess", emails=["ADA@example.org"]) == [("Ada Lovelace", 85, ["email"])]
    assert checked(bob, phones=["+44 (0)20 7946 0958", "no number"]) == [("Ada Lovelace", 70, ["phone"])]
    [(_name, score, reasons)] = checked(bob, first_name="Ada", last_name="Lovelase", emails=["ada@example.org"])
    assert (score > 85, reasons) == (True, ["email", "similar_name"])
    assert checked(bob, first_name="Charles", last_name="Babbage") == []
    assert checked(bob) == []


def test_a_name_that_is_only_near_needs_something_beside_it(bob: Client) -> None:
    made(bob, first_name="Ada", last_name="Lovelace", addresses=[OFFICE])
    assert checked(bob, first_name="Ida", last_name="Lovelace") == []
    [(_name, _score, reasons)] = checked(
        bob, first_name="Ida", last_name="Lovelace", addresses=[{"postal_code": "sw1y  4jh", "city": "LONDON"}]
    )
    assert reasons == ["place", "similar_name"]


def test_a_name_that_is_nearly_the_same_is_enough(bob: Client) -> None:
    made(bob, first_name="Wolfgang Amadeus", last_name="Mozart")
    made(bob, first_name="Li", last_name="Wu")
    assert checked(bob, first_name="Amadeus", last_name="Mozartt Wolfgang") == [
        ("Wolfgang Amadeus Mozart", 59, ["similar_name"])
    ]
    assert checked(bob, first_name="Wolfgang Amadeus", last_name="Bozart") == []
    assert checked(bob, first_name="Wu", last_name="Li") == [("Li Wu", 75, ["same_name"])]


def test_somebody_near_is_found_behind_a_switchboard_that_everybody_shares(bob: Client, house: House) -> None:
    people = [make_person(house, f"Clerk {number}") for number in range(MOST_SHARING)]
    people.append(make_person(house, "Ada Lovelase"))
    with seeding(house.scope(house.north)):
        for person in people:
            ContactPoint(customer_id=person.pk, channel="phone", value="+442079460958").save(force_insert=True)
    found = checked(bob, first_name="Ada", last_name="Lovelace", phones=["+44 20 7946 0958"])
    assert found[0] == ("Ada Lovelase", 79, ["phone", "similar_name"])


def test_companies_are_compared_without_legal_forms_and_by_domain(bob: Client) -> None:
    made(bob, COMPANIES, legal_name="Żółte Łódki Sp. z o.o.", domain="lodki.example")
    found = checked(bob, kind="company", brand_name="zolte lodki GmbH & Co. KG")
    assert found == [("Żółte Łódki Sp. z o.o.", 75, ["same_name"])]
    found = checked(bob, kind="company", brand_name="Boats", domain="https://www.lodki.example/")
    assert found == [("Żółte Łódki Sp. z o.o.", 65, ["domain"])]
    assert checked(bob, first_name="Żółte", last_name="Łódki") == []


def test_nobody_looks_like_themselves_or_somebody_out_of_sight(bob: Client, house: House, other_house: House) -> None:
    own = made(bob, first_name="Ada", contact_points=[EMAIL])
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        made(stranger, first_name="Ada", contact_points=[EMAIL])
    hidden = make_person(house, "Ada", is_restricted=True)
    assert checked(bob, id=own, first_name="Ada", emails=["ada@example.org"]) == []
    send(bob, "delete", f"{PEOPLE}{own}/")
    assert checked(bob, first_name="Ada", emails=["ada@example.org"]) == []
    with seeding(house.scope(house.north)):
        Person.objects.filter(pk=hidden.pk).update(is_restricted=False)
    assert checked(bob, first_name="Ada") == [("Ada", 75, ["same_name"])]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Kowalska, Anna", "person", "anna kowalska"),
        ("  ŁUKASZ   Żak-Nowak ", "person", "lukasz nowak zak"),
        ("Müller Straße", "person", "muller strasse"),
        ("Søren Æbelø", "person", "aebelo soren"),
        ("Maria Sa", "person", "maria sa"),
        ("Engines, Inc.", "company", "engines"),
        ("Engines GmbH & Co. KG", "company", "engines"),
        ("Engines S.A.", "company", "engines"),
        ("Limited", "company", "limited"),
        ("AB Volvo", "company", "ab volvo"),
        ("???", "company", ""),
    ],
)
def test_names_are_compared_by_their_bare_words(house: House, name: str, kind: str, expected: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_name_key(%s, %s)", [name, kind])
        assert cursor.fetchone() == (expected,)


@pytest.mark.parametrize("name", ["Kowalska, Anna", "Li", "Ян Ковальски", "???"])
def test_trigrams_are_kept_as_numbers_of_the_tenant(house: House, other_house: House, name: str) -> None:
    own, theirs = make_person(house, name), make_person(other_house, name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_name_key(%s, 'person')", [own.display_name])
        [key] = cursor.fetchone()
    numbers = [kept_trigrams(house, own.pk), kept_trigrams(other_house, theirs.pk)]
    for at, kept in zip((house, other_house), numbers, strict=True):
        assert sorted(kept) == sorted(trigram_keys(trigrams(key), at.tenant.pk))
    assert set(numbers[0]).isdisjoint(numbers[1])


def kept_trigrams(house: House, pk: UUID) -> list[int]:
    with reading(house.scope()):
        found: list[int] = Customer.objects.values_list("name_trigrams", flat=True).get(pk=pk)
        return found


def test_pairs_that_share_something_are_listed_likeliest_first(bob: Client) -> None:
    made(bob, first_name="Ada", last_name="Lovelace", contact_points=[EMAIL])
    made(bob, first_name="Lovelace", last_name="Ada", contact_points=[EMAIL])
    made(bob, first_name="Countess", contact_points=[PHONE])
    made(bob, first_name="Countess")
    made(bob, first_name="Grace", last_name="Hopper", contact_points=[PHONE])
    assert pairs(bob) == [
        ("Ada Lovelace", "Lovelace Ada", 96, ["email", "same_name"]),
        ("Countess", "Countess", 75, ["same_name"]),
        ("Countess", "Grace Hopper", 70, ["phone"]),
    ]
    assert pairs(bob, "company") == []
    made(bob, COMPANIES, brand_name="Engines", domain="engines.example")
    made(bob, COMPANIES, brand_name="Works", domain="engines.example")
    assert pairs(bob, "company") == [("Engines", "Works", 65, ["domain"])]


def test_pairs_come_by_pages_and_cost_the_same_however_many(bob: Client, house: House) -> None:
    costs = []
    bob.get(DUPLICATES)  # what the first request of a client looks up is not counted
    for number in (2, 6):
        for _ in range(number):
            make_person(house, f"Ada {number}")
        with CaptureQueriesContext(connection) as captured:
            answer = bob.get(DUPLICATES, {"page_size": 5}).json()
        costs.append(len(captured))
    assert costs[0] == costs[1]
    assert (answer["count"], len(answer["results"]), answer["previous"]) == (16, 5, None)
    following = bob.get(answer["next"]).json()
    assert len(following["results"]) == 5
    assert not {str(item) for item in answer["results"]} & {str(item) for item in following["results"]}
    assert complaints(bob.get(f"{DUPLICATES}?kind=dog&page=0&colour=1")).keys() >= {"colour"}


def test_a_pair_that_is_no_duplicate_is_not_asked_about_again_until_that_is_undone(bob: Client) -> None:
    first, second = (made(bob, first_name="Ada", contact_points=[EMAIL]) for _ in range(2))
    answer = send(bob, "post", DISMISS, {"first_id": second, "second_id": first})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["first_id"], answer.json()["second_id"]) == tuple(sorted((first, second)))
    assert pairs(bob) == []
    assert [score for _name, score, _reasons in checked(bob, id=first, first_name="Ada")] == []
    again = send(bob, "post", DISMISS, {"first_id": first, "second_id": second})
    assert (again.status_code, again.json()["code"]) == (409, "customers.not_duplicate.known")
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert len(pairs(bob)) == 1


def test_a_decision_is_about_two_customers_of_one_kind(bob: Client, house: House, other_house: House) -> None:
    person, company = made(bob, first_name="Ada"), make_company(house)
    stranger = make_person(other_house)
    for other, code in (
        (person, "customers.merge.impossible"),
        (str(company.pk), "customers.merge.impossible"),
        (str(stranger.pk), "kernel.reference.unknown"),
    ):
        assert complaints(send(bob, "post", DISMISS, {"first_id": person, "second_id": other})) == {"second_id": code}


def test_each_kind_is_for_whoever_sees_it(house: House) -> None:
    looking = clerk(house, "customers.people.view")
    assert send(looking, "post", CHECK, {"kind": "person", "first_name": "Ada"}).status_code == 200
    refused = send(looking, "post", CHECK, {"kind": "company"})
    assert (refused.status_code, refused.json()["feature"]) == (403, "customers.companies.view")
    assert looking.get(DUPLICATES).json()["feature"] == "customers.merge"
