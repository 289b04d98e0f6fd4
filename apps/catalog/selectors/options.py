"""What is read of option schemas: who has them, and whose values fit them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.catalog.calculations.options import WrittenOption
from apps.catalog.calculations.variant_options import Option, is_fitting, options_of
from apps.catalog.models import OptionSchema, Product, Variant

Options = Sequence[Option]


def schema_usage(schema_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many living products have each schema, and how many living variants these have; one query."""
    rows = Product.objects.filter(option_schema__in=list(schema_ids), deleted_at__isnull=True).order_by()
    counted = rows.values("option_schema_id").annotate(
        products=Count("pk", distinct=True), variants=Count("variants", filter=Q(variants__deleted_at__isnull=True))
    )
    return {row["option_schema_id"]: (row["products"], row["variants"]) for row in counted}


def variants_with_options(**where: Any) -> QuerySet[Variant]:
    """Living variants of living products that have values of options."""
    rows: QuerySet[Variant] = Variant.objects.filter(deleted_at__isnull=True, product__deleted_at__isnull=True, **where)
    return rows.exclude(option_values={})


def broken_variants(
    variants: QuerySet[Variant], *, before: Sequence[WrittenOption], after: Sequence[WrittenOption]
) -> list[str]:
    """Names of variants whose values fit the former options and would not fit the following ones."""
    former, following = options_of(before), options_of(after)
    rows = variants.order_by("pk").values_list("name", "option_values").iterator(chunk_size=1000)
    return [name for name, values in rows if _is_broken(values, former, following)]


def broken_by_product(changes: Mapping[UUID, tuple[UUID | None, UUID | None]]) -> Collection[UUID]:
    """Products whose variants' values fit the schema that they leave and would not fit the one that they get.

    `changes` holds the ids of both schemas by product, None for none. Two queries.
    """
    rows = OptionSchema.objects.filter(pk__in={pk for pair in changes.values() for pk in pair})
    schemas = {pk: options_of(options) for pk, options in rows.values_list("pk", "options")}
    variants = variants_with_options(product__in=changes).values_list("product_id", "option_values")
    broken = set()
    for product_id, values in variants.iterator(chunk_size=1000):
        former, following = (schemas.get(pk, ()) if pk else () for pk in changes[product_id])
        if _is_broken(values, former, following):
            broken.add(product_id)
    return broken


def _is_broken(values: Mapping[str, str], former: Options, following: Options) -> bool:
    return not is_fitting(following, values) and is_fitting(former, values)
