"""The lowest price of the last days, against a plain recomputation of random histories."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from psycopg.types.range import Range

from apps.catalog.models import Price, PriceKind, Product
from apps.catalog.selectors import LowestQuestion, lowest_price
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.catalog.factories import make_kind, make_offer, make_price, make_product, make_variant, seller
from tests.support.scopes import House, seeding

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
LOWEST = "/api/catalog/prices/lowest/"


def day(number: int | None) -> datetime | None:
    return None if number is None else START + number * DAY


def span(first: int | None, last: int | None) -> Range[datetime]:
    return Range(day(first), day(last), "()" if first is None else "[)")


def asked(product: Product, at: int, **values: object) -> LowestQuestion:
    moment = day(at)
    assert moment is not None
    return LowestQuestion(product.pk, "EUR", moment, **values)  # type: ignore[arg-type]


def found(house: House, question: LowestQuestion) -> Decimal | None:
    with using_scope(house.scope(house.north)), scoped_transaction():
        lowest = lowest_price(question)
        return None if lowest is None else lowest.amount


def random_history(house: House, product: Product, kind: PriceKind, chance: random.Random) -> list[Price]:
    """Prices known and valid for random days; each one is of a channel of its own rank by its quantity."""
    rows = []
    for number in range(12):
        known, valid = chance.randrange(0, 80), chance.randrange(0, 80)
        rows.append(
            Price(
                product=product,
                kind=kind,
                currency="EUR",
                amount=Decimal(chance.randrange(500, 2_000)) / 100,
                min_quantity=Decimal(1) if number % 3 else Decimal(2),
                valid=chance.choice(
                    [span(None, None), span(valid, None), span(valid, valid + chance.randrange(1, 40))]
                ),
                known=span(known, chance.choice([None, known + chance.randrange(1, 30)])),
            )
        )
    kept: list[Price] = []
    for row in rows:
        if all(_apart(row, other) for other in kept):
            kept.append(row)
    with seeding(house.scope(house.north)):
        Price.objects.bulk_create(kept)
    return kept


def _apart(row: Price, other: Price) -> bool:
    return not any(_holds(row, moment) and _holds(other, moment) for moment in _grid(valid=True))


def _grid(*, valid: bool) -> list[tuple[datetime, datetime]]:
    days = [START + number * DAY + DAY / 2 for number in range(-1, 125)]
    return [(known, moment) for known in days for moment in (days if valid else [known])]


def _holds(row: Price, at: tuple[datetime, datetime]) -> bool:
    known, valid = at
    return _in(row.known, known) and _in(row.valid, valid)


def _in(period: Range[datetime], moment: datetime) -> bool:
    return (period.lower is None or period.lower <= moment) and (period.upper is None or moment < period.upper)


def plainly(rows: list[Price], at: int, *, days: int = 30) -> Decimal | None:
    """Go through the days, and look at each one at what was known on it of it."""
    moments = [START + (at - number) * DAY + DAY / 2 for number in range(1, days + 1)]
    seen = [row.amount for row in rows for moment in moments if row.min_quantity <= 1 and _holds(row, (moment, moment))]
    return min(seen, default=None)


@pytest.mark.parametrize("seed", range(6))
def test_a_random_history_is_reckoned_as_a_plain_walk_through_its_days_does(house: House, seed: int) -> None:
    product, kind = make_product(house), make_kind(house)
    rows = random_history(house, product, kind, random.Random(seed))  # noqa: S311 - a history, not a secret
    for at in range(0, 120, 7):
        assert found(house, asked(product, at)) == plainly(rows, at), (seed, at)


def test_a_later_correction_changes_nothing_of_what_buyers_were_asked_for(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    make_price(house, product, kind, "10", known=span(0, 50))
    make_price(house, product, kind, "7", known=span(50, None))
    assert found(house, asked(product, 50)) == Decimal(10)
    assert found(house, asked(product, 51)) == Decimal(7)


def test_what_was_planned_and_taken_back_was_never_in_force(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    make_price(house, product, kind, "10", valid=(START, day(40)), known=span(0, None))
    make_price(house, product, kind, "1", valid=(day(40), None), known=span(0, 30))
    make_price(house, product, kind, "12", valid=(day(40), None), known=span(30, None))
    assert found(house, asked(product, 60)) == Decimal(10)
    assert found(house, asked(product, 80)) == Decimal(12)


def test_offers_count_while_they_run(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    offer = make_offer(house, product, START + 20 * DAY, START + 25 * DAY)
    make_price(house, product, kind, "10", known=span(0, None))
    make_price(house, product, kind, "6", offer=offer, known=span(0, None))
    assert [found(house, asked(product, at)) for at in (20, 21, 54, 55)] == [
        Decimal(10),
        Decimal(6),
        Decimal(6),
        Decimal(10),
    ]


def test_prices_of_some_buyers_are_nobody_elses(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    variant = make_variant(house, product)
    make_price(house, product, kind, "10", known=span(0, None))
    for column in ("customer_id", "customer_group_id", "user_id", "user_group_id", "channel_id"):
        make_price(house, product, kind, "1", known=span(0, None), **{column: house.north.pk})
    assert found(house, asked(product, 20)) == Decimal(10)
    assert found(house, asked(product, 20, channel_id=house.north.pk)) == Decimal(1)
    assert found(house, asked(product, 20, variant_id=variant.pk)) == Decimal(10)
    make_price(house, product, kind, "12", variant=variant, known=span(0, None))
    assert found(house, asked(product, 20, variant_id=variant.pk)) == Decimal(12)


def test_amounts_with_tax_go_before_those_without(house: House) -> None:
    product = make_product(house)
    make_price(house, product, make_kind(house), "8", known=span(0, None))
    make_price(house, product, make_kind(house), "9.9", includes_tax=True, known=span(0, None))
    assert found(house, asked(product, 20)) == Decimal("9.9")
    assert found(house, asked(product, 20, includes_tax=False)) == Decimal(8)


def test_it_is_asked_over_http(house: House) -> None:
    product, kind = make_product(house), make_kind(house)
    price = make_price(house, product, kind, "10", known=span(0, None))
    bob = seller(house)
    query = {"product_id": str(product.pk), "currency": "EUR", "at": "2026-01-11T00:00:00Z"}
    assert bob.get(LOWEST, query).json() == {
        "lowest": {
            "price_id": str(price.pk),
            "kind_id": str(kind.pk),
            "amount": "10.0000",
            "currency": "EUR",
            "includes_tax": False,
            "since": "2026-01-01T00:00:00Z",
            "until": "2026-01-11T00:00:00Z",
        }
    }
    assert bob.get(LOWEST, {**query, "currency": "PLN"}).json() == {"lowest": None}
    assert bob.get(LOWEST, {**query, "at": "0001-01-01T00:00:00Z"}).json() == {"lowest": None}
    answer = bob.get(LOWEST, {"currency": "EUR", "days": "0", "x": "1"})
    assert answer.status_code == 400
