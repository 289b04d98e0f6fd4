"""Offers with their own prices and those that they take the place of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Offer, OfferKind, Product
from apps.catalog.selectors import OfferPrices, offer_prices
from tests.catalog.factories import make_kind, make_offer, make_price, make_price_list, make_product, make_variant
from tests.customers.factories import make_group
from tests.sales.factories import make_channel, make_tax_class
from tests.support.scopes import House, reading

MAY, JUNE, JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7, 8))


def found(house: House, *offers: Offer, at: datetime = JUNE) -> dict[Any, OfferPrices]:
    with reading(house.scope(house.north)):
        return offer_prices(offers, at=at)


def overridden(house: House, offer: Offer, **how: Any) -> dict[str, Any]:
    return {code: row.id for code, row in found(house, offer, **how)[offer.pk].overridden.items()}


def listing(house: House, product: Product, channel: Any, **values: Any) -> Offer:
    return make_offer(house, product, None, None, kind=OfferKind.LISTING, channel_id=channel.pk, **values)


def test_the_channel_goes_first_and_in_it_the_default_variant(house: House) -> None:
    product, kind, web = make_product(house), make_kind(house), make_channel(house)
    variant = make_variant(house, product, is_default=True)
    offer = listing(house, product, web)
    assert overridden(house, offer) == {}
    scopes: tuple[dict[str, Any], ...] = (
        {},
        {"variant": variant},
        {"channel_id": web.pk},
        {"variant": variant, "channel_id": web.pk},
    )
    for scope in scopes:
        price = make_price(house, product, kind, **scope)
        assert overridden(house, offer) == {"EUR": price.pk}, scope


def test_prices_of_others_are_not_overridden(house: House) -> None:
    product, kind, web, shop = make_product(house), make_kind(house), make_channel(house), make_channel(house)
    variant, other = make_variant(house, product, is_default=True), make_variant(house, product, "Red")
    offer, second = listing(house, product, web), listing(house, product, shop)
    scopes: tuple[dict[str, Any], ...] = (
        {"channel_id": shop.pk},
        {"variant": other},
        {"offer": second},
        {"min_quantity": 10},
        {"valid": (JULY, None), "max_quantity": 9},
    )
    for scope in scopes:
        make_price(house, product, kind, **scope)
    make_price(house, product, make_kind(house, is_promotion=True), "1.00")
    make_price(house, product, make_kind(house, is_active=False), "1.00")
    assert overridden(house, offer) == {}
    of_other = listing(house, product, web, variant=other)
    assert list(overridden(house, of_other)) == ["EUR"]
    assert variant.pk != other.pk


def test_each_currency_has_its_own_and_lists_count(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    offer = make_offer(house, product, MAY, AUGUST)
    euros = make_price(house, product, kind)
    zlotys = make_price(house, product, kind, "45", currency="PLN")
    assert overridden(house, offer) == {"EUR": euros.pk, "PLN": zlotys.pk}
    listed = make_price(house, product, kind, "9", price_list=make_price_list(house, priority=5))
    assert overridden(house, offer) == {"EUR": listed.pk, "PLN": zlotys.pk}


def test_own_prices_are_those_that_are_not_over(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    offer, second = make_offer(house, product, MAY, AUGUST), make_offer(house, product, MAY, AUGUST)
    many = make_price(house, product, kind, "8", offer=offer, min_quantity=10)
    one = make_price(house, product, kind, "9", offer=offer, max_quantity=9)
    later = make_price(house, product, kind, "7", offer=offer, currency="PLN", valid=(JULY, AUGUST))
    make_price(house, product, kind, "6", offer=offer, currency="PLN", valid=(MAY, JUNE))
    make_price(house, product, kind, "5", offer=second)
    prices = found(house, offer, second)
    assert [item.row.id for item in prices[offer.pk].own] == [one.pk, many.pk, later.pk]
    assert [str(item.row.amount) for item in prices[second.pk].own] == ["5.0000"]


def test_many_offers_cost_four_queries(house: House) -> None:
    kind = make_kind(house)
    offers = [make_offer(house, make_product(house), MAY, AUGUST) for _place in range(3)]
    for offer in offers:
        make_price(house, offer.product, kind, offer=offer)
    with reading(house.scope(house.north)), CaptureQueriesContext(connection) as queries:
        prices = offer_prices(offers, at=JUNE)
        assert offer_prices([], at=JUNE) == {}
    assert (len(queries), [len(item.own) for item in prices.values()]) == (4, [1, 1, 1])


def test_prices_of_another_tenant_are_not_seen(house: House, other_house: House) -> None:
    product = make_product(house)
    offer = make_offer(house, product, MAY, AUGUST)
    make_price(house, product, make_kind(house), offer=offer)
    make_price(house, product, make_kind(house))
    assert found(other_house, offer) == {offer.pk: OfferPrices()}


def test_each_own_price_stands_beside_what_the_same_people_pay_without_it(house: House) -> None:
    product, kind, web = make_product(house), make_kind(house), make_channel(house)
    default, red = make_variant(house, product, is_default=True), make_variant(house, product, "Red")
    group = make_group(house)
    offer = listing(house, product, web)
    plain = {
        "one": make_price(house, product, kind, "10", max_quantity=9),
        "many": make_price(house, product, kind, "8", min_quantity=10),
        "red": make_price(house, product, kind, "20", variant=red),
        "group": make_price(house, product, kind, "5", customer_group_id=group.pk),
    }
    scopes: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("one", "9", "-10.00", {"max_quantity": 9}),
        ("many", "9", "12.50", {"min_quantity": 10}),
        ("red", "15", "-25.00", {"variant": red}),
        ("group", "5", "0.00", {"customer_group_id": group.pk}),
    )
    made = {
        make_price(house, product, kind, amount, offer=offer, **scope).pk: (name, share)
        for name, amount, share, scope in scopes
    }
    own = found(house, offer)[offer.pk].own
    named = {row.pk: name for name, row in plain.items()}
    assert {item.row.id: (named[item.instead.id], str(item.difference)) for item in own if item.instead} == made
    assert default.pk not in {item.row.variant_id for item in own}


def test_the_difference_is_between_amounts_of_one_side(house: House) -> None:
    make_tax_class(house, rate=Decimal(23), is_default=True)
    reduced = make_tax_class(house, rate=Decimal(8))
    product, kind = make_product(house), make_kind(house)
    make_price(house, product, kind, "100")
    offer = make_offer(house, product, MAY, AUGUST)
    gross = make_price(house, product, kind, "110.70", offer=offer, includes_tax=True)
    [item] = found(house, offer)[offer.pk].own
    assert (item.row.id, str(item.amount), str(item.difference)) == (gross.pk, "123.0000", "-10.00")
    variant = make_variant(house, product, is_default=True, tax_class_id=reduced.pk)
    [item] = found(house, offer)[offer.pk].own
    assert (variant.is_default, str(item.amount), str(item.difference)) == (True, "108.0000", "2.50")


def test_what_is_to_come_is_compared_with_what_will_be(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    make_price(house, product, kind, "10", valid=(MAY, JULY))
    make_price(house, product, kind, "12", valid=(JULY, None))
    offer = make_offer(house, product, JULY, AUGUST)
    make_price(house, product, kind, "9", offer=offer)
    prices = found(house, offer)[offer.pk]
    assert str(prices.overridden["EUR"].amount) == "10.0000"
    assert [(str(item.amount), str(item.difference)) for item in prices.own] == [("12.0000", "-25.00")]


def test_nothing_to_compare_with_is_no_difference(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    offer = make_offer(house, product, MAY, AUGUST)
    make_price(house, product, kind, "9", offer=offer)
    assert [(item.instead, item.difference) for item in found(house, offer)[offer.pk].own] == [(None, None)]
    free = make_price(house, product, kind, "0")
    assert [(item.instead and item.instead.id, item.difference) for item in found(house, offer)[offer.pk].own] == [
        (free.pk, None)
    ]
