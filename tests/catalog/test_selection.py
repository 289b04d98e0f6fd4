"""Which price counts, case by case, and that the order in which prices are looked at says nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalog.calculations.amounts import with_tax
from apps.catalog.calculations.selection import (
    currencies_needed,
    layer_of,
    resolve_price_variant_id,
    select_best_price,
    weighed,
)
from apps.catalog.contracts import CurrencyPath, Layer, Lost, PriceContext, PriceRow, PriceRules
from tests.catalog.price_rows import (
    ANNA,
    AT,
    COUNTER,
    EARLIER,
    FRIENDS,
    LATER,
    LIST,
    OFFER,
    OTHER_OFFER,
    OTHER_VARIANT,
    ROLE,
    SHOP,
    USER,
    VARIANT,
    WHOLESALE,
    ZOE,
    asks,
    listing,
    offer,
    price,
    rate,
    some_id,
)

INSTANT = timedelta(microseconds=1)
CHEAPER = PriceRules(only_cheaper_promotions=True)
CHANNEL_FIRST = PriceRules(layers=(Layer.BASE, Layer.GROUP, Layer.CUSTOMER, Layer.PROMOTION, Layer.CHANNEL))
BASE = price(100, "10.0000")


@dataclass(frozen=True)
class Case:
    """Prices, who asks, and what has to come out: the number of the price, and why others are not it."""

    name: str
    rows: Sequence[PriceRow]
    context: PriceContext
    wins: int | None
    lost: Mapping[int, Lost] = field(default_factory=dict)
    rules: PriceRules = PriceRules()  # noqa: RUF009 - it is frozen
    rates: Mapping[str, CurrencyPath] = field(default_factory=dict)
    net: str = ""


def alone(name: str, reason: Lost, context: PriceContext | None = None, **conditions: Any) -> Case:
    """One price with a condition that does not hold beside one without."""
    return Case(name, [BASE, price(1, "1.0000", **conditions)], context or asks(), 100, {1: reason})


def best(name: str, context: PriceContext | None = None, **conditions: Any) -> Case:
    """One price with a condition that holds; it is dearer and wins all the same."""
    return Case(name, [BASE, price(1, "99.0000", **conditions)], context or asks(), 1, {100: Lost.LAYER})


CASES = [
    Case("nothing at all", [], asks(), None),
    Case("one price", [BASE], asks(), 100, net="10.0000"),
    # Conditions that do not hold.
    alone("another variant", Lost.OTHER_VARIANT, variant_id=VARIANT),
    alone("a variant that is not the one", Lost.OTHER_VARIANT, asks(variant_id=OTHER_VARIANT), variant_id=VARIANT),
    alone("a product out of sale", Lost.PRODUCT_INACTIVE, is_product_active=False),
    alone("a variant out of sale", Lost.VARIANT_INACTIVE, is_variant_active=False),
    alone("on quote only", Lost.QUOTE_ONLY, is_quote_only=True),
    alone("a kind that is off", Lost.KIND_INACTIVE, is_kind_active=False),
    alone("a list that is off", Lost.LIST_INACTIVE, is_list_active=False),
    alone("not valid yet", Lost.NOT_YET, valid_from=AT + INSTANT),
    alone("valid until this instant", Lost.OVER, valid_until=AT),
    alone("known no longer", Lost.UNKNOWN, known_until=AT),
    alone("not known then", Lost.UNKNOWN, asks(known_at=AT), known_from=AT + INSTANT),
    alone("known until then", Lost.UNKNOWN, asks(known_at=AT), known_until=AT),
    alone("too few", Lost.TOO_FEW, min_quantity=Decimal("1.000001")),
    alone("too many", Lost.TOO_MANY, asks(quantity=Decimal(11)), max_quantity=Decimal("10.999999")),
    alone("no channel is named", Lost.CHANNEL, channel_id=SHOP),
    alone("another channel", Lost.CHANNEL, asks(channel_id=COUNTER), channel_id=SHOP),
    alone("no customer is named", Lost.CUSTOMER, customer_id=ANNA),
    alone("another customer", Lost.CUSTOMER, asks(customer_id=ZOE), customer_id=ANNA),
    alone("no group", Lost.CUSTOMER_GROUP, asks(customer_id=ZOE), customer_group_id=WHOLESALE),
    alone(
        "other groups",
        Lost.CUSTOMER_GROUP,
        asks(customer_group_ids=frozenset({FRIENDS})),
        customer_group_id=WHOLESALE,
    ),
    alone("another user", Lost.USER, user_id=USER),
    alone("no role", Lost.USER_GROUP, asks(user_id=USER), user_group_id=ROLE),
    alone("another offer is asked for", Lost.OTHER_OFFER, asks(offer_id=OTHER_OFFER), offer=offer()),
    alone("an offer that is off", Lost.OFFER_INACTIVE, offer=offer(is_active=False)),
    alone("an offer that begins in an instant", Lost.OFFER_NOT_YET, offer=offer(starts_at=AT + INSTANT)),
    alone("an offer that has just ended", Lost.OFFER_OVER, offer=offer(ends_at=AT)),
    alone("an offer of another channel", Lost.CHANNEL, asks(channel_id=COUNTER), offer=listing()),
    alone("an offer of another variant", Lost.OTHER_VARIANT, offer=offer(variant_id=VARIANT)),
    alone("another currency", Lost.CURRENCY, currency="USD"),
    # Conditions that hold, at their ends, too.
    best("a channel", asks(channel_id=SHOP), channel_id=SHOP),
    best("a listing", asks(channel_id=SHOP), offer=listing()),
    best("a group", asks(customer_group_ids=frozenset({WHOLESALE})), customer_group_id=WHOLESALE),
    best("a role", asks(user_group_ids=frozenset({ROLE})), user_group_id=ROLE),
    best("a customer", asks(customer_id=ANNA), customer_id=ANNA),
    best("a user", asks(user_id=USER), user_id=USER),
    best("a kind of promotions", is_promotion=True),
    best("an offer that begins now", offer=offer(starts_at=AT)),
    best("an offer in its last instant", offer=offer(ends_at=AT + INSTANT)),
    best("the offer that is asked for", asks(offer_id=OFFER), offer=offer()),
    best("the variant of the offer", asks(variant_id=VARIANT), offer=offer(variant_id=VARIANT)),
    Case("valid from now", [price(1, valid_from=AT)], asks(), 1),
    Case("valid for another instant", [price(1, valid_until=AT + INSTANT)], asks(), 1),
    Case("the least quantity", [price(1, min_quantity=Decimal(5))], asks(quantity=Decimal(5)), 1),
    Case("the greatest quantity", [price(1, max_quantity=Decimal(5))], asks(quantity=Decimal(5)), 1),
    Case("known from that instant", [price(1, known_from=AT)], asks(known_at=AT), 1),
    Case(
        "what was known then goes, though it is known no longer",
        [price(1, "1.0000", known_from=EARLIER, known_until=AT), price(2, "2.0000", known_from=AT)],
        asks(known_at=AT - INSTANT),
        1,
        {2: Lost.UNKNOWN},
    ),
    # Layers.
    Case(
        "a promotion goes before a channel, a customer and a variant",
        [
            price(1, "4.0000", channel_id=SHOP),
            price(2, "3.0000", customer_id=ANNA),
            price(3, "2.0000", variant_id=VARIANT),
            price(4, "9.0000", is_promotion=True),
        ],
        asks(channel_id=SHOP, customer_id=ANNA, variant_id=VARIANT),
        4,
        {1: Lost.LAYER, 2: Lost.LAYER, 3: Lost.LAYER},
    ),
    Case(
        "a customer goes before a group",
        [price(1, "1.0000", customer_group_id=WHOLESALE), price(2, "2.0000", customer_id=ANNA)],
        asks(customer_id=ANNA, customer_group_ids=frozenset({WHOLESALE})),
        2,
        {1: Lost.LAYER},
    ),
    Case(
        "a group goes before a channel",
        [price(1, "1.0000", channel_id=SHOP), price(2, "2.0000", customer_group_id=WHOLESALE)],
        asks(channel_id=SHOP, customer_group_ids=frozenset({WHOLESALE})),
        2,
        {1: Lost.LAYER},
    ),
    Case(
        "a customer in a channel is about the customer",
        [price(1, "1.0000", customer_id=ANNA, channel_id=SHOP), price(2, "2.0000", customer_id=ANNA)],
        asks(channel_id=SHOP, customer_id=ANNA),
        1,
        {2: Lost.HIGHER_AMOUNT},
    ),
    Case(
        "the tenant has set that channels go first",
        [price(1, "1.0000", is_promotion=True), price(2, "2.0000", channel_id=SHOP)],
        asks(channel_id=SHOP),
        2,
        {1: Lost.LAYER},
        rules=CHANNEL_FIRST,
    ),
    # Promotions that only lower.
    Case(
        "a dear promotion is none",
        [BASE, price(1, "10.0001", is_promotion=True)],
        asks(),
        100,
        {1: Lost.NOT_CHEAPER},
        rules=CHEAPER,
    ),
    Case(
        "a promotion at the same price is none",
        [BASE, price(1, is_promotion=True)],
        asks(),
        100,
        {1: Lost.NOT_CHEAPER},
        rules=CHEAPER,
    ),
    Case(
        "a cheaper promotion",
        [BASE, price(1, "9.9999", is_promotion=True)],
        asks(),
        1,
        {100: Lost.LAYER},
        rules=CHEAPER,
    ),
    Case("a promotion alone", [price(1, "99.0000", is_promotion=True)], asks(), 1, rules=CHEAPER),
    Case(
        "the first of two promotions is dear, the second is not",
        [
            BASE,
            price(1, "50.0000", is_promotion=True, min_quantity=Decimal(5)),
            price(2, "5.0000", is_promotion=True),
        ],
        asks(quantity=Decimal(5)),
        2,
        {1: Lost.NOT_CHEAPER, 100: Lost.LAYER},
        rules=CHEAPER,
    ),
    Case(
        "it is compared without tax",
        [price(1, "10.0000"), price(2, "12.0000", is_promotion=True, includes_tax=True)],
        asks(tax_rate=Decimal(25)),
        2,
        rules=CHEAPER,
        net="9.6000",
    ),
    Case(
        "where promotions are the weakest, only-cheaper changes nothing",
        [BASE, price(1, "1.0000", is_promotion=True)],
        asks(),
        100,
        {1: Lost.LAYER},
        rules=PriceRules((Layer.PROMOTION, Layer.BASE, Layer.CHANNEL, Layer.GROUP, Layer.CUSTOMER), True),
    ),
    # Inside a layer.
    Case(
        "the list of higher priority, whatever else",
        [
            price(1, "9.0000", list_id=LIST, list_priority=5),
            price(2, "1.0000", variant_id=VARIANT, list_priority=4, min_quantity=Decimal(5)),
        ],
        asks(variant_id=VARIANT, quantity=Decimal(5)),
        1,
        {2: Lost.LIST_PRIORITY},
    ),
    Case(
        "a priority below none",
        [price(1, "1.0000", list_id=LIST, list_priority=-1), BASE],
        asks(),
        100,
        {1: Lost.LIST_PRIORITY},
    ),
    Case(
        "the variant goes before the product",
        [price(1, "1.0000", min_quantity=Decimal(5)), price(2, "9.0000", variant_id=VARIANT)],
        asks(variant_id=VARIANT, quantity=Decimal(5)),
        2,
        {1: Lost.LESS_SPECIFIC},
    ),
    Case(
        "the offer goes before its channel",
        [price(1, "1.0000", channel_id=SHOP), price(2, "9.0000", offer=listing())],
        asks(channel_id=SHOP),
        2,
        {1: Lost.NO_OFFER},
    ),
    Case(
        "the offer of a variant is about the variant",
        [price(1, "1.0000", offer=listing()), price(2, "9.0000", offer=listing(variant_id=VARIANT))],
        asks(channel_id=SHOP, variant_id=VARIANT),
        2,
        {1: Lost.LESS_SPECIFIC},
    ),
    Case(
        "the larger least quantity, though it begins earlier",
        [
            price(1, "8.0000", min_quantity=Decimal(10), valid_from=EARLIER),
            price(2, "9.0000", valid_from=AT),
            price(3, "7.0000", min_quantity=Decimal(11)),
        ],
        asks(quantity=Decimal(10)),
        1,
        {2: Lost.SMALLER_MINIMUM, 3: Lost.TOO_FEW},
    ),
    Case(
        "the one that began later",
        [price(1, "9.0000", valid_from=AT), price(2, "1.0000", valid_from=EARLIER), price(3, "1.0000")],
        asks(),
        1,
        {2: Lost.EARLIER_START, 3: Lost.EARLIER_START},
    ),
    Case("the lower amount", [price(1, "9.0000"), price(2, "8.9999")], asks(), 2, {1: Lost.HIGHER_AMOUNT}),
    Case(
        "the lower amount, one of them with tax",
        [price(1, "12.3000", includes_tax=True), price(2, "10.0001")],
        asks(tax_rate=Decimal(23)),
        1,
        {2: Lost.HIGHER_AMOUNT},
        net="10.0000",
    ),
    Case("two that are the same", [price(2), price(1)], asks(), 1, {2: Lost.LATER_ID}),
    Case("a price of nothing", [BASE, price(1, "0.0000")], asks(), 1, net="0.0000"),
    # Units.
    Case(
        "two boxes of twelve",
        [BASE, price(1, "9.0000", min_quantity=Decimal(24))],
        asks(quantity=Decimal(2), unit="box", unit_factor=Decimal(12)),
        1,
    ),
    Case(
        "nearly two boxes",
        [BASE, price(1, "9.0000", min_quantity=Decimal(24))],
        asks(quantity=Decimal("1.999999"), unit="box", unit_factor=Decimal(12)),
        100,
        {1: Lost.TOO_FEW},
    ),
    Case(
        "as the product rounds them",
        [BASE, price(1, "9.0000", min_quantity=Decimal(24))],
        asks(quantity=Decimal("1.999999"), unit_factor=Decimal(12), base_quantity=Decimal(24)),
        1,
    ),
    # Currencies.
    Case("no rate", [price(1, currency="USD")], asks(), None, {1: Lost.NO_RATE}),
    Case(
        "converted, where there is nothing else",
        [price(1, "10.0000", currency="USD"), price(2, "10.0000", currency="PLN"), price(3, currency="CHF")],
        asks(),
        2,
        {1: Lost.HIGHER_AMOUNT, 3: Lost.NO_RATE},
        rates={"USD": rate("USD", "0.9"), "PLN": rate("PLN", "0.23456")},
        net="2.3456",
    ),
    Case(
        "a price in the right currency goes before a cheaper one, even from a lower layer",
        [BASE, price(1, "1.0000", currency="USD", is_promotion=True)],
        asks(),
        100,
        {1: Lost.CURRENCY},
        rates={"USD": rate("USD", "0.9")},
    ),
    Case(
        "one in the right currency that does not fit keeps nobody away",
        [price(1, channel_id=SHOP), price(2, "10.0000", currency="USD")],
        asks(),
        2,
        {1: Lost.CHANNEL},
        rates={"USD": rate("USD", "0.9")},
        net="9.0000",
    ),
    # Lists that derive from others.
    Case(
        "a row of its own goes before what is derived",
        [
            price(1, "1.0000", list_id=LIST, source_id=some_id(90), variant_id=VARIANT),
            price(2, "9.0000", list_id=LIST),
        ],
        asks(variant_id=VARIANT),
        2,
        {1: Lost.OWN_ROW},
    ),
    Case(
        "what is derived counts where the list has no row that fits",
        [price(1, list_id=LIST, source_id=some_id(90)), price(2, list_id=LIST, min_quantity=Decimal(5))],
        asks(),
        1,
        {2: Lost.TOO_FEW},
    ),
    Case(
        "rows of other lists keep nothing from being derived",
        [price(1, "9.0000", list_id=LIST, list_priority=1, source_id=some_id(90)), BASE],
        asks(),
        1,
        {100: Lost.LIST_PRIORITY},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_price_and_the_reasons(case: Case) -> None:
    found = weighed(case.rows, case.context, rules=case.rules, rates=case.rates)
    decision = found.decision
    assert (decision and decision.row and decision.row.id) == (None if case.wins is None else some_id(case.wins))
    reasons = {item.row.id.int: item.reason for item in found.candidates}
    assert len(found.candidates) == len(case.rows)
    assert {number: reasons[number] for number in case.lost} == dict(case.lost)
    assert [number for number, reason in reasons.items() if reason is None] == (
        [] if case.wins is None else [case.wins]
    )
    if case.net:
        assert decision is not None
        assert str(decision.net) == case.net


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert {lost for case in CASES for lost in case.lost.values()} == set(Lost)


def test_a_converted_price_names_its_rate() -> None:
    decision = select_best_price([price(1, currency="USD")], asks(), rates={"USD": rate("USD", "0.9")})
    assert decision is not None
    assert (decision.currency, decision.net, decision.conversion) == ("EUR", Decimal("9.0000"), rate("USD", "0.9"))


def test_rates_are_needed_only_where_nothing_is_in_the_right_currency() -> None:
    dollars, zlotys = price(1, currency="USD"), price(2, currency="PLN", channel_id=SHOP)
    assert currencies_needed(weighed([dollars, zlotys], asks())) == {"USD"}
    assert currencies_needed(weighed([dollars, zlotys], asks(channel_id=SHOP))) == {"USD", "PLN"}
    assert currencies_needed(weighed([dollars, BASE], asks())) == frozenset()
    assert currencies_needed(weighed([BASE], asks())) == frozenset()


def test_losers_stand_in_their_order() -> None:
    rows = [price(9, "3.0000"), price(8, "1.0000", channel_id=SHOP), price(7, "1.0000"), price(6, "2.0000")]
    found = weighed([*rows, price(1, user_id=USER)], asks()).candidates
    assert [item.row.id.int for item in found] == [7, 6, 9, 1, 8]


@pytest.mark.parametrize(
    ("amount", "percent", "includes_tax", "net", "gross"),
    [
        ("10.0000", "23", False, "10.0000", "12.3000"),
        ("12.3000", "23", True, "10.0000", "12.3000"),
        ("0.0001", "23", False, "0.0001", "0.0001"),
        ("9.9900", "7.7", True, "9.2758", "9.9900"),
        ("9.9900", "0", True, "9.9900", "9.9900"),
        ("999999999999.9999", "100", False, "999999999999.9999", "1999999999999.9998"),
    ],
)
def test_net_and_gross(amount: str, percent: str, includes_tax: bool, net: str, gross: str) -> None:
    found = with_tax(Decimal(amount), Decimal(percent), includes_tax=includes_tax)
    assert tuple(map(str, found)) == (net, gross)


def test_the_variant_of_a_price() -> None:
    assert resolve_price_variant_id(BASE) is None
    assert resolve_price_variant_id(price(variant_id=VARIANT)) == VARIANT
    assert resolve_price_variant_id(price(offer=offer(variant_id=VARIANT))) == VARIANT
    assert resolve_price_variant_id(price(variant_id=OTHER_VARIANT, offer=offer(variant_id=VARIANT))) == OTHER_VARIANT


def test_layers() -> None:
    assert layer_of(BASE) is Layer.BASE
    assert layer_of(price(customer_id=ANNA, offer=offer())) is Layer.PROMOTION
    assert layer_of(price(user_group_id=ROLE, channel_id=SHOP)) is Layer.GROUP


def drawn(dice: random.Random) -> list[PriceRow]:
    """Prices of every kind that are often alike."""
    return [
        price(
            number,
            f"{dice.randrange(1, 4)}.0000",
            currency=dice.choice(("EUR", "EUR", "USD", "PLN")),
            includes_tax=dice.random() < 0.3,
            variant_id=dice.choice((None, None, VARIANT)),
            channel_id=dice.choice((None, None, SHOP, COUNTER)),
            customer_id=dice.choice((None, None, ANNA)),
            customer_group_id=dice.choice((None, None, WHOLESALE)),
            is_promotion=dice.random() < 0.2,
            min_quantity=Decimal(dice.choice((1, 1, 5))),
            valid_from=dice.choice((None, EARLIER, LATER)),
            offer=dice.choice((None, None, offer(), listing())),
            list_priority=dice.choice((0, 0, 1)),
            list_id=dice.choice((None, LIST)),
            source_id=dice.choice((None, None, some_id(90))),
        )
        for number in range(1, dice.randrange(2, 25))
    ]


@given(st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_order_of_the_prices_gives_the_same_decision(dice: random.Random, only_cheaper: bool) -> None:
    rows = drawn(dice)
    context = asks(
        channel_id=SHOP,
        customer_id=dice.choice((None, ANNA)),
        variant_id=VARIANT,
        quantity=Decimal(5),
        tax_rate=Decimal(8),
    )
    rules = PriceRules(tuple(dice.sample(list(Layer), len(Layer))), only_cheaper)
    rates = {"USD": rate("USD", "0.9")}
    first = weighed(rows, context, rules=rules, rates=rates)
    dice.shuffle(rows)
    assert weighed(rows, context, rules=rules, rates=rates) == first
    if first.decision is not None:
        again = weighed([*rows, price(999, channel_id=some_id(70))], context, rules=rules, rates=rates).decision
        assert again is not None
        assert again.row == first.decision.row
