"""What other modules are answered: rates of a day, amounts in another currency, and reports as of a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext, isolate_apps

from apps.currencies import services
from apps.currencies.calculations import RateTable, Recorded
from apps.currencies.contracts import (
    Conversion,
    ConversionOrder,
    CurrencyBook,
    ExchangeRates,
    MissingRates,
    RateQuestion,
    RateQuote,
)
from apps.currencies.errors import BaseCurrencyMissing, RateNotFound
from apps.currencies.models import ExchangeRate
from apps.currencies.selectors import rates_for
from apps.directory.services import update_tenant
from apps.kernel import clock
from apps.kernel.bases.amounts import DualAmounts, TransactionAmounts, base_agrees
from apps.kernel.bases.bitemporal import currently_known
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.money import Money
from apps.kernel.services import provide, service
from apps.kernel.tenancy.errors import OrganizationRequired
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from tests.currencies.factories import make_currency, make_rates, quote
from tests.support.scopes import House

FRIDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 22)
CODES = ("EUR", "USD", "GBP", "CHF", "CZK", "SEK", "NOK", "DKK", "HUF", "RON")


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    make_currency(house, "PLN", is_base=True)
    with using_scope(house.scope(house.north)), reading():
        yield house


@pytest.fixture
def rates(scoped: House) -> ExchangeRates:
    quotes = [
        quote("EUR/PLN", "4.25", "2026-11-20"),
        quote("EUR/PLN", "4.31", "2026-11-23"),
        quote("EUR/PLN", "4.2", "2026-11-20", "buy"),
        quote("USD/PLN", "4", "2026-11-19"),
    ]
    make_rates(scoped, *quotes)
    return service(ExchangeRates)


def test_sunday_gives_fridays_rate_with_its_day(rates: ExchangeRates) -> None:
    found = rates.rate_on("EUR", "PLN", SUNDAY)
    assert (found.rate, found.effective_on, found.source) == (Decimal("4.25"), FRIDAY, "ECB")
    assert rates.rate_on("EUR", "PLN", SUNDAY, kind="buy").rate == Decimal("4.2")


def test_the_opposite_way_and_the_way_through_the_base(rates: ExchangeRates) -> None:
    assert rates.rate_on("PLN", "EUR", SUNDAY).rate == Decimal("0.235294117647")
    found = rates.rate_on("EUR", "USD", SUNDAY)
    assert (found.rate, found.effective_on) == (Decimal("1.0625"), date(2026, 11, 19))
    assert [(step.from_code, step.to_code) for step in found.path] == [("EUR", "PLN"), ("PLN", "USD")]


@pytest.mark.parametrize(
    ("pair", "on"),
    [
        (("EUR", "PLN"), date(2026, 11, 19)),
        (("EUR", "PLN"), date(2027, 1, 1)),
        (("EUR", "PLN"), date(9999, 12, 31)),
        (("EUR", "PLN"), date.min),
        (("EUR", "CHF"), SUNDAY),
        (("CHF", "JPY"), SUNDAY),
    ],
)
def test_without_a_rate_the_refusal_names_pair_and_day(rates: ExchangeRates, pair: tuple[str, str], on: date) -> None:
    with pytest.raises(RateNotFound) as refusal:
        rates.rate_on(*pair, on)
    assert refusal.value.context == {"from_code": pair[0], "to_code": pair[1], "on": on.isoformat()}
    assert f"from {pair[0]} to {pair[1]} for {on.isoformat()}" in refusal.value.detail


def test_the_future_begins_where_the_tenant_is(house: House) -> None:
    monday = date(2026, 11, 23)
    make_rates(house, quote("EUR/PLN", "4.31", "2026-11-23"))
    with using_scope(house.scope(house.north)), clock.frozen(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)):
        with scoped_transaction(), pytest.raises(RateNotFound):
            service(ExchangeRates).rate_on("EUR", "PLN", monday)
        update_tenant(house.tenant.pk, time_zone="Europe/Warsaw")
        with scoped_transaction():
            assert service(ExchangeRates).rate_on("EUR", "PLN", monday).rate == Decimal("4.31")


def test_another_organization_has_rates_of_its_own(rates: ExchangeRates, scoped: House) -> None:
    make_currency(scoped, "PLN", at=scoped.south, is_base=True)
    make_rates(scoped, quote("EUR/PLN", "5", "2026-11-20"), at=scoped.south)
    with using_scope(scoped.scope(scoped.south, scoped.north)), scoped_transaction():
        assert rates.rate_on("EUR", "PLN", SUNDAY).rate == 5
        with pytest.raises(RateNotFound):
            rates.rate_on("USD", "PLN", SUNDAY)


def test_an_organization_must_be_selected(rates: ExchangeRates, scoped: House) -> None:
    anywhere = replace(scoped.scope(), organization_id=None)
    with using_scope(anywhere), scoped_transaction(), pytest.raises(OrganizationRequired):
        rates.rate_on("EUR", "PLN", SUNDAY)


def test_a_conversion_says_both_amounts_the_rate_the_day_and_the_source(rates: ExchangeRates) -> None:
    found = rates.convert(Money(Decimal("99.99"), "EUR"), "PLN", SUNDAY)
    assert (found.amount, found.converted) == (Money(Decimal("99.99"), "EUR"), Money(Decimal("424.9575"), "PLN"))
    assert (found.rate.rate, found.rate.effective_on, found.rate.source) == (Decimal("4.25"), FRIDAY, "ECB")
    same = rates.convert(Money(Decimal("99.99"), "CHF"), "CHF", date(2999, 1, 1))
    assert (same.converted.amount, same.rate.rate) == (Decimal("99.9900"), Decimal(1))


def test_dual_recording_keeps_both_amounts_and_their_rate(rates: ExchangeRates) -> None:
    found = rates.dual_amounts(Money(Decimal("100.00005"), "EUR"), SUNDAY)
    assert found == DualAmounts("EUR", Decimal("100.0001"), "PLN", Decimal("425.0004"), Decimal("4.25"), FRIDAY, "ECB")
    own = rates.dual_amounts(Money(Decimal(7), "PLN"), SUNDAY)
    assert own == DualAmounts("PLN", Decimal("7.0000"), "PLN", Decimal("7.0000"), Decimal(1), SUNDAY, "")


def test_without_a_base_there_is_no_dual_recording(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction(), pytest.raises(BaseCurrencyMissing):
        service(ExchangeRates).dual_amounts(Money(Decimal(7), "PLN"), SUNDAY)


@isolate_apps("apps.currencies")
def test_a_row_takes_both_amounts_over(rates: ExchangeRates) -> None:
    class Payment(TransactionAmounts):
        class Meta:
            app_label = "currencies"

    payment = Payment()
    payment.record(rates.dual_amounts(Money(Decimal(100), "EUR"), SUNDAY))
    payment.full_clean()
    assert (payment.money, payment.base_money) == (Money(Decimal(100), "EUR"), Money(Decimal(425), "PLN"))
    assert (payment.rate, payment.rate_date, payment.rate_source) == (Decimal("4.25"), FRIDAY, "ECB")


@pytest.mark.parametrize(("base_amount", "agrees"), [("0.0001", True), ("0.0000", False), ("0.00005", False)])
def test_the_database_itself_checks_the_base_amount(scoped: House, base_amount: str, agrees: bool) -> None:
    values = {"amount": Decimal("0.0001"), "rate": Decimal("0.5"), "base_amount": Decimal(base_amount)}
    condition = base_agrees("base_agrees").condition
    assert isinstance(condition, Q)
    assert condition.check(values) is agrees


def test_a_payment_gains_the_difference_of_the_rates(rates: ExchangeRates) -> None:
    assert rates.realized_gain_loss(Decimal(1000), Decimal("4.25"), Decimal("4.31")) == Decimal("60.0000")


def test_an_amount_is_shown_as_its_readers_expect_it(scoped: House) -> None:
    book = service(CurrencyBook)
    make_currency(scoped, "JPY", decimal_places=2)
    amount = Money(Decimal("-1234.5"), "PLN")
    assert book.formatted(amount, locale="pl") == "-1\u00a0234,50\u00a0zł"
    assert book.formatted(amount) == "-PLN1,234.50"
    assert book.formatted(Money(Decimal("7.125"), "JPY"), locale="en") == "¥7.13"


class Notes:
    """A `MissingRates` that remembers what it is told."""

    def __init__(self) -> None:
        self.found: list[RateQuestion] = []

    def note(self, questions: Sequence[RateQuestion]) -> None:
        """Remember."""
        self.found += questions


@pytest.fixture
def notes() -> Iterator[Notes]:
    former, notes = service(MissingRates), Notes()
    provide(MissingRates, notes)
    yield notes
    provide(MissingRates, former)


def test_who_fetches_is_told_once_what_was_missing_and_not_what_lies_ahead(rates: ExchangeRates, notes: Notes) -> None:
    ahead = clock.now().date() + timedelta(days=3)
    amount = Money(Decimal(1), "CHF")
    orders = [ConversionOrder(amount, "PLN", day) for day in (SUNDAY, ahead, SUNDAY)]
    with pytest.raises(RateNotFound):
        rates.convert_many([*orders, ConversionOrder(Money(Decimal(1), "EUR"), "PLN", SUNDAY)])
    assert notes.found == [RateQuestion("CHF", "PLN", SUNDAY)]


def test_what_a_command_misses_is_told_when_it_has_been_rolled_back(scoped: House, notes: Notes) -> None:
    make_currency(scoped, "CHF")

    @command("tests.document.post", open_reason="a probe", resource="currencies.currency", example=lambda scope: {})
    def post() -> None:
        """Convert where there is no rate."""
        service(ExchangeRates).dual_amounts(Money(Decimal(1), "CHF"), SUNDAY)

    try:
        with pytest.raises(RateNotFound):
            post()
        assert notes.found == [RateQuestion("CHF", "PLN", SUNDAY)]
        with pytest.raises(RateNotFound):
            service(ExchangeRates).rate_on("CHF", "PLN", SUNDAY, known_at=clock.now())
        assert len(notes.found) == 1
    finally:
        COMMANDS.remove("tests.document.post")


def dice(seed: int) -> Random:
    """Numbers that are the same in every run."""
    return Random(seed)  # noqa: S311


def fill(house: House, codes: Sequence[str], days: int) -> None:
    """Rates of each currency in PLN for the days up to Friday."""
    make_rates(house, *quotes_of(codes, days, dice(7)))


def some_orders(count: int, *, days: int) -> list[ConversionOrder]:
    """Amounts over 20 pairs: ten in PLN, ten through it."""
    wander = dice(11)
    pairs = [(code, "PLN") for code in CODES] + [(CODES[at - 1], CODES[at]) for at in range(len(CODES))]
    return [
        ConversionOrder(
            Money(Decimal(wander.randrange(10**9)).scaleb(-4), pair[0]),
            pair[1],
            FRIDAY - timedelta(days=wander.randrange(days)),
        )
        for pair in (pairs[number % 20] for number in range(count))
    ]


def test_a_thousand_conversions_over_twenty_pairs_are_two_queries(scoped: House) -> None:
    fill(scoped, CODES, 40)
    with CaptureQueriesContext(connection) as queries:
        found = service(ExchangeRates).convert_many(some_orders(1000, days=10))
    assert (len(queries), len(found)) == (2, 1000)
    with CaptureQueriesContext(connection) as queries:
        service(ExchangeRates).rate_on("EUR", "PLN", FRIDAY)
    assert len(queries) == 1


def test_the_database_chooses_what_the_calculation_would_choose_from_everything(scoped: House) -> None:
    fill(scoped, CODES[:4], 25)
    make_rates(scoped, *(quote("EUR/PLN", f"4.{day:02}", f"2026-11-{day:02}") for day in range(3, 20, 5)), source="A")
    make_rates(scoped, *(quote("PLN/USD", f"0.{day:02}", f"2026-11-{day:02}") for day in range(1, 20)), source="manual")
    rows = currently_known(ExchangeRate.objects.all())
    columns = ("from_code", "to_code", "kind", "effective_on", "source", "rate")
    everything = [Recorded(*values) for values in rows.values_list(*columns)]
    pairs = (("EUR", "PLN"), ("PLN", "USD"), ("USD", "PLN"), ("GBP", "USD"), ("EUR", "CHF"))
    days = [FRIDAY + timedelta(days=7 - day) for day in range(0, 60, 4)]
    questions = [RateQuestion(*pair, day) for pair in pairs for day in days]
    for sources in (None, ("A", "ECB"), ("manual",), ("ECB", "manual", "A")):
        table = RateTable(everything, 30, sources)
        expected = {question: table.answer(question, base="PLN") for question in questions}
        answers = rates_for(questions, sources=sources)
        assert answers == {question: rate for question, rate in expected.items() if rate is not None}
        assert 10 < len(answers) < len(questions)


@pytest.mark.parametrize(("turns", "days"), [(8, 15), pytest.param(21, 50, marks=pytest.mark.prove)])
def test_reports_as_of_a_moment_are_the_same_after_thousands_of_corrections(
    house: House, turns: int, days: int
) -> None:
    """Corrections and undo, over a thousand of them or over ten thousand; no report from before changes a letter."""
    make_currency(house, "PLN", is_base=True)
    orders, wander = some_orders(40, days=10), dice(3)
    reports: list[tuple[datetime, tuple[Conversion, ...]]] = []
    with using_scope(house.scope(house.north)):
        fill(house, CODES, days)
        for turn in range(turns):
            with scoped_transaction():
                reports.append((clock.now(), service(ExchangeRates).convert_many(orders)))
            with collecting_actions() as actions:
                services.record_rates(quotes_of(CODES, days, wander), source="ECB")
            if turn % 4 == 3:
                undo(actions[-1])
        with scoped_transaction():
            assert ExchangeRate.objects.count() > turns * days * len(CODES)
            again = [service(ExchangeRates).convert_many(orders, known_at=moment) for moment, _report in reports]
        assert again == [report for _moment, report in reports]
        assert len({report for _moment, report in reports}) == turns - (turns - 1) // 4


def quotes_of(codes: Sequence[str], days: int, wander: Random) -> list[RateQuote]:
    """A random rate of each currency for each day."""
    return [
        RateQuote(code, "PLN", Decimal(wander.randrange(10**4, 10**6)).scaleb(-5), FRIDAY - timedelta(days=day), "mid")
        for code in codes
        for day in range(days)
    ]
