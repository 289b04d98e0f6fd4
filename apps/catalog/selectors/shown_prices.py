"""What is shown with prices and decides nothing: prices per unit of measure, and the channel that a list means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from apps.catalog.calculations.offers import OfferState
from apps.catalog.models import Offer, PricingSettings, Product
from apps.catalog.selectors.offers import in_state
from apps.catalog.selectors.price_facts import Among


@dataclass(frozen=True, slots=True)
class Measure:
    """One base unit of a product is `quantity` of the `unit` that its price is shown for, such as 0.75 l."""

    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Showing:
    """How a product's price is shown: per which unit, None for none, and in which channel it is offered, if in one."""

    measure: Measure | None = None
    channel_id: UUID | None = None


def measures_of(product_ids: Collection[UUID]) -> dict[UUID, Measure]:
    """The unit of each product whose price per unit is shown; none where the tenant shows none. One query at most."""
    if not product_ids:
        return {}
    rows = _products(product_ids).filter(_is_shown())
    columns = ("pk", "unit_price_reference", "unit_price_quantity")
    return {pk: Measure(unit, quantity) for pk, unit, quantity in rows.values_list(*columns)}


def showings_of(product_ids: Collection[UUID], *, at: datetime) -> dict[UUID, Showing]:
    """The same with the channel of products whose offers that run at the moment all name one; one query at most."""
    if not product_ids:
        return {}
    running = Offer.objects.filter(
        in_state(OfferState.RUNNING, at), product=OuterRef("pk"), is_active=True, deleted_at__isnull=True
    )
    channels = running.filter(channel_id__isnull=False).order_by().values("channel_id").distinct()[:2]
    unit = Case(When(_is_shown(), then="unit_price_reference"), default=Value(""))
    rows = _products(product_ids).annotate(shown_unit=unit, channels=ArraySubquery(channels))
    found = rows.values_list("pk", "shown_unit", "unit_price_quantity", "channels")
    return {pk: _showing(shown, quantity, named) for pk, shown, quantity, named in found}


def _products(ids: Collection[UUID]) -> QuerySet[Product]:
    rows: QuerySet[Product] = Product.objects.filter(Among("id", ids)).order_by()
    return rows


def _is_shown() -> Q:
    """The product shows its price per unit, and the tenant has not switched that off."""
    return Q(shows_unit_price=True) & ~Q(Exists(PricingSettings.objects.filter(shows_unit_prices=False)))


def _showing(unit: str, quantity: Any, channels: list[UUID]) -> Showing:
    measure = Measure(unit, quantity) if unit else None
    return Showing(measure, channels[0] if len(channels) == 1 else None)
