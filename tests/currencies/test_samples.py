"""Sample rates for demonstrations."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from apps.currencies.services.samples import USUAL, sample_quotes
from apps.currencies.setup import seed_examples
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.banks import make_currencies, rates
from tests.support.scopes import House, seeding

UNTIL = date(2026, 3, 6)
FIVE = ("EUR", "USD", "GBP", "PLN", "CHF")


def test_there_are_two_years_of_business_days_for_each_currency() -> None:
    quotes = sample_quotes("PLN", FIVE, UNTIL)
    assert {quote.from_code for quote in quotes} == {"EUR", "USD", "GBP", "CHF"}
    days = [quote.effective_on for quote in quotes if quote.from_code == "EUR"]
    assert (len(days), days[0], days[-1]) == (523, date(2024, 3, 6), UNTIL)
    assert max(day.weekday() for day in days) == 4


def test_a_day_has_the_same_rate_for_ever() -> None:
    earlier = {(item.from_code, item.effective_on): item.rate for item in sample_quotes("PLN", FIVE, UNTIL)}
    later = {(item.from_code, item.effective_on): item.rate for item in sample_quotes("PLN", FIVE, date(2026, 9, 1))}
    both = earlier.keys() & later.keys()
    assert len(both) > 1500
    assert all(earlier[key] == later[key] for key in both)
    assert earlier["EUR", UNTIL] == Decimal("4.33036800")


def test_the_rates_move_from_day_to_day_and_stay_near_the_usual_ones() -> None:
    found = [quote.rate for quote in sample_quotes("EUR", ("USD",), UNTIL)]
    usual = 1 / USUAL["USD"]
    assert len(set(found)) > 450
    assert all(abs(rate / usual - 1) < Decimal("0.1") for rate in found)
    assert max(abs(b / a - 1) for a, b in pairwise(found)) < Decimal("0.012")


@pytest.mark.parametrize(("base", "codes"), [("EUR", ("EUR", "XAF")), ("XAF", FIVE)])
def test_nothing_is_made_up_about_other_currencies(base: str, codes: tuple[str, ...]) -> None:
    assert sample_quotes(base, codes, UNTIL) == []


def test_examples_are_seeded_once_and_quickly(house: House) -> None:
    make_currencies(house)
    scope = house.scope(house.north)
    moment = datetime(2026, 3, 6, 12, tzinfo=UTC)
    began = time.monotonic()
    for offset in range(2):
        with clock.frozen(moment.replace(hour=12 + offset)), seeding(scope), scoped_transaction():
            seed_examples(replace(scope))
    assert time.monotonic() - began < 20
    assert len(rates(house, "sample")) == 4
    with using_scope(scope), scoped_transaction():
        from apps.currencies.models import ExchangeRate, RateFetchConfig

        assert ExchangeRate.objects.count() == 4 * 523
        assert list(RateFetchConfig.objects.order_by("source").values_list("source", "is_enabled")) == [
            ("ecb", False),
            ("nbp", False),
        ]
