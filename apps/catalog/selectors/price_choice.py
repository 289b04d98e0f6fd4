"""Which prices a change of many is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models

from apps.catalog.calculations.changes import PricePoint
from apps.catalog.models import Category, CategoryAssignment, Price, Product, ProductTagging
from apps.catalog.selectors.prices import period_of, prices_of_today
from apps.kernel.bases.mixins import SoftDelete


@dataclass(frozen=True, slots=True)
class PriceChoice:
    """Conditions that prices meet, all of them; those that are empty choose nothing out.

    `price_list_id` chooses the prices of a list, `category_id` those of products in the category and below it.
    """

    kind_id: UUID | None = None
    price_list_id: UUID | None = None
    currency: str = ""
    category_id: UUID | None = None
    tag_id: UUID | None = None
    product_ids: tuple[UUID, ...] = ()


def chosen_prices(choice: PriceChoice, *, valid_from: datetime) -> models.QuerySet[Price]:
    """Prices of today that the choice names and that are valid from a moment on, by product."""
    rows = prices_of_today()
    if choice.kind_id is not None:
        rows = rows.filter(kind=choice.kind_id)
    if choice.price_list_id is not None:
        rows = rows.filter(price_list=choice.price_list_id)
    if choice.currency:
        rows = rows.filter(currency=choice.currency)
    if choice.product_ids:
        rows = rows.filter(product__in=choice.product_ids)
    if choice.category_id is not None:
        rows = rows.filter(product__in=_products_below(choice.category_id))
    if choice.tag_id is not None:
        rows = rows.filter(product__in=ProductTagging.objects.filter(tag=choice.tag_id).values("product"))
    rows = rows.filter(models.Q(valid__upper_inf=True) | models.Q(valid__endswith__gt=valid_from))
    return rows.order_by("product_id", "kind_id", "currency", "min_quantity", "pk")


def of_living_products(rows: list[Price]) -> list[Price]:
    """Those whose product is there, in one query.

    It is no join: where statistics are young, as behind a large import, PostgreSQL would go through all products for
    each price.
    """
    ids = {row.product_id for row in rows}
    living = set(Product.objects.filter(pk__in=ids, deleted_at__isnull=True).values_list("pk", flat=True))
    return [row for row in rows if row.product_id in living]


def points_of(rows: list[Price]) -> list[PricePoint]:
    """The prices as a change looks at them."""
    return [PricePoint(row.pk, row.amount, period_of(row)) for row in rows]


def _products_below(category_id: UUID) -> models.QuerySet[CategoryAssignment, dict[str, UUID]]:
    path = Category.objects.filter(pk=category_id).values_list("path", flat=True).first()
    below = Category.objects.filter(SoftDelete.ALIVE, path__startswith=path) if path else Category.objects.none()
    return CategoryAssignment.objects.filter(category__in=below.values("pk")).values("product")
