"""Prices become known: what is known already stays, what takes its place closes it, and nothing overlaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.catalog.calculations.periods import Period
from apps.catalog.errors import PriceChangedSince, PricesOverlap
from apps.catalog.models import Price
from apps.catalog.selectors.prices import (
    RANK,
    Rank,
    overlapping,
    period_of,
    prices_of_today,
    quantities_of,
    range_of,
    rank_of,
)
from apps.catalog.services.price_settling import Place
from apps.kernel.bases.bitemporal import close, known_from, known_once, moment_after
from apps.kernel.commands.translation import constraint_of
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.transactions import scoped_transaction

COPIED = ("organization_id", *RANK, "amount", "includes_tax", "min_quantity", "max_quantity")
MOST_COMPLAINTS = 100


@dataclass(slots=True)
class Replacing:
    """Rows that will be known no longer, and those that will be in their place."""

    former: dict[UUID, Price] = field(default_factory=dict)
    latter: list[Price] = field(default_factory=list)

    def drop(self, rows: Iterable[Price]) -> None:
        """Let rows be known no longer."""
        self.former |= {row.pk: row for row in rows}

    def cut(self, row: Price, period: Period) -> None:
        """Leave of a row what lies outside of a period, in rows of their own."""
        self.drop([row])
        self.latter += [copied(row, valid=range_of(rest)) for rest in period_of(row).without(period)]


def copied(row: Price, **changes: Any) -> Price:
    """A new row that says the same but for the changes."""
    said = {name: getattr(row, name) for name in COPIED}
    return Price(**{**said, "valid": row.valid, **changes})


def by_rank(rows: Iterable[Price]) -> dict[Rank, list[Price]]:
    """Rows by their rank."""
    found: dict[Rank, list[Price]] = defaultdict(list)
    for row in rows:
        found[rank_of(row)].append(row)
    return found


def neighbours(rows: Sequence[Price]) -> dict[Rank, list[Price]]:
    """Prices of today that have the rank of one of the rows, locked by id. Their products are locked already."""
    wanted = {rank_of(row) for row in rows}
    near = prices_of_today().filter(
        product_id__in={row.product_id for row in rows},
        kind_id__in={row.kind_id for row in rows},
        currency__in={row.currency for row in rows},
    )
    locked = near.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return {rank: found for rank, found in by_rank(locked).items() if rank in wanted}


def says_the_same(left: Price, right: Price) -> bool:
    """Say whether two rows of one rank are about the same quantities and the same period."""
    return quantities_of(left) == quantities_of(right) and period_of(left) == period_of(right)


def costs_the_same(left: Price, right: Price) -> bool:
    """Say whether two rows of one rank, quantities and period are the same price."""
    return left.amount == right.amount and left.includes_tax == right.includes_tax


def demand_apart(rows: Sequence[Price], around: dict[Rank, list[Price]], *, place: Place) -> None:
    """Refuse rows that overlap what stays or one another. Raises PricesOverlap naming what is there."""
    met: dict[UUID, Price] = {}
    complaints: list[FieldError] = []
    before: dict[Rank, list[Price]] = defaultdict(list)
    for index, row in enumerate(rows):
        rank = rank_of(row)
        found = overlapping(row, [*around.get(rank, ()), *before[rank]])
        before[rank].append(row)
        if found:
            met |= {item.pk: item for item in found if not item._state.adding}
            text = _("Another price of equal rank counts for the same quantity at the same time.")
            complaints.append(FieldError(f"{place(index)}valid_from", PricesOverlap.code, text))
    if complaints:
        raise PricesOverlap(met.values(), errors=tuple(complaints[:MOST_COMPLAINTS]))


def write(change: Replacing) -> list[Price]:
    """Let the latter rows be known from the moment on at which the former ones no longer are; two statements.

    Raises PricesOverlap where the database knows a price that we could not see, PriceChangedSince where a row has been
    closed meanwhile.
    """
    former = list(change.former.values())
    moment = moment_after(former)
    try:
        with scoped_transaction():
            if former and close(Price.objects.filter(pk__in=list(change.former)), moment) != len(former):
                raise PriceChangedSince
            for row in change.latter:
                row.known = known_from(moment)
            written: list[Price] = Price.objects.bulk_create(change.latter)
    except IntegrityError as error:
        if constraint_of(error) != _once():
            raise
        around = by_rank(prices_of_today().filter(product_id__in={row.product_id for row in change.latter}))
        met = {item.pk: item for row in change.latter for item in overlapping(row, around.get(rank_of(row), ()))}
        raise PricesOverlap(item for key, item in met.items() if key not in change.former) from error
    return written


def _once() -> str:
    constraint = known_once(Price)
    return "" if constraint is None else str(constraint.name)
