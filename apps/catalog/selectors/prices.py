"""Reads of prices: what counts today, what was known when, what was in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from psycopg.types.range import Range

from apps.catalog.calculations.periods import Period, Quantities
from apps.catalog.models import Price
from apps.catalog.models.prices import SCOPE
from apps.kernel.bases.bitemporal import currently_known

# Columns by which prices of equal rank agree.
RANK = tuple(str(Price._meta.get_field(name).attname) for name in SCOPE)  # type: ignore[union-attr]
Rank = tuple[Any, ...]


def prices_of_today() -> models.QuerySet[Price]:
    """Prices that are known today, whenever they are valid."""
    rows: models.QuerySet[Price] = currently_known(Price.objects.all())
    return rows


def pointing_prices(column: str, row_id: UUID) -> int:
    """How many prices of today point to a record by one of their keys."""
    return prices_of_today().filter(**{column: row_id}).count()


def currencies_of_prices() -> list[str]:
    """Codes of the currencies that prices of today are in."""
    codes = prices_of_today().order_by("currency").values_list("currency", flat=True).distinct()
    return list(codes)


def history_of(price: Price) -> models.QuerySet[Price]:
    """Everything that was ever known of prices of the same rank: what is known still first, then the latest."""
    same: models.QuerySet[Price] = Price.objects.filter(
        organization_id=price.organization_id, rank_key=price.rank_key, product_id=price.product_id
    )
    known = models.Case(models.When(known__upper_inf=True, then=0), default=1)
    return same.order_by(known, "-known__endswith", "min_quantity", models.F("valid__startswith"), "pk")


def rank_of(row: Any) -> Rank:
    """What tells prices of different rank apart."""
    return (row.organization_id, *(getattr(row, name) for name in RANK))


def period_of(row: Price) -> Period:
    """When a price is valid."""
    return Period(row.valid.lower, row.valid.upper)


def quantities_of(row: Price) -> Quantities:
    """How much of it costs so much each."""
    return Quantities(row.min_quantity, row.max_quantity)


def range_of(period: Period) -> Range[datetime]:
    """A period as the database keeps it."""
    return Range(period.start, period.end, "()" if period.start is None else "[)")


def overlapping(row: Price, rows: Iterable[Price]) -> list[Price]:
    """Those among rows of the same rank whose quantities and period overlap the row's."""
    quantities, period = quantities_of(row), period_of(row)
    return [
        other
        for other in rows
        if other.pk != row.pk and quantities.overlaps(quantities_of(other)) and period.overlaps(period_of(other))
    ]


def valid_at(rows: models.QuerySet[Price], at: datetime) -> models.QuerySet[Price]:
    """Prices whose period holds the moment."""
    return rows.filter(valid__contains=at)


def of_quantity(quantity: Decimal) -> models.Q:
    """The condition that a price is for so many base units."""
    most = models.Q(max_quantity__isnull=True) | models.Q(max_quantity__gte=quantity)
    return models.Q(min_quantity__lte=quantity) & most
