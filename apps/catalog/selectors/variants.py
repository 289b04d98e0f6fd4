"""What is read of variants, parts of bundles and units beside single records and lists."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.catalog.models import Component, Product, ProductRelation, UnitConversion, Variant
from apps.kernel.registry.entities import ENTITIES

DEEPEST_BUNDLE = 20  # further than anybody nests; it ends the walk where rows were made before there was a rule


def living_product(product_id: object) -> Product | None:
    """A product of the scope, None for one that is not there."""
    found: Product | None = ENTITIES[Product.entity_id].living().filter(pk=product_id).first()
    return found


def variants_of(product_id: UUID) -> QuerySet[Variant]:
    """Living variants of a product, archived ones too, in their order."""
    rows: QuerySet[Variant] = Variant.objects.filter(product=product_id, deleted_at__isnull=True)
    return rows.order_by("position", "pk")


def components_of(product_id: UUID) -> QuerySet[Component]:
    """Parts of a bundle or group with what they are, in their order."""
    rows: QuerySet[Component] = Component.objects.filter(parent=product_id)
    return rows.select_related("product", "variant").order_by("position", "pk")


def relations_of(product_id: UUID) -> QuerySet[ProductRelation]:
    """Related products that are there, kind by kind in their order."""
    rows: QuerySet[ProductRelation] = ProductRelation.objects.filter(
        product=product_id, related__deleted_at__isnull=True
    )
    return rows.select_related("related").order_by("position", "pk")


def conversions_of(product_id: UUID) -> QuerySet[UnitConversion]:
    """Living units of a product beside its base unit, in their order."""
    rows: QuerySet[UnitConversion] = UnitConversion.objects.filter(product=product_id, deleted_at__isnull=True)
    return rows.order_by("position", "pk")


def bundles_with(**part: object) -> int:
    """How many living bundles and groups contain what is named (`product=` or `variant=`)."""
    rows = Component.objects.filter(parent__deleted_at__isnull=True, **part)
    found: dict[str, int] = rows.aggregate(count=Count("parent", distinct=True))
    return found["count"]


def contains(product_id: UUID, wanted: UUID) -> bool:
    """Say whether a product is another one, or contains it by way of its parts; one query for each level."""
    level, seen = {product_id}, set[UUID]()
    for _level in range(DEEPEST_BUNDLE):
        if wanted in level:
            return True
        seen |= level
        level = set(_parts(level)) - seen
        if not level:
            return False
    return True


def _parts(product_ids: Iterable[UUID]) -> Iterable[UUID]:
    return Component.objects.filter(parent__in=list(product_ids)).values_list("product_id", flat=True)
