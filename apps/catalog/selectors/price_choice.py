"""Which prices a change of many is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import models

from apps.catalog.calculations.changes import PricePoint
from apps.catalog.calculations.periods import Period
from apps.catalog.models import Category, CategoryAssignment, Price, Product, ProductTagging
from apps.catalog.selectors.prices import prices_of_today
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


class ChosenPrice(NamedTuple):
    """What a change knows of a price; `known_from` is when it became known."""

    point: PricePoint
    product_id: UUID
    known_from: datetime


def read_chosen(rows: models.QuerySet[Price]) -> list[ChosenPrice]:
    """The chosen prices in their order. Not whole rows: there may be tens of thousands of them."""
    found = rows.values_list("pk", "amount", "valid", "product_id", "known__startswith")
    return [
        ChosenPrice(PricePoint(pk, amount, Period(valid.lower, valid.upper)), product_id, known_from)
        for pk, amount, valid, product_id, known_from in found
    ]


def living_products(ids: Iterable[UUID]) -> set[UUID]:
    """Those of the products that are there.

    It is no join: where statistics are young, as behind a large import, PostgreSQL would go through all products for
    each price.
    """
    return set(Product.objects.filter(pk__in=set(ids), deleted_at__isnull=True).values_list("pk", flat=True))


def _products_below(category_id: UUID) -> models.QuerySet[CategoryAssignment, dict[str, UUID]]:
    path = Category.objects.filter(pk=category_id).values_list("path", flat=True).first()
    below = Category.objects.filter(SoftDelete.ALIVE, path__startswith=path) if path else Category.objects.none()
    return CategoryAssignment.objects.filter(category__in=below.values("pk")).values("product")
