"""Prices in the list of products: for whom they are, which channel counts, and what a reference unit costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import OfferKind, PriceKind, Product
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.catalog.factories import (
    make_conversion,
    make_kind,
    make_offer,
    make_price,
    make_product,
    make_variant,
)
from tests.directory.callers import complaints, send
from tests.sales.factories import make_tax_class
from tests.support.scopes import House

PRODUCTS, RESOLVE, EXPLAIN = (f"/api/catalog/{name}/" for name in ("products", "pricing/resolve", "prices/explain"))
SETTINGS = "/api/catalog/settings/"
EUR = {"price_currency": "EUR"}


@pytest.fixture
def kind(house: House) -> PriceKind:
    return make_kind(house, "regular")


@pytest.fixture
def wine(house: House, kind: PriceKind) -> Product:
    """A bottle of 0.75 l."""
    bottle = make_product(
        house, "Wine", shows_unit_price=True, unit_price_reference="l", unit_price_quantity=Decimal("0.75")
    )
    make_price(house, bottle, kind, "6.00")
    return bottle


def listed(house: House, product: Product, channel: UUID, **values: Any) -> None:
    """The product is shown in a channel."""
    chosen = {"kind": OfferKind.LISTING, "channel_id": channel, **values}
    make_offer(house, product, chosen.pop("starts_at", None), chosen.pop("ends_at", None), **chosen)


def records(bob: Client, **asked: Any) -> list[dict[str, Any]]:
    answer = bob.get(PRODUCTS, {name: str(value) for name, value in asked.items()})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def nets(bob: Client, **asked: Any) -> dict[str, str | None]:
    """Net amounts by title."""
    return {row["title"]: row["pricing"] and row["pricing"]["net"] for row in records(bob, **EUR, **asked)}


def test_prices_are_shown_to_who_asks_for_them(house: House, bob: Client, wine: Product) -> None:
    group = uuid7()
    make_product(house, "Without")
    price = make_price(house, wine, make_kind(house), "5.00", customer_group_id=group)
    assert ["pricing" in row for row in records(bob)] == [False, False]
    shown, without = records(bob, **EUR, price_customer_group_ids=group)
    assert (without["title"], without["pricing"]) == ("Without", None)
    assert (shown["pricing"]["price_id"], shown["pricing"]["layer"]) == (str(price.pk), "group")
    assert records(bob, **EUR, fields="title")[0] == {"title": "Wine"}


def test_quantities_units_moments_and_people_count(house: House, bob: Client, kind: PriceKind) -> None:
    product, now, clerk = make_product(house), clock.now(), uuid7()
    make_conversion(house, product)
    make_price(house, product, kind, "9.00", max_quantity=23)
    make_price(house, product, kind, "7.00", min_quantity=24)
    make_price(house, product, make_kind(house), "5.00", user_id=clerk)
    sale = make_kind(house, "sale", is_promotion=True)
    make_price(house, product, sale, "3.00", valid=(now + timedelta(days=1), now + timedelta(days=2)))
    asked: list[dict[str, Any]] = [
        {},
        {"price_quantity": 24},
        {"price_quantity": 2, "price_unit": "box"},
        {"price_at": (now + timedelta(days=1, hours=1)).isoformat()},
        {"price_known_at": (now - timedelta(days=1)).isoformat()},
        {"price_user_id": clerk},
        {"price_unit": "pallet"},
    ]
    expected = ["9.0000", "7.0000", "7.0000", "3.0000", None, "5.0000", None]
    assert [nets(bob, **item)["Shirt"] for item in asked] == expected


def test_what_is_sold_on_quote_only_has_no_price(house: House, bob: Client, kind: PriceKind) -> None:
    make_price(house, make_product(house, is_quote_only=True), kind)
    assert nets(bob) == {"Shirt": None}


def test_the_channel_is_named_or_filtered_by_or_the_only_one(house: House, bob: Client, kind: PriceKind) -> None:
    web, shop, now, day = uuid7(), uuid7(), clock.now(), timedelta(days=1)
    promotion = {"kind": OfferKind.PROMOTION, "starts_at": now - day, "ends_at": now + day}
    for title, channels in (("Both", [web, shop]), ("None", []), ("Web", [web]), ("Web twice", [web, web])):
        product = make_product(house, title)
        for channel, values in zip(channels, ({}, promotion), strict=False):
            listed(house, product, channel, **values)
        make_price(house, product, kind, "9")
        for amount, channel in (("8", web), ("7", shop)):
            make_price(house, product, kind, amount, channel_id=channel)
    only = {"Both": "9.0000", "None": "9.0000", "Web": "8.0000", "Web twice": "8.0000"}
    assert nets(bob) == only
    assert nets(bob, price_channel_id=shop) == dict.fromkeys(only, "7.0000")
    assert nets(bob, channel_ids=shop) == {"Both": "7.0000"}
    assert nets(bob, channel_ids=f"{web},{web}") == dict.fromkeys(("Both", "Web", "Web twice"), "8.0000")
    assert nets(bob, channel_ids=f"{web},{shop}") == {"Both": "9.0000", "Web": "8.0000", "Web twice": "8.0000"}
    assert nets(bob, channel_ids=shop, price_channel_id=web) == {"Both": "8.0000"}
    assert bob.get(PRODUCTS, {**EUR, "channel_ids": "x"}).status_code == 400


def test_offers_that_do_not_run_offer_in_no_channel(house: House, bob: Client, kind: PriceKind) -> None:
    now, web = clock.now(), uuid7()
    ended = {"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(days=1)}
    for title, values in (("Off", {"is_active": False}), ("Over", ended), ("Runs", {}), ("Gone", {"deleted_at": now})):
        product = make_product(house, title)
        listed(house, product, web, **values)
        make_price(house, product, kind, "9")
        make_price(house, product, kind, "8", channel_id=web)
    assert nets(bob) == {"Gone": "9.0000", "Off": "9.0000", "Over": "9.0000", "Runs": "8.0000"}
    then = (now - timedelta(days=1, hours=12)).isoformat()
    assert nets(bob, price_at=then)["Over"] == "8.0000"


def test_a_product_is_priced_as_the_variant_that_it_is_shown_with(house: House, bob: Client, kind: PriceKind) -> None:
    shown: dict[str, Any] = {"is_default": True}
    cases: dict[str, Any] = {"Own": shown, "Other": {}, "Off": {**shown, "is_active": False}, "Plain": shown}
    for title, values in cases.items():
        product = make_product(house, title)
        variant = make_variant(house, product, **values)
        make_price(house, product, kind, "9")
        if title != "Plain":
            make_price(house, product, kind, "8", variant=variant)
    assert nets(bob) == {"Off": "9.0000", "Other": "9.0000", "Own": "8.0000", "Plain": "9.0000"}
    assert [row["pricing"]["variant_id"] is None for row in records(bob, **EUR)] == [True, True, False, True]
    priced = bob.get("/api/catalog/priced-products/", EUR).json()["results"]
    assert {row["price"]["net"] for row in priced} == {"9.0000"}


def test_wrong_parameters_are_named_all_at_once(bob: Client, wine: Product) -> None:
    answer = bob.get(PRODUCTS, {"price_quantity": "0", "price_at": "x", "price_user_group_ids": "y"})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "price_currency": "required",
            "price_quantity": "min_value",
            "price_at": "invalid",
            "price_user_group_ids": "invalid",
        },
    )
    assert complaints(bob.get(PRODUCTS, {"price_colour": "red"})) == {"price_colour": "kernel.parameter.unknown"}
    assert complaints(bob.get(PRODUCTS, {**EUR, "format": "csv"})) == {"price_currency": "kernel.export.flat"}


def test_a_page_of_fifty_with_prices_costs_six_queries(house: House, bob: Client, kind: PriceKind) -> None:
    for number in range(51):
        make_price(house, make_product(house, f"P{number:02}"), kind, "1.00")

    def count(**asked: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(bob.get(PRODUCTS, asked).json()["results"]) == 50
        return len(queries)

    count(**EUR)
    bare = count()  # with one for the page and one that counts
    assert count(**EUR) - bare == 4
    assert count(**EUR, price_channel_id=str(uuid7())) - bare == 4


def test_the_document_says_what_is_shown_beside_products(bob: Client) -> None:
    shapes = bob.get("/api/schema/", {"format": "json"}).json()["components"]["schemas"]
    for part, name in (("ProductListPart", "pricing"), ("PricedProductPart", "price")):
        [shape, nothing] = shapes[part]["properties"][name]["anyOf"]
        assert (shape["$ref"].rpartition("/")[2], nothing) == ("ResolvedPrice", {"type": "null"})
    assert "pricing" not in shapes["Product"]["properties"]
    items = shapes["ResolveAnswer"]["properties"]["results"]["items"]
    assert items == {"anyOf": [{"$ref": "#/components/schemas/ResolvedPrice"}, {"type": "null"}]}


# What a reference unit costs.


def test_the_price_per_unit_is_shown_wherever_the_price_is(bob: Client, wine: Product) -> None:
    line = {"product_id": str(wine.pk), "currency": "EUR"}
    shown = {"reference_unit": "l", "net": "8.0000", "gross": "8.0000"}
    [record] = records(bob, **EUR)
    [resolved] = send(bob, "post", RESOLVE, {"requests": [line]}).json()["results"]
    explained = bob.get(EXPLAIN, line).json()
    priced = bob.get("/api/catalog/priced-products/", EUR).json()["results"][0]["price"]
    for price in (record["pricing"], resolved, explained["price"], priced):
        assert price["unit_price"] == shown


def test_the_price_per_unit_is_that_of_the_base_unit_whatever_is_bought(
    house: House, bob: Client, wine: Product
) -> None:
    make_conversion(house, wine, "crate", "6")
    [record] = records(bob, **EUR, price_unit="crate", price_quantity=2)
    assert (record["pricing"]["net"], record["pricing"]["unit_price"]["net"]) == ("6.0000", "8.0000")


def test_the_price_per_unit_is_rounded_once_to_four_places(house: House, bob: Client, kind: PriceKind) -> None:
    flour = make_product(
        house, "Flour", shows_unit_price=True, unit_price_reference="kg", unit_price_quantity=Decimal("0.3")
    )
    make_price(house, flour, kind, "1.0000", includes_tax=True)
    [record] = records(bob, **EUR)
    assert record["pricing"]["unit_price"] == {"reference_unit": "kg", "net": "3.3333", "gross": "3.3333"}


def test_both_sides_of_the_tax_are_shown_per_unit(house: House, bob: Client, wine: Product) -> None:
    make_tax_class(house, rate=Decimal(23), is_default=True)
    [record] = records(bob, **EUR)
    assert (record["pricing"]["net"], record["pricing"]["gross"]) == ("6.0000", "7.3800")
    assert record["pricing"]["unit_price"] == {"reference_unit": "l", "net": "8.0000", "gross": "9.8400"}


def test_neither_product_nor_tenant_has_to_show_it(house: House, bob: Client, wine: Product, kind: PriceKind) -> None:
    water = make_product(house, "Water", unit_price_reference="l", unit_price_quantity=Decimal(1))
    make_price(house, water, kind, "1.00")
    shown = {row["title"]: row["pricing"]["unit_price"] for row in records(bob, **EUR, price_channel_id=uuid7())}
    assert shown["Water"] is None
    assert shown["Wine"] is not None
    assert bob.get(SETTINGS).json()["shows_unit_prices"] is True
    assert send(bob, "put", SETTINGS, {"shows_unit_prices": False}).status_code == 200
    for asked in ({}, {"price_channel_id": uuid7()}):
        assert {row["pricing"]["unit_price"] for row in records(bob, **EUR, **asked)} == {None}


def test_whether_it_is_shown_makes_no_other_digest(bob: Client, wine: Product) -> None:
    line = {"product_id": str(wine.pk), "currency": "EUR"}
    first = bob.get(EXPLAIN, line).json()
    again = {**line, "at": first["at"], "known_at": first["known_at"]}
    send(bob, "put", SETTINGS, {"shows_unit_prices": False})
    second = bob.get(EXPLAIN, again).json()
    assert (first["price"]["unit_price"]["net"], second["price"]["unit_price"]) == ("8.0000", None)
    assert first["digest"] == second["digest"]
    assert first["trace"] == second["trace"]


def test_where_there_is_no_price_there_is_none_per_unit(bob: Client, wine: Product) -> None:
    line = {"product_id": str(wine.pk), "currency": "USD"}
    assert send(bob, "post", RESOLVE, {"requests": [line]}).json()["results"] == [None]
    assert bob.get(EXPLAIN, line).json()["price"] is None
