"""What lists show with prices: that of a unit of measure, and whose price is meant where a caller leaves it open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from apps.catalog.calculations.offers import OfferState
from apps.catalog.models import Offer, PricingSettings, Product, Variant
from apps.catalog.selectors.offers import in_state
from apps.kernel.bases.arrays import Among


@dataclass(frozen=True, slots=True)
class Measure:
    """One base unit of a product is `quantity` of the `unit` that its price is shown for, such as 0.75 l."""

    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Showing:
    """How a product is shown: its price per which unit, in which channel if in one, as which variant; None for none."""

    measure: Measure | None = None
    channel_id: UUID | None = None
    variant_id: UUID | None = None


def measures_of(product_ids: Collection[UUID]) -> dict[UUID, Measure]:
    """The unit of each product whose price per unit is shown; none where the tenant shows none. One query at most."""
    if not product_ids:
        return {}
    rows = _products(product_ids).filter(_is_shown())
    columns = ("pk", "unit_price_reference", "unit_price_quantity")
    return {pk: Measure(unit, quantity) for pk, unit, quantity in rows.values_list(*columns)}


def showings_of(product_ids: Collection[UUID], *, at: datetime) -> dict[UUID, Showing]:
    """The same with the channel that all running offers of a product name, and with its default variant in sale.

    Offers run at the moment. One query at most.
    """
    if not product_ids:
        return {}
    unit = Case(When(_is_shown(), then="unit_price_reference"), default=Value(""))
    rows = _products(product_ids).annotate(
        shown_unit=unit, channels=ArraySubquery(_channels(at)), variant=Subquery(_default_variants())
    )
    found = rows.values_list("pk", "shown_unit", "unit_price_quantity", "channels", "variant")
    return {pk: _showing(shown, quantity, named, variant) for pk, shown, quantity, named, variant in found}


def _channels(at: datetime) -> QuerySet[Any, Any]:
    """Up to two channels of the running offers of a product: whether there is but one is all that counts."""
    running = Offer.objects.filter(
        in_state(OfferState.RUNNING, at), product=OuterRef("pk"), is_active=True, deleted_at__isnull=True
    )
    return running.filter(channel_id__isnull=False).order_by().values("channel_id").distinct()[:2]


def _default_variants() -> QuerySet[Any, Any]:
    in_sale = Variant.objects.filter(is_active=True, archived_at__isnull=True, deleted_at__isnull=True)
    return in_sale.filter(product=OuterRef("pk"), is_default=True).order_by().values("pk")[:1]


def _products(ids: Collection[UUID]) -> QuerySet[Product]:
    rows: QuerySet[Product] = Product.objects.filter(Among("id", ids)).order_by()
    return rows


def _is_shown() -> Q:
    """The product shows its price per unit, and the tenant has not switched that off."""
    return Q(shows_unit_price=True) & ~Q(Exists(PricingSettings.objects.filter(shows_unit_prices=False)))


def _showing(unit: str, quantity: Any, channels: list[UUID], variant_id: UUID | None) -> Showing:
    measure = Measure(unit, quantity) if unit else None
    return Showing(measure, channels[0] if len(channels) == 1 else None, variant_id)
