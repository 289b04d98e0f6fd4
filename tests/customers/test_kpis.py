"""Key figures of deals: what the database adds up is what plain arithmetic makes of the rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.customers.calculations.kpis import DealSum, Figures, base_of, change, figures_of, points, share
from apps.customers.models import Deal, Stage
from apps.customers.selectors.deal_sums import Asked
from apps.customers.selectors.kpis import Kpis, kpis
from apps.kernel import clock
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.presets import period_of
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as
from tests.customers.pipelines import at, deal_of, make_pipeline, priced, store
from tests.directory.callers import member
from tests.support.scopes import House

Chosen = Callable[[Deal], bool]
WARSAW, NEW_YORK, KIRITIMATI = "Europe/Warsaw", "America/New_York", "Pacific/Kiritimati"
RATES = (("EUR", Decimal(1)), ("PLN", Decimal("0.2341")), ("PLN", None), ("CHF", None), ("JPY", Decimal("0.0061")))


def asked(house: House, period: Period, question: Asked = Asked()) -> Kpis:  # noqa: B008 - it is frozen
    with using_scope(house.scope(house.north)), scoped_transaction():
        return kpis(period, question, usual_currency="EUR")


def rounded(number: Fraction, places: int) -> Decimal:
    unit = Decimal(1).scaleb(-places)
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(unit, ROUND_HALF_UP)


def drawn_deals(dice: random.Random, stages: Sequence[Stage], owners: Sequence[Any]) -> list[Deal]:
    """Deals around the days on which clocks change and quarters begin, of every currency and outcome."""
    edges = [datetime(2025, 10, 26, 0, 59, 59, 999_999, UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)]
    edges += [
        datetime(year, month, 1, hour, tzinfo=UTC) for year, month in ((2026, 1), (2026, 4)) for hour in (0, 4, 5)
    ]
    found = []
    for number in range(200):
        near = timedelta(microseconds=dice.choice((-1, 0, 1, dice.randrange(3 * 86_400 * 10**6))))
        closed = dice.choice(edges) + dice.choice((-1, 1)) * near
        created = closed - timedelta(microseconds=dice.randrange(90 * 86_400 * 10**6))
        outcome = dice.choice(("open", "won", "lost"))
        values: dict[str, Any] = {"created_at": created, "outcome": outcome, "owner_id": dice.choice(owners)}
        values["closed_at"] = None if outcome == "open" else closed
        values["probability"] = dice.choice((None, None, 0, 35, 100))
        if dice.random() < 0.8:
            code, rate = dice.choice(RATES)
            base = "USD" if dice.random() < 0.1 else "EUR"
            values |= priced(Decimal(dice.randrange(10**8)).scaleb(-2), code, rate=rate, base=base)
            if rate is not None:
                values["base_amount"] = values["base_amount"].quantize(Decimal("0.0001"), ROUND_HALF_UP)
        values["deleted_at"] = closed if dice.random() < 0.1 else None
        found.append(deal_of(dice.choice(stages), f"Deal {number}", **values))
    return found


def summed(deals: list[Deal], chances: dict[Any, int]) -> tuple[Any, ...]:
    """Count, value, likely value, average and days, by plain arithmetic."""
    worth = [
        (deal, Fraction(deal.base_amount))
        for deal in deals
        if deal.base_amount is not None and deal.base_currency == "EUR"
    ]
    value = sum((amount for _deal, amount in worth), Fraction(0))
    percent = {deal.pk: chances[deal.stage_id] if deal.probability is None else deal.probability for deal in deals}
    likely = sum((amount * percent[deal.pk] for deal, amount in worth), Fraction(0)) / 100
    lasted = [deal.closed_at - deal.created_at for deal in deals if deal.closed_at is not None]
    micros = sum((lapse // timedelta(microseconds=1) for lapse in lasted), 0)
    return (
        len(deals),
        rounded(value, 4),
        rounded(likely, 4),
        rounded(value / len(worth), 4) if worth else None,
        rounded(Fraction(micros, 86_400 * 10**6 * len(deals)), 1) if deals and micros else None,
    )


def closed_or_made(deals: list[Deal], first: date, last: date, *, column: str, zone: str) -> list[Deal]:
    """Deals whose moment lies on one of the days, as clocks in the zone show them."""
    moments = ((deal, getattr(deal, column)) for deal in deals)
    return [deal for deal, at in moments if at is not None and first <= at.astimezone(ZoneInfo(zone)).date() <= last]


def is_asked_for(deal: Deal, question: Asked) -> bool:
    return (
        deal.deleted_at is None
        and question.pipeline_id in {None, deal.pipeline_id}
        and question.owner_id in {None, deal.owner_id}
    )


def told(figures: Figures) -> tuple[Any, ...]:
    days = figures.cycle_days if figures.seconds else None
    return figures.count, figures.value, figures.weighted, figures.average, days


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("zone", [WARSAW, NEW_YORK, KIRITIMATI])
def test_the_database_adds_up_what_plain_arithmetic_adds_up(house: House, seed: int, zone: str) -> None:
    dice = random.Random(f"{seed} {zone}")  # noqa: S311 - data for a test
    stages, others = make_pipeline(house), make_pipeline(house, ("Alone", 30))
    owners = (uuid7(), uuid7(), None)
    deals = drawn_deals(dice, [*stages, *others], owners)
    store(house, *deals)
    question = Asked(dice.choice((None, stages[0].pipeline_id)), dice.choice((None, owners[0])))
    kept = [deal for deal in deals if is_asked_for(deal, question)]
    preset = dice.choice(("this_quarter", "last_quarter", "this_month", "last_30_days"))
    period = period_of(preset, today=date(2026, 4, dice.randrange(1, 29)), zone=ZoneInfo(zone))
    found, chances = asked(house, period, question), {stage.pk: stage.probability for stage in (*stages, *others)}

    def of(outcome: str, first: date, last: date, column: str = "closed_at") -> tuple[Any, ...]:
        inside = closed_or_made(kept, first, last, column=column, zone=zone)
        return summed([deal for deal in inside if outcome in {"", deal.outcome}], chances)

    for happened, span in ((found.happened, period), (found.former, found.compared)):
        assert told(happened.won) == of("won", span.start, span.end)
        assert told(happened.lost) == of("lost", span.start, span.end)
        assert told(happened.added)[:4] == of("", span.start, span.end, "created_at")[:4]
    assert len(found.months) == 6
    for month in found.months:
        end = (month.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        assert told(month.happened.won) == of("won", month.first, end)
        assert told(month.happened.lost) == of("lost", month.first, end)
    standing = [deal for deal in kept if deal.outcome == "open"]
    assert told(found.standing) == summed(standing, chances)
    for stage in found.stages:
        assert told(stage.figures) == summed([deal for deal in standing if deal.stage_id == stage.stage_id], chances)
    assert sum(stage.figures.count for stage in found.stages) == found.standing.count
    assert {"CHF", "PLN"} <= set(found.missing_rate_currencies) <= {"CHF", "EUR", "JPY", "PLN"}


def test_a_deal_is_won_when_it_was_closed_in_the_days_of_the_tenant(house: House) -> None:
    [stage, *_others] = make_pipeline(house)
    # In Warsaw the second quarter of 2026 begins two hours before midnight of UTC.
    moments = ("2026-03-31T21:59:59.999999", "2026-03-31T22:00", "2026-06-30T21:59:59.999999", "2026-06-30T22:00")
    deals = [deal_of(stage, value=10**n, outcome="won", closed_at=at(text)) for n, text in enumerate(moments)]
    deals[0].updated_at = at("2026-05-01T12:00")
    store(house, *deals)
    quarter = Period(date(2026, 4, 1), date(2026, 6, 30), ZoneInfo(WARSAW), "last_quarter")
    found = asked(house, quarter)
    assert [happened.won.value for happened in (found.happened, found.former)] == [110, 1]
    assert [(month.first.month, month.happened.won.count) for month in found.months] == [
        (1, 0), (2, 0), (3, 1), (4, 1), (5, 0), (6, 1),
    ]  # fmt: skip
    assert change(found.happened.won.value, found.former.won.value) == Decimal("10900.0")


def test_what_lacks_a_rate_counts_and_is_named(house: House) -> None:
    [stage, *_others] = make_pipeline(house)
    closed: dict[str, Any] = {"outcome": "won", "closed_at": at("2026-05-05T12:00")}
    store(
        house,
        deal_of(stage, value=100, **closed),
        deal_of(stage, **priced(Decimal(50), "CHF", rate=None), **closed),
        deal_of(stage, **priced(Decimal(50), "PLN", rate=Decimal(1), base="USD"), **closed),
        deal_of(stage, **closed),
    )
    with clock.frozen(at("2026-05-20T12:00")):
        found = asked(house, period_of("this_month", today=date(2026, 5, 20), zone=ZoneInfo("UTC")))
    assert (found.base_currency, found.missing_rate_currencies) == ("EUR", ["CHF", "PLN"])
    won = found.happened.won
    assert (won.count, won.valued) == (4, 1)
    assert [won.value, won.average, found.happened.win_rate, found.former.win_rate] == [100, 100, 100, None]


def test_restricted_deals_of_others_are_in_no_figure(house: House) -> None:
    [stage, *_others] = make_pipeline(house)
    store(
        house,
        deal_of(stage, value=100),
        deal_of(stage, value=5000, is_restricted=True),
        deal_of(stage, **priced(Decimal(1), "CHF", rate=None), is_restricted=True),
    )
    bob = member(house, "customers.deals.view")
    year = period_of("this_year", today=clock.now().date(), zone=ZoneInfo("UTC"))
    with acting_as(house, bob), scoped_transaction():
        found = kpis(year, Asked(), usual_currency="EUR")
    assert [found.standing.count, found.standing.value, found.happened.added.count] == [1, 100, 1]
    assert found.missing_rate_currencies == []


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (120, 80, "50.0"),
        (0, 50, "-100.0"),
        (1, 3, "-66.7"),
        (5, 0, None),
        (0, 0, None),
        (None, 4, None),
        (4, None, None),
    ],
)
def test_growth_from_nothing_is_no_number(now: int | None, before: int | None, expected: str | None) -> None:
    assert change(now, before) == (None if expected is None else Decimal(expected))


def test_rates_and_their_change() -> None:
    assert [share(1, 3), share(0, 2), share(0, 0)] == [Decimal("33.3"), Decimal(0), None]
    assert points(Decimal("33.3"), Decimal("50.0")) == Decimal("-16.7")
    assert points(None, Decimal(1)) is points(Decimal(1), None) is None


def test_the_base_is_what_most_deals_are_valued_in() -> None:
    euro, zloty = DealSum("EUR", "EUR", 2, 2, Decimal(9), 2, Decimal(9)), DealSum("PLN", "PLN", 3, 3, Decimal(9), 3)
    assert base_of([euro, zloty], usual="USD") == "PLN"
    assert base_of([zloty, DealSum("CHF", "CHF", 3, 3, Decimal(9), 3)], usual="USD") == "CHF"
    assert base_of([DealSum("CHF", "CHF", 3, 3)], usual="USD") == "USD"
    assert figures_of([euro, zloty], "EUR").value == 9
