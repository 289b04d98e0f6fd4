"""Which rate answers a question, on values alone: tables, and laws that hold for whatever is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.currencies.calculations import RateTable, Recorded, converted, realized_gain_loss
from apps.currencies.contracts import Rate, RateKind, RateQuestion
from apps.kernel.money import AmountOutOfRange, Money

FRIDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 22)
CODES = ("EUR", "USD", "PLN", "JPY")


def recorded(pair: str, rate: str, on: date = FRIDAY, *, kind: RateKind = "mid", source: str = "ECB") -> Recorded:
    from_code, to_code = pair.split("/")
    return Recorded(from_code, to_code, kind, on, source, Decimal(rate))


def answer(
    items: Iterable[Recorded],
    pair: str,
    on: date = SUNDAY,
    *,
    kind: RateKind = "mid",
    base: str | None = "PLN",
    sources: Sequence[str] | None = None,
) -> Rate | None:
    from_code, to_code = pair.split("/")
    return RateTable(items, 30, sources).answer(RateQuestion(from_code, to_code, on, kind), base=base)


def facts(found: Rate | None) -> tuple[str, date, str] | None:
    return None if found is None else (str(found.rate), found.effective_on, found.source)


def test_sunday_gives_fridays_rate_with_its_day() -> None:
    items = [recorded("EUR/PLN", "4.25"), recorded("EUR/PLN", "4.20", date(2026, 11, 19))]
    assert facts(answer(items, "EUR/PLN")) == ("4.25", FRIDAY, "ECB")


def test_a_later_rate_never_answers() -> None:
    assert answer([recorded("EUR/PLN", "4.25", SUNDAY + timedelta(days=1))], "EUR/PLN") is None


@pytest.mark.parametrize(("age", "counts"), [(0, True), (30, True), (31, False)])
def test_a_rate_counts_for_thirty_days(age: int, counts: bool) -> None:
    found = answer([recorded("EUR/PLN", "4.25", SUNDAY - timedelta(days=age))], "EUR/PLN")
    assert (found is not None) is counts


def test_a_currency_costs_one_of_itself_on_every_day() -> None:
    assert answer([], "EUR/EUR", date(2999, 1, 1)) == Rate(Decimal(1), date(2999, 1, 1), "", ())


@pytest.mark.parametrize(
    ("rate", "inverse"),
    [
        ("4.3", "0.232558139535"),
        ("0.2353", "4.249893752656"),
        ("3", "0.333333333333"),
        ("25000", "0.00004000000000"),
        ("23876.53", "0.00004188213279"),
        ("0.00000000000001", None),
        ("99999999999999.9", "0.00000000000001"),
    ],
)
def test_the_opposite_rate_answers_with_its_inverse(rate: str, inverse: str | None) -> None:
    found = answer([recorded("EUR/PLN", rate)], "PLN/EUR")
    assert (None if found is None else f"{found.rate:f}") == inverse
    assert found is None or [step.is_inverse for step in found.path] == [True]


def test_the_pairs_own_rate_comes_before_a_fresher_opposite_one() -> None:
    items = [recorded("EUR/PLN", "4.2", date(2026, 11, 2)), recorded("PLN/EUR", "0.25", FRIDAY)]
    assert facts(answer(items, "EUR/PLN")) == ("4.2", date(2026, 11, 2), "ECB")


def test_the_way_through_the_base_names_both_steps_and_the_older_day() -> None:
    items = [recorded("EUR/PLN", "4.3"), recorded("USD/PLN", "4", date(2026, 11, 18), source="NBP")]
    found = answer(items, "EUR/USD")
    assert facts(found) == ("1.075000000000", date(2026, 11, 18), "ECB + NBP")
    assert found is not None
    assert [(step.from_code, step.to_code, step.is_inverse) for step in found.path] == [
        ("EUR", "PLN", False),
        ("PLN", "USD", True),
    ]
    assert answer(items, "EUR/USD", base="JPY") is None
    assert answer(items, "EUR/USD", base=None) is None


def test_the_inverse_of_a_banks_buying_rate_is_its_selling_rate() -> None:
    items = [recorded("EUR/PLN", "4.2", kind="buy"), recorded("EUR/PLN", "4.4", kind="sell")]
    assert facts(answer(items, "EUR/PLN", kind="buy")) == ("4.2", FRIDAY, "ECB")
    assert facts(answer(items, "PLN/EUR", kind="buy")) == ("0.227272727273", FRIDAY, "ECB")
    assert facts(answer(items, "PLN/EUR", kind="sell")) == ("0.238095238095", FRIDAY, "ECB")
    assert answer(items, "EUR/PLN") is None


@pytest.mark.parametrize(
    ("sources", "chosen"),
    [(None, "manual"), (("NBP", "ECB"), "NBP"), (("ECB", "NBP"), "ECB"), (("Bank", "ECB"), "ECB"), ((), None)],
)
def test_of_several_sources_of_one_day_the_preferred_one_counts(
    sources: tuple[str, ...] | None, chosen: str | None
) -> None:
    items = [recorded("EUR/PLN", "4.25", source=source) for source in ("NBP", "manual", "ECB")]
    found = answer(items, "EUR/PLN", sources=sources)
    assert (None if found is None else found.source) == chosen


def test_the_day_comes_before_the_source() -> None:
    items = [recorded("EUR/PLN", "4.1", date(2026, 11, 19), source="NBP"), recorded("EUR/PLN", "4.2", source="ECB")]
    assert facts(answer(items, "EUR/PLN", sources=("NBP", "ECB"))) == ("4.2", FRIDAY, "ECB")


@pytest.mark.parametrize(
    ("amount", "rate", "product"),
    [
        ("100", "4.25", "425.0000"),
        ("0.01", "0.005", "0.0001"),
        ("-0.01", "0.005", "-0.0001"),
        ("0.0001", "0.4", "0.0000"),
        ("1", "0.33335", "0.3334"),
        ("1", "0.33334999999999", "0.3333"),
        ("0.00009999999999999999", "0.5", "0.0000"),
        ("999999999999999.9999", "1", "999999999999999.9999"),
    ],
)
def test_a_product_is_rounded_once_half_up_to_four_places(amount: str, rate: str, product: str) -> None:
    assert str(converted(Money(Decimal(amount), "EUR"), "PLN", Decimal(rate)).amount) == product


def test_a_product_that_cannot_be_stored_is_refused() -> None:
    with pytest.raises(AmountOutOfRange):
        converted(Money(Decimal(999999999999999), "EUR"), "PLN", Decimal(2))


@pytest.mark.parametrize(
    ("foreign", "invoice", "payment", "gain"),
    [
        ("1000", "4.25", "4.31", "60.0000"),
        ("1000", "4.31", "4.25", "-60.0000"),
        ("-250.5", "4.25", "4.31", "-15.0300"),
        ("1000", "4.25", "4.25", "0.0000"),
        ("33.33", "0.23255813953488", "0.23255813953489", "0.0000"),
    ],
)
def test_the_realized_gain_is_the_difference_of_the_rates_times_the_amount(
    foreign: str, invoice: str, payment: str, gain: str
) -> None:
    assert str(realized_gain_loss(Decimal(foreign), Decimal(invoice), Decimal(payment))) == gain


rates = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(100000), places=6)
usual_rates = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100), places=6)
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
days = st.dates(min_value=date(2026, 10, 1), max_value=date(2026, 11, 30))
pairs = st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)).filter(lambda pair: pair[0] != pair[1])
items = st.lists(
    st.builds(
        lambda pair, rate, on, source: Recorded(pair[0], pair[1], "mid", on, source, rate),
        pairs,
        rates,
        days,
        st.sampled_from(("ECB", "NBP", "manual")),
    ),
    max_size=25,
    unique_by=lambda item: (item.from_code, item.to_code, item.effective_on, item.source),
)


@given(items=items, pair=pairs, on=days)
@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most pairs of most tables have no rate at all
def test_an_answer_is_never_from_the_future_nor_too_old_and_is_what_its_path_says(
    items: list[Recorded], pair: tuple[str, str], on: date
) -> None:
    found = answer(items, "/".join(pair), on)
    assume(found is not None)
    assert found is not None
    assert on - timedelta(days=30) <= found.effective_on <= on
    assert (found.path[0].from_code, found.path[-1].to_code) == pair
    product = Fraction(1)
    for step in found.path:
        product *= Fraction(step.rate)
    assert abs(Fraction(found.rate) - product) <= Fraction(1, 2 * 10**12) or len(found.path) == 1


@given(items=items, pair=pairs, on=days)
def test_the_order_of_what_is_recorded_does_not_matter(items: list[Recorded], pair: tuple[str, str], on: date) -> None:
    assert answer(items, "/".join(pair), on) == answer(items[::-1], "/".join(pair), on)


@given(first=usual_rates, second=usual_rates)
def test_there_and_back_is_worth_the_same(first: Decimal, second: Decimal) -> None:
    both = [Recorded("EUR", "PLN", "mid", FRIDAY, "ECB", first), Recorded("USD", "PLN", "mid", FRIDAY, "ECB", second)]
    there, back = answer(both, "EUR/USD"), answer(both, "USD/EUR")
    assert there is not None
    assert back is not None
    assert abs(Fraction(there.rate) * Fraction(back.rate) - 1) < Fraction(1, 10**9)
    assert abs(Fraction(there.rate) / (Fraction(first) / Fraction(second)) - 1) < Fraction(1, 10**9)


@given(amount=amounts, rate=rates)
def test_a_converted_amount_is_the_nearest_one_with_four_places(amount: Decimal, rate: Decimal) -> None:
    found = converted(Money(amount, "EUR"), "PLN", rate).amount
    assert abs(Fraction(found) - Fraction(amount) * Fraction(rate)) <= Fraction(1, 20000)
    assert -found == converted(Money(-amount, "EUR"), "PLN", rate).amount


@given(foreign=amounts, first=rates, second=rates, third=rates)
def test_gains_of_two_steps_add_up(foreign: Decimal, first: Decimal, second: Decimal, third: Decimal) -> None:
    whole = realized_gain_loss(foreign, first, third)
    parts = realized_gain_loss(foreign, first, second) + realized_gain_loss(foreign, second, third)
    assert abs(whole - parts) <= Decimal("0.0002")
    assert realized_gain_loss(foreign, second, first) == -realized_gain_loss(foreign, first, second)
