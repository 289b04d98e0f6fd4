"""The lowest price that was in force in the days before a moment (Directive 98/6/EC, Article 6a: "Omnibus")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from psycopg.types.range import Range

from apps.catalog.models import Price
from apps.catalog.selectors.prices import of_quantity

DAYS = 30
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class LowestQuestion:
    """Whose lowest price is asked for: a product's, or a variant's, as anybody could buy it.

    `at` is when a reduction begins, which no longer belongs to the `days` before it. `kind_id` and `channel_id` None
    ask for every kind, and for prices of no channel; with a channel its prices count beside those of none.
    `includes_tax` None asks for prices with tax, and for those without where there are no others.
    """

    product_id: UUID
    currency: str
    at: datetime
    variant_id: UUID | None = None
    kind_id: UUID | None = None
    channel_id: UUID | None = None
    quantity: Decimal = ONE
    days: int = DAYS
    includes_tax: bool | None = None


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """The lowest one, and when it was in force within the days: from `since` until before `until`."""

    price_id: UUID
    kind_id: UUID
    amount: Decimal
    currency: str
    includes_tax: bool
    since: datetime
    until: datetime


def lowest_price(question: LowestQuestion) -> LowestPrice | None:
    """The lowest price that was in force, None where none was. A variant without prices of its own has the product's.

    In force is at each moment what was valid then as it was known then: a correction made later changes nothing of
    what had been asked of buyers, and what was planned and taken back has never been in force. Of equal amounts the
    earliest counts. One query, two for a variant that has the product's prices.
    """
    found = _lowest(question, question.variant_id)
    return _lowest(question, None) if found is None and question.variant_id is not None else found


def _lowest(question: LowestQuestion, variant_id: UUID | None) -> LowestPrice | None:
    window = _window(question)
    rows: Any = _candidates(question, window).filter(variant=variant_id)
    best: Any = rows.filter(in_force__isempty=False).order_by("-includes_tax", "amount", "in_force__startswith", "pk")
    row = best.first()
    if row is None:
        return None
    in_force = row.in_force
    return LowestPrice(row.pk, row.kind_id, row.amount, row.currency, row.includes_tax, in_force.lower, in_force.upper)


def _window(question: LowestQuestion) -> Range[datetime]:
    """The days; the calendar begins in the year 1."""
    try:
        return Range(question.at - timedelta(days=question.days), question.at, "[)")
    except OverflowError:
        return Range(None, question.at, "()")


def _candidates(question: LowestQuestion, window: Range[datetime]) -> Any:
    """Prices that anybody could have had, with the part of the window in which each was in force."""
    channel = models.Q(channel_id__isnull=True)
    if question.channel_id is not None:
        channel |= models.Q(channel_id=question.channel_id)
    rows = Price.objects.filter(
        channel,
        of_quantity(question.quantity),
        product=question.product_id,
        currency=question.currency,
        customer_id__isnull=True,
        customer_group_id__isnull=True,
        user_id__isnull=True,
        user_group_id__isnull=True,
    )
    if question.kind_id is not None:
        rows = rows.filter(kind=question.kind_id)
    if question.includes_tax is not None:
        rows = rows.filter(includes_tax=question.includes_tax)
    return rows.annotate(in_force=_in_force(window))


def _in_force(window: Range[datetime]) -> models.Func:
    parts = (
        models.F("known"),
        models.F("valid"),
        _between("offer__starts_at", "offer__ends_at"),
        _between("price_list__valid_from", "price_list__valid_until"),
        models.Value(window, output_field=DateTimeRangeField()),
    )
    return models.Func(*parts, template="(%(expressions)s)", arg_joiner=" * ", output_field=DateTimeRangeField())


def _between(start: str, end: str) -> models.Func:
    """The period of an offer or a list; without one its columns are empty, and so there is no limit."""
    return models.Func(start, end, function="tstzrange", output_field=DateTimeRangeField())
