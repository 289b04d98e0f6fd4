"""REST interface of categories, their tree and their products."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog import services
from apps.catalog.api.filters import CategoryFilters
from apps.catalog.api.serializers import (
    CategoryAssignmentSerializer,
    CategoryMove,
    CategoryOrder,
    CategoryProducts,
    CategorySerializer,
    TreeAnswer,
    TreeQuestion,
)
from apps.catalog.features import MANAGE_CATEGORIES, VIEW_CATEGORIES, VIEW_PRODUCTS
from apps.catalog.models import Category, CategoryAssignment
from apps.catalog.selectors import living_categories, nested, product_counts, seen_assignments
from apps.kernel.api.guarding import guarded
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.errors import InvalidInput
from apps.kernel.references.validation import no_such_record
from apps.kernel.translating.overlays import overlay_records

ACTIONS = ("move", "reorder", "assign", "unassign", "reorder_products")
NODE = ("id", "organization_id", "parent_id", "name", "slug", "position", "depth", "is_active", "version")


class CategoryViewSet(CommandViewSet):
    """Categories of the selected organizations, as a flat list; new ones go to the one that is selected."""

    entity = Category.entity_id
    serializer_class = CategorySerializer
    filterset_class = CategoryFilters
    filter_fields = (
        "organization_id",
        "name",
        "slug",
        "parent_id",
        "depth",
        "is_active",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("name", "position", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_category
    update_command = services.update_category
    delete_command = services.delete_category
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=VIEW_CATEGORIES, manage=MANAGE_CATEGORIES, **dict.fromkeys(ACTIONS, (MANAGE_CATEGORIES,))
    )

    @extend_schema(request=CategoryMove, responses={200: CategorySerializer})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: UUID) -> Response:
        """Hang the category and everything below it under another parent, at a place or at the end."""
        return self.answered(services.move_category, pk, **self.checked(request, serializer=CategoryMove))

    @extend_schema(request=CategoryOrder, responses={200: CategorySerializer(many=True)})
    @action(detail=False, methods=["post"])
    def reorder(self, request: Request) -> Response:
        """Arrange all children of a category, or all at the top of the selected organization."""
        return self.answered(services.reorder_categories, **self.checked(request, serializer=CategoryOrder))

    @extend_schema(request=CategoryProducts, responses={200: CategorySerializer})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: UUID) -> Response:
        """Put products at the end of the category; those that are in it stay where they are."""
        return self.answered(services.assign_products, pk, **self.checked(request, serializer=CategoryProducts))

    @extend_schema(request=CategoryProducts, responses={200: CategorySerializer})
    @action(detail=True, methods=["post"])
    def unassign(self, request: Request, pk: UUID) -> Response:
        """Take products out of the category."""
        return self.answered(services.unassign_products, pk, **self.checked(request, serializer=CategoryProducts))

    @extend_schema(request=CategoryProducts, responses={200: CategorySerializer})
    @action(detail=True, methods=["post"], url_path="products/order")
    def reorder_products(self, request: Request, pk: UUID) -> Response:
        """Let the named products stand first in the category, in this order; the others follow as they stood."""
        return self.answered(services.reorder_products, pk, **self.checked(request, serializer=CategoryProducts))


class AssignmentViewSet(ReadingViewSet):
    """Products in categories: `?category_id=` chooses those of one, in their order."""

    entity = CategoryAssignment.entity_id
    serializer_class = CategoryAssignmentSerializer
    filter_fields = ("organization_id", "category_id", "product_id", "position", "created_at")
    ordering_fields = ("position", "created_at")
    default_ordering = "position"
    features: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(
        ("list", "retrieve"), (VIEW_CATEGORIES, VIEW_PRODUCTS)
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Living products in living categories."""
        return seen_assignments()


class CategoryTreeView(PlainView):
    """The tree of categories."""

    features: ClassVar[tuple[str, ...]] = (VIEW_CATEGORIES,)

    @extend_schema(parameters=[TreeQuestion], responses={200: TreeAnswer})
    def get(self, request: Request) -> Response:
        """All categories, each with its children in their order, in a fixed number of queries.

        `root_id` shows what is below one category, `depth` so many levels; where `is_active` leaves a category out,
        everything below it is left out, too.
        """
        asked = self.asked(TreeQuestion)
        rows = _part(living_categories(), asked)
        if "is_active" in asked:
            rows = rows.filter(is_active=asked["is_active"] == "true")
        records = list(rows.values(*NODE))
        overlay_records(Category.entity_id, records, [record["id"] for record in records])
        counts = product_counts()
        for record in records:
            record["product_count"] = counts.get(record["id"], 0)
        return Response({"count": len(records), "results": nested(records, top=asked.get("root_id"))})


def _part(rows: QuerySet[Category], asked: dict[str, Any]) -> QuerySet[Category]:
    """The part of the tree that is asked for. Raises InvalidInput for an unknown root."""
    first = 0
    if (root_id := asked.get("root_id")) is not None:
        root = living_categories().filter(pk=root_id).first()
        if root is None:
            raise InvalidInput(errors=(no_such_record("root_id"),))
        rows, first = rows.filter(path__startswith=root.path).exclude(pk=root.pk), root.depth + 1
    return rows.filter(depth__lt=first + asked["depth"]) if "depth" in asked else rows
