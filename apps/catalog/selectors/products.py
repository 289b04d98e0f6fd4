"""What is read of products beside single records and lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from apps.catalog.models import Category, Component, Offer, Price, Product, ProductTag, UnitConversion, Variant
from apps.catalog.models.categories import CategoryAssignment, ProductTagging
from apps.kernel.ids import as_id
from apps.kernel.registry.entities import ENTITIES


def living_products() -> QuerySet[Product]:
    """Products of the scope that are there and that the actor may see."""
    return ENTITIES[Product.entity_id].living()


def product_by_sku(text: str) -> Product | None:
    """The product that another program names: by its id if the text is one, else by its SKU, whatever the case.

    Of several organizations in sight the oldest product counts. None where there is none.
    """
    wanted = text.strip()
    rows = living_products()
    if (record_id := as_id(wanted)) is not None and (found := rows.filter(pk=record_id).first()) is not None:
        return found
    return with_sku(rows, wanted).order_by("pk").first() if wanted else None


def with_sku(rows: QuerySet[Product], sku: str) -> QuerySet[Product]:
    """Those of the rows that have the SKU, whatever its case."""
    return rows.alias(lower_sku=Lower("sku")).filter(lower_sku=sku.lower())


def twins_of(product: Product, names: Collection[str]) -> set[str]:
    """Which of `sku` and `handle` another living product of the organization has already; one query at most."""
    same = Q()
    if "sku" in names and product.sku:
        same |= Q(lower_sku=product.sku.lower())
    if "handle" in names and product.handle:
        same |= Q(handle=product.handle)
    if not same:
        return set()
    rows = Product.objects.filter(organization_id=product.organization_id, deleted_at__isnull=True)
    others = rows.exclude(pk=product.pk).alias(lower_sku=Lower("sku")).filter(same).values_list("sku", "handle")
    taken = [(sku.lower() == product.sku.lower(), handle == product.handle) for sku, handle in others]
    found = {"sku": any(own for own, _handle in taken), "handle": any(own for _sku, own in taken)}
    return {name for name in names if found.get(name) and getattr(product, name)}


def tags_of(product_ids: Iterable[UUID]) -> dict[UUID, list[ProductTag]]:
    """Tags by product, by their labels; one query."""
    found: dict[UUID, list[ProductTag]] = defaultdict(list)
    rows = ProductTagging.objects.filter(product__in=list(product_ids)).select_related("tag")
    for row in rows.order_by("tag__label", "tag"):
        found[row.product_id].append(row.tag)
    return dict(found)


def categories_of(product_ids: Iterable[UUID]) -> dict[UUID, list[Category]]:
    """Living categories by product, in the order in which they were given; one query."""
    found: dict[UUID, list[Category]] = defaultdict(list)
    rows = CategoryAssignment.objects.filter(product__in=list(product_ids), category__deleted_at__isnull=True)
    for row in rows.select_related("category").order_by("rank", "pk"):
        found[row.product_id].append(row.category)
    return dict(found)


def marks_of(product_ids: Iterable[UUID]) -> dict[UUID, tuple[list[str], list[str]]]:
    """What the tags and the categories of products are called, in the orders of those two; one query for both."""
    ids = list(product_ids)
    tags = ProductTagging.objects.filter(product__in=ids).order_by()
    placed = CategoryAssignment.objects.filter(product__in=ids, category__deleted_at__isnull=True).order_by()
    rows = tags.values_list("product_id", Value(0), Value(0), "tag__label").union(
        placed.values_list("product_id", Value(1), "rank", "category__name"), all=True
    )
    found: dict[UUID, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for product_id, kind, _place, name in sorted(rows, key=itemgetter(1, 2, 3)):
        found[product_id][kind].append(name)
    return dict(found)


def products_with(tag_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many living products each tag is on; tags without any are left out. One query."""
    rows = ProductTagging.objects.filter(tag__in=list(tag_ids), product__deleted_at__isnull=True)
    return dict(rows.order_by().values("tag_id").annotate(found=Count("pk")).values_list("tag_id", "found"))


@dataclass(frozen=True, slots=True)
class ProductParts:
    """What a deletion of a product is about: what it has, and what keeps it."""

    price_count: int
    priced_variants: int
    bundle_count: int
    has_variants: bool
    has_offers: bool
    has_conversions: bool


def parts_of(product_id: UUID) -> ProductParts:
    """What there is of one product, in one query; prices that are no longer known count as well."""
    prices = Price.objects.filter(product=OuterRef("pk")).order_by()
    part_of = Component.objects.filter(product=OuterRef("pk"), parent__deleted_at__isnull=True).order_by()
    found: dict[str, Any] = (
        Product.objects.filter(pk=product_id)
        .values(
            price_count=_count(prices, Count("pk")),
            priced_variants=_count(prices, Count("variant", distinct=True)),
            bundle_count=_count(part_of, Count("pk")),
            has_variants=Exists(Variant.objects.filter(product=OuterRef("pk"), deleted_at__isnull=True)),
            has_offers=Exists(Offer.objects.filter(product=OuterRef("pk"), deleted_at__isnull=True)),
            has_conversions=Exists(UnitConversion.objects.filter(product=OuterRef("pk"), deleted_at__isnull=True)),
        )
        .get()
    )
    counted: dict[str, Any] = {name: value or 0 for name, value in found.items()}
    return ProductParts(**counted)


def _count(rows: QuerySet[Any], count: Count) -> models.Subquery:
    """How many of a product's rows there are."""
    return models.Subquery(rows.values("product").annotate(found=count).values("found"))
