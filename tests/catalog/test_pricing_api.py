"""Prices over REST: many lines at once, and one with everything that explains it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Price, Product
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.catalog.factories import (
    make_conversion,
    make_kind,
    make_offer,
    make_price,
    make_product,
    make_variant,
    seller,
)
from tests.directory.callers import complaints, send
from tests.support.scopes import House

RESOLVE, EXPLAIN = "/api/catalog/pricing/resolve/", "/api/catalog/prices/explain/"


@pytest.fixture
def price(house: House, product: Product) -> Price:
    return make_price(house, product, make_kind(house, "regular"), "12.30")


def line(product: Product, **values: Any) -> dict[str, Any]:
    return {"product_id": str(product.pk), "currency": "EUR", **values}


def resolve(client: Client, *lines: Any, **values: Any) -> Any:
    return send(client, "post", RESOLVE, {"requests": list(lines), **values})


def explain(client: Client, **values: Any) -> Any:
    return client.get(EXPLAIN, {name: str(value) for name, value in values.items()})


def test_prices_of_lines_in_their_order(house: House, bob: Client, product: Product, price: Price) -> None:
    bare = make_product(house)
    answer = resolve(bob, line(bare), line(product, quantity="2"), line(product, currency="USD"))
    assert answer.status_code == 200
    nothing, found, converted = answer.json()["results"]
    assert (nothing, converted) == (None, None)
    assert found == {
        "net": "12.3000",
        "gross": "12.3000",
        "currency": "EUR",
        "tax_rate": "0",
        "layer": "base",
        "price_id": str(price.pk),
        "source_id": None,
        "variant_id": None,
        "kind_id": str(price.kind_id),
        "kind_code": "regular",
        "price_list_id": None,
        "offer_id": None,
        "min_quantity": "1.000000",
        "max_quantity": None,
        "conversion": None,
        "unit_price": None,
        "steps": [],
    }


def test_digests_on_demand_are_those_of_explanations(bob: Client, product: Product, price: Price) -> None:
    moment = clock.now().isoformat()
    moments = {"at": moment, "known_at": moment}
    [found] = resolve(bob, line(product, **moments), digests=True).json()["results"]
    explained = explain(bob, **line(product, **moments)).json()
    assert found["digest"] == explained["digest"] == explained["price"]["digest"]
    assert len(found["digest"]) == 64


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"currency": "eur"}, {"requests.0.currency": "invalid"}),
        ({"currency": "EURO"}, {"requests.0.currency": "invalid"}),
        ({"quantity": "0"}, {"requests.0.quantity": "min_value"}),
        ({"quantity": "-1"}, {"requests.0.quantity": "min_value"}),
        ({"quantity": "1e999"}, {"requests.0.quantity": "max_digits"}),
        ({"quantity": "0.0000001"}, {"requests.0.quantity": "max_decimal_places"}),
        ({"quantity": "1234567890123"}, {"requests.0.quantity": "max_whole_digits"}),
        ({"unit": "box"}, {"requests.0.unit": "catalog.unit.unknown"}),
        ({"variant_id": str(uuid7())}, {"requests.0.variant_id": "kernel.reference.unknown"}),
        ({"offer_id": str(uuid7())}, {"requests.0.offer_id": "kernel.reference.unknown"}),
        ({"product_id": str(uuid7())}, {"requests.0.product_id": "kernel.reference.unknown"}),
        ({"product_id": 7}, {"requests.0.product_id": "invalid"}),
        ({"at": "2026-05-01"}, {"requests.0.at": "invalid"}),
        ({"at": 5}, {"requests.0.at": "invalid"}),
        ({"known_at": []}, {"requests.0.known_at": "invalid"}),
        ({"customer_group_ids": ["x"]}, {"requests.0.customer_group_ids.0": "invalid"}),
        ({"colour": "red"}, {"requests.0.colour": "unknown"}),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    bob: Client, product: Product, values: dict[str, Any], fault: dict[str, str]
) -> None:
    answer = resolve(bob, line(product, **values))
    assert (answer.status_code, complaints(answer)) == (400, fault)


def test_a_thousand_lines_and_no_more(bob: Client, product: Product, price: Price) -> None:
    assert len(resolve(bob, *[line(product)] * 1_000).json()["results"]) == 1_000
    answer = resolve(bob, *[line(product)] * 1_001)
    assert (answer.status_code, complaints(answer)) == (400, {"requests": "max_length"})
    assert complaints(resolve(bob)) == {"requests": "empty"}


def test_products_of_others_look_like_missing_ones(bob: Client, other_house: House) -> None:
    foreign, missing = resolve(bob, line(make_product(other_house))), uuid7()
    none = send(bob, "post", RESOLVE, {"requests": [{"product_id": str(missing), "currency": "EUR"}]})
    assert (foreign.status_code, foreign.json()) == (none.status_code, none.json())


def test_prices_need_the_right_to_see_products(house: House, product: Product) -> None:
    nobody = seller(house, "catalog.categories.view")
    for answer in (resolve(nobody, line(product)), explain(nobody, **line(product))):
        assert (answer.status_code, answer.json()["feature"]) == (403, "catalog.products.view")


def test_an_explanation_says_why_in_the_readers_language(
    house: House, bob: Client, product: Product, price: Price
) -> None:
    tier = make_price(house, product, make_kind(house, "tier"), "9.00", min_quantity=10)
    now = clock.now()
    sale = make_price(
        house,
        product,
        make_kind(house),
        "8.00",
        offer=make_offer(house, product, now + timedelta(days=1), now + timedelta(days=2)),
    )
    found = explain(bob, **line(product)).json()
    said = {item["price_id"]: (item["layer"], item["reason"], item["words"]) for item in found["candidates"]}
    assert said == {
        str(price.pk): ("base", None, "This is the price."),
        str(tier.pk): ("base", "too_few", "It needs a larger quantity."),
        str(sale.pk): ("promotion", "offer_not_yet", "Its offer has not begun."),
    }
    assert found["trace"]["answer"]["row_id"] == str(price.pk)
    german = bob.get(EXPLAIN, line(product), headers={"Accept-Language": "de"}).json()
    assert german["digest"] != ""
    assert german["candidates"][0]["words"] == "Das ist der Preis."


def test_a_decision_can_be_asked_for_again(bob: Client, product: Product, price: Price) -> None:
    first = explain(bob, **line(product)).json()
    again = explain(bob, **line(product, at=first["at"], known_at=first["known_at"])).json()
    assert again == first
    assert explain(bob, **line(product, quantity=2)).json()["digest"] != first["digest"]


def test_no_price_is_explained_as_well(house: House, bob: Client) -> None:
    product = make_product(house, is_quote_only=True)
    make_price(house, product, make_kind(house))
    found = explain(bob, **line(product)).json()
    assert found["price"] is None
    assert [item["reason"] for item in found["candidates"]] == ["quote_only"]


def test_groups_in_the_address(house: House, bob: Client, product: Product, price: Price) -> None:
    group = uuid7()
    make_price(house, product, make_kind(house), "5.00", customer_group_id=group)
    found = explain(bob, **line(product, customer_group_ids=f"{uuid7()},{group}")).json()
    assert (found["price"]["net"], found["price"]["layer"]) == ("5.0000", "group")
    refused = explain(bob, **line(product, customer_group_ids="x", unit="box"))
    assert (refused.status_code, complaints(refused)) == (400, {"customer_group_ids": "invalid"})


def test_fields_of_an_explanation_have_plain_names(house: House, bob: Client, product: Product) -> None:
    other = make_variant(house, make_product(house))
    answer = explain(bob, **line(product, unit="box", variant_id=other.pk, colour="red"))
    assert complaints(answer) == {"colour": "kernel.parameter.unknown"}
    answer = explain(bob, **line(product, unit="box", variant_id=other.pk))
    assert complaints(answer) == {"unit": "catalog.unit.unknown", "variant_id": "kernel.reference.unknown"}
    assert complaints(explain(bob, **line(product, quantity=0))) == {"quantity": "min_value"}


# Lists of products with prices.

PRICED = "/api/catalog/priced-products/"


def test_a_list_of_products_with_the_best_price_of_each(house: House, bob: Client, price: Price) -> None:
    group, channel = uuid7(), uuid7()
    make_price(house, price.product, make_kind(house), "9.00", customer_group_id=group)
    make_price(house, price.product, make_kind(house), "8.00", channel_id=channel)
    make_product(house, "Without")
    plain = bob.get(PRICED).json()
    assert ["price" in item for item in plain["results"]] == [False, False]
    asked: dict[str, Any] = {
        "price_currency": "EUR",
        "price_customer_group_ids": str(group),
        "price_channel_id": str(channel),
    }
    shirt, without = bob.get(PRICED, {**asked, "page_size": 10}).json()["results"]
    assert (shirt["title"], shirt["price"]["net"], shirt["price"]["layer"]) == ("Shirt", "9.0000", "group")
    assert (without["title"], without["price"]) == ("Without", None)
    page = bob.get(PRICED, {**asked, "page_size": 1}).json()
    assert f"price_channel_id={channel}" in page["next"]
    assert bob.get(PRICED, {"price_currency": "EUR", "fields": "title"}).json()["results"][0] == {"title": "Shirt"}


def test_products_that_are_not_sold_in_the_unit_have_no_price(house: House, bob: Client, price: Price) -> None:
    boxed = make_product(house, "Boxed")
    make_conversion(house, boxed)
    make_price(house, boxed, make_kind(house), "1.00", min_quantity=24)
    asked = {"price_currency": "EUR", "price_unit": "box", "price_quantity": "2"}
    found = {item["title"]: item["price"] and item["price"]["net"] for item in bob.get(PRICED, asked).json()["results"]}
    assert found == {"Boxed": "1.0000", "Shirt": None}


def test_wrong_parameters_of_prices(bob: Client, price: Price) -> None:
    answer = bob.get(PRICED, {"price_quantity": "0", "price_at": "x", "price_customer_group_ids": "y"})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "price_currency": "required",
            "price_quantity": "min_value",
            "price_at": "invalid",
            "price_customer_group_ids": "invalid",
        },
    )
    assert complaints(bob.get(PRICED, {"price_colour": "red"})) == {"price_colour": "kernel.parameter.unknown"}


def test_the_prices_of_a_page_cost_four_queries(house: House, bob: Client) -> None:
    kind = make_kind(house)
    for number in range(5):
        make_price(house, make_product(house, f"P{number}"), kind, "1.00")

    def count(**asked: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(bob.get(PRICED, asked).json()["results"]) == 5
        return len(queries)

    count()
    assert count(price_currency="EUR") - count() == 4


@pytest.mark.committed
def test_prices_are_read_where_no_test_holds_a_transaction_open(house: House) -> None:
    product, bob = make_product(house), seller(house)
    make_price(house, product, make_kind(house), "12.30")
    for digests in (False, True):
        [found] = resolve(bob, line(product), digests=digests).json()["results"]
        assert found["net"] == "12.3000"
    assert explain(bob, **line(product)).json()["price"]["net"] == "12.3000"
    assert bob.get(PRICED, {"price_currency": "EUR"}).json()["results"][0]["price"]["net"] == "12.3000"
