"""What is read of option schemas: who has them, and whose values fit them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.catalog.calculations.options import Option, misfits
from apps.catalog.models import Product, Variant


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


def broken_variants(variants: QuerySet[Variant], *, before: Sequence[Option], after: Sequence[Option]) -> list[str]:
    """Names of variants whose values fit the former options and would not fit the following ones."""
    rows = variants.order_by("pk").values_list("name", "option_values").iterator(chunk_size=1000)
    return [name for name, values in rows if misfits(after, values) and not misfits(before, values)]
