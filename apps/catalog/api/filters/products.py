"""Filters of products beside those of their columns."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.catalog.models import Offer, Product, ProductType
from apps.catalog.models.categories import CategoryAssignment, ProductTagging
from apps.catalog.models.products import SEARCHED
from apps.catalog.selectors.categories import branches
from apps.kernel.api.filters import CharFilter, ChoiceFilter, ClaimFilter, FewIds, FilterSet, UUIDFilter
from apps.kernel.bases.texts import containing


class ProductFilters(FilterSet):
    """`search`, `status`, `type`, `configurable`, `is_archived`; lists of `tag_ids`, `category_ids`, `channel_ids`.

    A list of ids asks for products that have any of them; several lists ask for products that pass all lists.
    `category_ids__below` asks for what is in the categories or in those below them.
    """

    search = CharFilter(method="with_text")
    status = UUIDFilter(field_name="status_id")
    type = ChoiceFilter(field_name="product_type", choices=ProductType.choices)
    configurable = ClaimFilter(method="as_configurable")
    is_archived = ClaimFilter(field_name="archived_at", lookup_expr="isnull", exclude=True)
    tag_ids = FewIds(method="with_tags")
    category_ids = FewIds(method="in_categories")
    category_ids__below = FewIds(method="in_branches")
    channel_ids = FewIds(method="in_channels")

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def with_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Products whose title, subtitle, SKU or handle contains the text."""
        return rows.filter(containing(SEARCHED, text))

    def as_configurable(self, rows: QuerySet[Any], name: str, claim: bool) -> QuerySet[Any]:
        """Products whose type is the one with variants, or all others."""
        test = Q(product_type=ProductType.CONFIGURABLE)
        return rows.filter(test if claim else ~test)

    def with_tags(self, rows: QuerySet[Any], name: str, ids: list[Any]) -> QuerySet[Any]:
        """Products with one of the tags."""
        return rows.filter(Exists(ProductTagging.objects.filter(product=OuterRef("pk"), tag__in=ids)))

    def in_categories(self, rows: QuerySet[Any], name: str, ids: list[Any]) -> QuerySet[Any]:
        """Products that are in one of the categories themselves."""
        return rows.filter(Exists(CategoryAssignment.objects.filter(product=OuterRef("pk"), category__in=ids)))

    def in_branches(self, rows: QuerySet[Any], name: str, ids: list[Any]) -> QuerySet[Any]:
        """Products that are in one of the categories, or in one below it at any depth."""
        return rows.filter(
            Exists(CategoryAssignment.objects.filter(product=OuterRef("pk"), category__in=branches(ids)))
        )

    def in_channels(self, rows: QuerySet[Any], name: str, ids: list[Any]) -> QuerySet[Any]:
        """Products with a living offer in one of the channels."""
        offers = Offer.objects.filter(product=OuterRef("pk"), channel_id__in=ids, deleted_at__isnull=True)
        return rows.filter(Exists(offers))
