"""Money: exact arithmetic within one currency, rounding, splitting, formats and refusals."""

from __future__ import annotations

import json
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import PlatformError
from apps.kernel.money import (
    AllocationImpossible,
    AmountInvalid,
    AmountOutOfRange,
    CurrencyInvalid,
    CurrencyMismatch,
    Money,
    allocate,
    amount_text,
    currency_places,
    exact,
    format_money,
    parse_amount,
    quantize,
    round_half_up,
    to_currency_places,
    to_storage,
    total,
)

AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=4)
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=10**6, places=6), min_size=1, max_size=20)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_arithmetic_stays_exact() -> None:
    assert eur("0.1") + eur("0.2") == eur("0.3")
    assert eur("10") - eur("0.01") == eur("9.99")
    assert eur("19.99") * 3 == 3 * eur("19.99") == eur("59.97")
    assert eur("10") / 4 == eur("2.5")
    assert -eur("1") == eur("-1")
    assert abs(eur("-1")) == eur("1")


def test_thirds_are_cut_half_up_at_twenty_places() -> None:
    assert (eur("2") / 3).amount == Decimal("0.66666666666666666667")


def test_precision_set_by_the_caller_does_not_reach_into_money() -> None:
    with localcontext(prec=3):
        assert eur("123456.7891") + eur("0.0001") == eur("123456.7892")
        assert allocate(Decimal("123456.78"), [1, 1]) == (Decimal("61728.39"), Decimal("61728.39"))


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_never_meet(operation: str) -> None:
    with pytest.raises(CurrencyMismatch) as refusal:
        getattr(eur("1"), operation)(Money(Decimal(1), "USD"))
    assert refusal.value.context == {"left": "EUR", "right": "USD"}


def test_amounts_of_two_currencies_are_unequal_even_at_zero() -> None:
    assert Money.zero("EUR") != Money.zero("USD")


def test_order_within_a_currency() -> None:
    assert sorted([eur("2"), eur("-1"), eur("0.5")]) == [eur("-1"), eur("0.5"), eur("2")]
    assert eur("1") >= eur("1.00") <= eur("1")


@pytest.mark.parametrize("value", [1.5, float("nan"), True, "12", None])
def test_only_decimal_and_int_are_amounts(value: Any) -> None:
    with pytest.raises(TypeError):
        Money(value, "EUR")
    with pytest.raises(TypeError):
        eur("1") * value
    with pytest.raises(TypeError):
        eur("1") / value


def test_money_is_combined_with_money_only() -> None:
    one: Any = eur("1")
    for other in (1, Decimal(1), 1.0):
        with pytest.raises(TypeError):
            one + other
    with pytest.raises(TypeError):
        one * one


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "1e15", "-1e15"])
def test_amounts_that_no_column_holds_are_refused(text: str) -> None:
    with pytest.raises(AmountOutOfRange):
        eur(text)


@pytest.mark.parametrize("code", ["eur", "EURO", "EU", "E R", "", "ÄÖÜ", "EUR\n"])
def test_currency_codes_are_three_capitals(code: str) -> None:
    with pytest.raises(CurrencyInvalid):
        Money(Decimal(1), code)


@pytest.mark.parametrize(
    ("given_amount", "held"),
    [
        ("1E+3", "1000"),
        ("-0.00", "0.00"),
        ("0E+99999", "0"),
        ("1e-999999", "0." + "0" * 20),
        ("1.10", "1.10"),
    ],
)
def test_amounts_are_held_without_exponent_and_minus_zero(given_amount: str, held: str) -> None:
    assert str(exact(Decimal(given_amount))).replace("0E-20", "0." + "0" * 20) == held


@pytest.mark.parametrize(
    ("amount", "places", "rounded"),
    [
        ("0.00005", 4, "0.0001"),
        ("-0.00005", 4, "-0.0001"),
        ("2.5", 0, "3"),
        ("1.005", 2, "1.01"),
        ("-0.001", 2, "0.00"),
        ("7", 3, "7.000"),
    ],
)
def test_rounding_is_half_up(amount: str, places: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(amount), places)) == rounded


def test_other_roundings_are_asked_for_by_name() -> None:
    assert quantize(Decimal("2.5"), 0, rounding=ROUND_HALF_EVEN) == 2
    assert quantize(Decimal("-2.9"), 0, rounding=ROUND_DOWN) == -2


@pytest.mark.parametrize("places", [-1, 21])
def test_places_out_of_bounds_are_a_mistake_of_the_caller(places: int) -> None:
    with pytest.raises(ValueError, match="decimal places"):
        quantize(Decimal(1), places)


def test_storage_keeps_four_places_and_fifteen_digits() -> None:
    assert str(to_storage(Decimal("1.23455"))) == "1.2346"
    assert str(to_storage(Decimal("999999999999999.99994"))) == "999999999999999.9999"
    with pytest.raises(AmountOutOfRange):
        to_storage(Decimal("999999999999999.99995"))


def test_currency_places_follow_cldr_unless_given() -> None:
    assert [currency_places(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert to_currency_places(Money(Decimal("10.5"), "JPY")).amount == 11
    assert str(to_currency_places(eur("10.005")).amount) == "10.01"
    assert str(to_currency_places(eur("10.005"), places=0).amount) == "10"


def test_total_of_nothing_is_zero_and_of_two_currencies_refused() -> None:
    assert total([], "EUR") == Money.zero("EUR")
    assert total([eur("1"), eur("2.5")], "EUR") == eur("3.5")
    with pytest.raises(CurrencyMismatch):
        total([eur("1")], "USD")


@given(AMOUNTS, AMOUNTS)
def test_adding_and_subtracting_again_gives_the_same_amount(one: Decimal, other: Decimal) -> None:
    assert Money(one, "EUR") + Money(other, "EUR") - Money(other, "EUR") == Money(one, "EUR")


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers() | st.floats() | st.text() | st.none())
def test_any_amount_is_held_or_refused(value: Any) -> None:
    try:
        held = Money(value, "EUR").amount
    except (TypeError, AmountOutOfRange):
        return
    assert abs(held - value) <= Decimal("5e-21")
    assert len(amount_text(held)) <= 37


@given(AMOUNTS, st.integers(0, 6))
def test_rounding_twice_is_rounding_once(amount: Decimal, places: int) -> None:
    once = quantize(amount, places)
    assert quantize(once, places) == once
    assert abs(once - amount) <= Decimal(5).scaleb(-places - 1)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        ("100", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("-100", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("0.05", [0, 3, 7], ["0.00", "0.02", "0.03"]),
        ("0.01", [Decimal("0.1"), Decimal("0.2")], ["0.00", "0.01"]),
        ("0", [5, 5], ["0.00", "0.00"]),
    ],
)
def test_splitting_gives_the_units_left_over_to_the_largest_remainders(
    amount: str, weights: list[int | Decimal], shares: list[str]
) -> None:
    assert [str(share) for share in allocate(Decimal(amount), weights)] == shares


@given(AMOUNTS, WEIGHTS.filter(any), st.integers(4, 8))
def test_shares_add_up_and_differ_from_the_ideal_by_less_than_a_unit(
    amount: Decimal, weights: list[Decimal], places: int
) -> None:
    shares = allocate(amount, weights, places=places)
    whole = sum(Fraction(weight) for weight in weights)
    unit = Fraction(1, 10**places)
    assert sum(Fraction(share) for share in shares) == Fraction(amount)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - Fraction(amount) * Fraction(weight) / whole) < unit
        assert weight or not share


@pytest.mark.parametrize("weights", [[], [0], [0, Decimal("0.00")], [1, -1], [2, -1]])
def test_weights_that_say_nothing_are_refused(weights: list[int | Decimal]) -> None:
    with pytest.raises(AllocationImpossible):
        allocate(Decimal(10), weights)


def test_an_amount_finer_than_its_shares_is_refused() -> None:
    with pytest.raises(AllocationImpossible, match="more than 2 decimal places"):
        allocate(Decimal("0.001"), [1])


def test_json_form_is_text_and_comes_back() -> None:
    body = json.dumps(eur("1E+3").as_json())
    assert body == '{"amount": "1000", "currency": "EUR"}'
    assert Money.from_json(json.loads(body)) == eur("1000")


@given(AMOUNTS)
def test_amounts_survive_their_text(amount: Decimal) -> None:
    assert parse_amount(amount_text(amount)) == amount


@pytest.mark.parametrize("text", ["", "1,5", "1e5", "+1", " 1", "1.", ".5", "NaN", "٣", "1" * 16, 5, 1.5, None])
def test_text_that_is_no_plain_number_is_refused(text: object) -> None:
    with pytest.raises(AmountInvalid):
        parse_amount(text)


@given(st.recursive(st.none() | st.text() | st.floats(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_json_is_money_or_refused(value: object) -> None:
    with pytest.raises(PlatformError):
        Money.from_json(value)


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "-€1,234,567.89"),
        ("en-GB", "-€1,234,567.89"),
        ("de_DE", "-1.234.567,89\xa0€"),
        ("pl", "-1\xa0234\xa0567,89\xa0€"),
        ("es", "-1.234.567,89\xa0€"),
    ],
)
def test_formats_follow_the_locale_and_round_half_up(locale: str, shown: str) -> None:
    assert format_money(eur("-1234567.885"), locale) == shown


def test_formats_show_the_places_asked_for() -> None:
    assert format_money(eur("2.5"), "en", places=4) == "€2.5000"
    assert format_money(Money(Decimal("2.5"), "JPY"), "en") == "¥3"
