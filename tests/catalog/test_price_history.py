"""The history of a price over REST: what was known of prices of its rank, and when."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Price, PriceKind, Product
from apps.kernel.ids import uuid7
from tests.catalog.factories import make_kind, make_price, make_product, seller
from tests.directory.callers import complaints, send
from tests.support.scopes import House

PRICES = "/api/catalog/prices/"


@pytest.fixture
def kind(house: House) -> PriceKind:
    return make_kind(house)


@pytest.fixture
def price(house: House, product: Product, kind: PriceKind) -> Price:
    return make_price(house, product, kind, "10.00")


def of(record_id: Any) -> str:
    return f"{PRICES}{record_id}/history/"


def amounts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [record["amount"] for record in answer.json()["results"]]


def corrected(bob: Client, record_id: Any, amount: str) -> str:
    answer = send(bob, "patch", f"{PRICES}{record_id}/", {"amount": amount})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["id"])


def test_each_correction_stands_with_the_time_in_which_it_was_known(bob: Client, price: Price) -> None:
    second = corrected(bob, price.pk, "11.00")
    third = corrected(bob, second, "12.00")
    answer = bob.get(of(third))
    assert amounts(answer) == ["12.0000", "11.0000", "10.0000"]
    rows = answer.json()["results"]
    assert [row["id"] for row in rows] == [third, second, str(price.pk)]
    assert [row["known_until"] for row in rows] == [None, rows[0]["known_from"], rows[1]["known_from"]]
    assert bob.get(of(price.pk)).json()["results"] == rows
    assert set(rows[0]) == set(bob.get(PRICES).json()["results"][0])


def test_a_price_that_was_closed_has_its_history_too(bob: Client, price: Price) -> None:
    assert send(bob, "delete", f"{PRICES}{price.pk}/").status_code == 204
    [row] = bob.get(of(price.pk)).json()["results"]
    assert (row["amount"], row["known_until"] is None) == ("10.0000", False)


def test_prices_of_another_rank_stay_out(house: House, bob: Client, price: Price) -> None:
    make_price(house, price.product, make_kind(house), "1.00")
    make_price(house, price.product, price.kind, "2.00", currency="USD")
    make_price(house, make_product(house), price.kind, "3.00")
    assert amounts(bob.get(of(price.pk))) == ["10.0000"]


def test_tiers_of_one_rank_stand_together(house: House, bob: Client, product: Product, kind: PriceKind) -> None:
    first = make_price(house, product, kind, "10.00", max_quantity=9)
    make_price(house, product, kind, "8.00", min_quantity=10)
    assert amounts(bob.get(of(first.pk))) == ["8.0000", "10.0000"]
    assert amounts(bob.get(of(first.pk), {"quantity": "3"})) == ["10.0000"]


def test_it_has_pages_and_answers_what_was_known_then(bob: Client, price: Price) -> None:
    latest = str(price.pk)
    for amount in ("11", "12", "13"):
        latest = corrected(bob, latest, amount)
    answer = bob.get(of(latest), {"page_size": "3"})
    assert (answer.json()["count"], amounts(answer)) == (4, ["13.0000", "12.0000", "11.0000"])
    assert amounts(bob.get(answer.json()["next"])) == ["10.0000"]
    assert amounts(bob.get(of(latest), {"ordering": "created_at", "page_size": "1"})) == ["10.0000"]
    then = answer.json()["results"][1]["known_from"]
    assert amounts(bob.get(of(latest), {"known_at": then})) == ["12.0000"]
    assert bob.get(of(latest), {"page_size": "101"}).status_code == 400
    assert complaints(bob.get(of(latest), {"product_id": str(uuid7())})) == {"product_id": "kernel.parameter.unknown"}


def test_others_have_no_history(house: House, other_house: House, bob: Client, price: Price) -> None:
    foreign = make_price(other_house, make_product(other_house), make_kind(other_house))
    south = seller(house, organization=house.south)
    missing = bob.get(of(uuid7()))
    assert missing.status_code == 404
    for answer in (bob.get(of(foreign.pk)), south.get(of(price.pk))):
        assert (answer.status_code, answer.json()) == (404, missing.json())
    assert seller(house, "catalog.categories.view").get(of(price.pk)).status_code == 403
