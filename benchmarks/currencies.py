"""A thousand conversions beside the bare statement that reads their rates, and a correction of many rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import connection

from apps.currencies.calculations import tender
from apps.currencies.contracts import ConversionOrder, ExchangeRates, RateQuote
from apps.currencies.models import ExchangeRate
from apps.currencies.services import add_from_master, record_rates
from apps.kernel import clock
from apps.kernel.money import Money
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.counting import statements
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import ids, open_tenants, staff_scope
from benchmarks.options import Options
from benchmarks.timing import milliseconds, take_turns

BASE = "EUR"
CODES = tuple(code for code in tender() if code != BASE)[:26]
DAYS = 2_600  # ten years of business days
ORDERS, PAIRS, MONTH = 1_000, 20, 30
MOST_MS, MOST_QUERIES = 20, 2
LAST = date(2026, 11, 20)
ROUNDS, WARM_UP, BULK_ROUNDS = 60, 10, 10
# The same rates without knowing anything about conversion: the pairs' rates of the days, in the order of the days.
BARE = """
SELECT from_code, to_code, kind, effective_on, source, rate FROM exchange_rate
WHERE organization_id = %s AND from_code = ANY(%s) AND to_code = %s AND kind = 'mid'
AND effective_on BETWEEN %s AND %s AND upper_inf(known) ORDER BY from_code, effective_on
"""


def run(options: Options) -> Iterator[Figure]:
    """Record ten years of 26 currencies (a tenth in a small run), then convert and correct."""
    [tenant], [organization] = open_tenants(1), ids(1)
    days = options.size(DAYS)
    with using_scope(staff_scope(tenant, [organization])):
        add_from_master([BASE, *CODES])
        for code in CODES:
            record_rates(_quotes([code], days, seed=1), source="ECB")
        with loading():
            pass  # vacuums and analyses
        before = clock.now()
        with scoped_transaction():
            yield from _conversions("one step", _orders(direct=True))
            yield from _conversions("through the base", _orders(direct=False))
        yield _correction()
        with scoped_transaction():
            yield from _known(_orders(direct=True), before)


def _quotes(codes: Sequence[str], days: int, *, seed: int) -> list[RateQuote]:
    dice = Random(seed)  # noqa: S311
    return [
        RateQuote(code, BASE, Decimal(dice.randrange(10**5, 10**7)).scaleb(-6), LAST - timedelta(days=day), "mid")
        for code in codes
        for day in range(days)
    ]


def _orders(*, direct: bool) -> list[ConversionOrder]:
    """Amounts over 20 pairs and the days of a month."""
    dice, found = Random(2), []  # noqa: S311
    for number in range(ORDERS):
        place = number % PAIRS
        amount = Money(Decimal(dice.randrange(10**9)).scaleb(-4), CODES[place])
        day = LAST - timedelta(days=dice.randrange(MONTH))
        found.append(ConversionOrder(amount, BASE if direct else CODES[place + 1], day))
    return found


def _bare() -> None:
    with connection.cursor() as cursor:
        organization = ExchangeRate.objects.values_list("organization_id", flat=True)[:1].get()
        first = LAST - timedelta(days=2 * MONTH)
        cursor.execute(BARE, [organization, list(CODES[: PAIRS + 1]), BASE, first, LAST])
        cursor.fetchall()


def _conversions(name: str, orders: list[ConversionOrder]) -> Iterator[Figure]:
    rates = service(ExchangeRates)
    queries = len(statements(lambda: rates.convert_many(orders)))
    readings = {
        "convert": milliseconds(lambda: rates.convert_many(orders)),
        "bare": milliseconds(_bare),
        "one": milliseconds(lambda: rates.convert(orders[0].amount, orders[0].to_code, orders[0].on)),
    }
    taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
    spent, bare = taken["convert"].median, taken["bare"].median
    target = f"< {MOST_MS} ms, ≤ {MOST_QUERIES} queries"
    met = spent < MOST_MS and queries <= MOST_QUERIES
    against = "the bare statement that reads the rates of the pairs and days"
    title = f"{ORDERS:,} conversions, {PAIRS} pairs, {name}"
    yield Figure(title, spent, "ms", bare, against, target, met, note=f"{queries} queries")
    yield Figure(f"one conversion, {name}", taken["one"].median, "ms", bare, against)


def _known(orders: list[ConversionOrder], moment: datetime) -> Iterator[Figure]:
    rates = service(ExchangeRates)
    readings = {
        "then": milliseconds(lambda: rates.convert_many(orders, known_at=moment)),
        "now": milliseconds(lambda: rates.convert_many(orders)),
    }
    taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
    name = f"{ORDERS:,} conversions as known before the corrections"
    yield Figure(name, taken["then"].median, "ms", taken["now"].median, "the same as known today")


def _correction() -> Figure:
    seeds = iter(range(100, 1_000))

    def correct() -> None:
        record_rates(_quotes(CODES[:PAIRS], 50, seed=next(seeds)), source="ECB")

    def same() -> None:
        record_rates(_quotes(CODES[:PAIRS], 50, seed=7), source="other")

    same()
    taken = take_turns({"correct": milliseconds(correct), "same": milliseconds(same)}, rounds=BULK_ROUNDS, warm_up=2)
    against = "recording as many that are known already"
    return Figure("a correction of 1,000 rates", taken["correct"].median, "ms", taken["same"].median, against)
