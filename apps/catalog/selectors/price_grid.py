"""The prices that a product's grid shows: those for everybody, in no list, offer or channel."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models

from apps.catalog.calculations.grid import Cell, Group
from apps.catalog.models import Price, Product, Variant
from apps.catalog.selectors.prices import period_of, prices_of_today, valid_at

MOST_VARIANTS = 50


def grid_prices(product: Product, at: datetime) -> models.QuerySet[Price]:
    """Prices of the product and its variants that are valid at a moment, with their kinds."""
    rows = prices_of_today().filter(
        product=product,
        offer__isnull=True,
        price_list__isnull=True,
        channel_id__isnull=True,
        customer_id__isnull=True,
        customer_group_id__isnull=True,
        user_id__isnull=True,
        user_group_id__isnull=True,
    )
    return valid_at(rows, at).select_related("kind").order_by("kind__title", "kind_id", "currency", "min_quantity")


def grid_variants(product: Product) -> list[Variant]:
    """Variants that have a column, in their order."""
    rows = Variant.objects.filter(product=product, deleted_at__isnull=True, archived_at__isnull=True)
    return list(rows.order_by("position", "pk")[:MOST_VARIANTS])


def cells_of(rows: list[Price]) -> dict[tuple[Group, Decimal], Cell]:
    """The prices as cells."""
    return {
        (Group(row.variant_id, row.kind_id, row.currency), row.min_quantity): Cell(
            row.pk, row.amount, row.includes_tax, row.max_quantity, period_of(row)
        )
        for row in rows
    }
