"""Shapes of categories in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.models import Category, CategoryAssignment
from apps.catalog.models.options import SLUG
from apps.catalog.selectors import Around, around
from apps.catalog.services.categories import MOST_ORDERED
from apps.catalog.services.category_places import MOST_LEVELS
from apps.catalog.services.category_products import MOST_PRODUCTS
from apps.kernel.api.serializers import (
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

FURTHEST = 1_000_000
LONGEST_SLUG = 150


class CategoryPage(serializers.ListSerializer[Any]):
    """Several categories: what is around them is looked up for all of them at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """The records."""
        rows: list[Category] = list(data)
        found = around(rows)
        for row in rows:
            row.around = found.get(row.pk, Around())  # type: ignore[attr-defined]
        return super().to_representation(rows)


class CategorySerializer(StrictModelSerializer):
    """A category. `position` sorts the children of one parent; given, it is the place among them, counted from 0."""

    slug = StrictCharField(required=False, allow_blank=True, max_length=LONGEST_SLUG, validators=[SLUG])
    parent_id = StrictUUIDField(required=False, allow_null=True)
    position = StrictIntegerField(required=False, min_value=0, max_value=FURTHEST)
    child_count = serializers.SerializerMethodField()
    descendant_count = serializers.SerializerMethodField()
    product_count = serializers.SerializerMethodField()
    path_label = serializers.SerializerMethodField()

    class Meta:
        model = Category
        list_serializer_class = CategoryPage
        fields = (
            "id",
            "organization_id",
            "name",
            "slug",
            "description",
            "parent_id",
            "position",
            "depth",
            "is_active",
            "child_count",
            "descendant_count",
            "product_count",
            "path_label",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("depth",)

    def get_child_count(self, row: Category) -> int:
        """How many living categories are right below."""
        return _around(row).child_count

    def get_descendant_count(self, row: Category) -> int:
        """How many living categories are below at any depth."""
        return _around(row).descendant_count

    def get_product_count(self, row: Category) -> int:
        """How many products are right in it."""
        return _around(row).product_count

    def get_path_label(self, row: Category) -> str:
        """Names from the root to the category."""
        return _around(row).path_label


def _around(row: Any) -> Around:
    if not hasattr(row, "around"):
        row.around = around([row]).get(row.pk, Around())
    found: Around = row.around
    return found


class CategoryMove(StrictSerializer):
    """Where a category goes: under a parent (null: to the top), to a place among its other children or to the end."""

    parent_id = StrictUUIDField(allow_null=True)
    position = StrictIntegerField(required=False, allow_null=True, min_value=0, max_value=FURTHEST)


class CategoryOrder(StrictSerializer):
    """All children of a parent (null: all at the top) in the order that they are to have."""

    parent_id = StrictUUIDField(required=False, allow_null=True)
    category_ids = serializers.ListField(child=StrictUUIDField(), max_length=MOST_ORDERED)


class CategoryProducts(StrictSerializer):
    """Products that are put into a category, taken out of it or arranged in it."""

    product_ids = serializers.ListField(child=StrictUUIDField(), min_length=1, max_length=MOST_PRODUCTS)


class CategoryAssignmentSerializer(StrictModelSerializer):
    """A product in a category; `position` sorts the products of one category."""

    product_id = StrictUUIDField(read_only=True)
    category_id = StrictUUIDField(read_only=True)

    class Meta:
        model = CategoryAssignment
        fields = ("id", "organization_id", "category_id", "product_id", "position", "created_at")


class TreeQuestion(StrictSerializer):
    """Which part of the tree: below one category, so many levels, only what is active (or is not)."""

    root_id = StrictUUIDField(required=False)
    depth = serializers.IntegerField(required=False, min_value=1, max_value=MOST_LEVELS)
    is_active = serializers.ChoiceField(choices=["true", "false"], required=False)


class TreeNode(serializers.Serializer[Any]):
    """A category in the tree; `children` are of the same shape."""

    id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    parent_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    slug = serializers.CharField()
    position = serializers.IntegerField()
    depth = serializers.IntegerField()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()
    product_count = serializers.IntegerField()
    children = serializers.ListField(child=serializers.DictField())


class TreeAnswer(serializers.Serializer[Any]):
    """The tree: its roots, each with what is below it, and how many categories these are."""

    count = serializers.IntegerField()
    results = TreeNode(many=True)
