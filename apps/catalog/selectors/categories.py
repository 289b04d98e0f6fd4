"""Categories with what stands above, below and in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Count, Exists, F, Func, Max, OuterRef, Q, QuerySet

from apps.catalog.models import Category, CategoryAssignment
from apps.kernel.translating.overlays import overlay_rows

SEPARATOR: Final = " / "
# One statement for a page. Ids are lower-case hexadecimal digits and hyphens, so what begins with a path lies between
# the path and the path with a g behind it; `~>=~` is the order of the index on paths, and walks only the subtree.
AROUND: Final = """
SELECT asked.id,
    (SELECT count(*) FROM category c WHERE c.parent_id = asked.id AND c.deleted_at IS NULL),
    (SELECT count(*) FROM category d WHERE d.path ~>~ asked.path AND d.path ~<~ (asked.path || 'g')
        AND d.deleted_at IS NULL),
    (SELECT count(*) FROM category_assignment a JOIN product p ON p.id = a.product_id
        WHERE a.category_id = asked.id AND p.deleted_at IS NULL),
    (SELECT array_agg(n.name ORDER BY n.depth) FROM category n
        WHERE n.id = ANY(string_to_array(rtrim(asked.path, '/'), '/')::uuid[]))
FROM unnest(%(ids)s::uuid[], %(paths)s::text[]) AS asked (id, path)
"""


@dataclass(frozen=True, slots=True)
class Around:
    """Living children, living categories below at any depth, living products right in it, and the names down to it."""

    child_count: int = 0
    descendant_count: int = 0
    product_count: int = 0
    names: tuple[str, ...] = ()

    @property
    def path_label(self) -> str:
        """Names from the root to the category."""
        return SEPARATOR.join(self.names)


def around(categories: Iterable[Category]) -> dict[UUID, Around]:
    """What is around each of the categories; one query, however many they are."""
    paths = {row.pk: row.path for row in categories}
    if not paths:
        return {}
    with connection.cursor() as cursor:  # scope: reads around rows that were read in the scope, behind the wall
        cursor.execute(AROUND, {"ids": list(paths), "paths": list(paths.values())})
        return {row[0]: Around(row[1], row[2], row[3], tuple(row[4] or ())) for row in cursor.fetchall()}


def path_labels(categories: Iterable[Category]) -> dict[UUID, str]:
    """Names from the root to each of the categories, in the reader's language; two queries, however many they are."""
    paths = {row.pk: [UUID(item) for item in row.path.rstrip("/").split("/")] for row in categories}
    if not paths:
        return {}
    above = list(Category.objects.filter(pk__in={item for path in paths.values() for item in path}))
    overlay_rows(str(Category.entity_id), above)
    names = {row.pk: row.name for row in above}
    return {key: SEPARATOR.join(names.get(item, "") for item in path) for key, path in paths.items()}


def products_in(category: Category) -> QuerySet[CategoryAssignment]:
    """Living products of a category in their order, with the products."""
    return seen_assignments().filter(category=category).select_related("product").order_by("position", "pk")


def living_categories() -> QuerySet[Category]:
    """Living categories of the scope in the order of their parents' children."""
    rows: QuerySet[Category] = Category.objects.filter(deleted_at__isnull=True).order_by("position", "pk")
    return rows


def children_of(organization_id: UUID, parent_id: UUID | None) -> QuerySet[Category]:
    """Living children of a category, or the organization's roots, in their order."""
    return living_categories().filter(organization_id=organization_id, parent_id=parent_id)


def branches(category_ids: Iterable[UUID]) -> QuerySet[Category]:
    """Living categories of the scope among the ids, and everything below them; one query is asked at once."""
    paths = living_categories().filter(pk__in=set(category_ids)).order_by().values_list("path", flat=True)
    below = Q(pk__in=())
    for path in paths:
        below |= Q(path__startswith=path)
    return living_categories().filter(below).order_by()


class _OnTheWay(Func):
    """An id is on a path, which holds ids parted by slashes."""

    template = "%(expressions)s, '/'), '/')::uuid[])"
    arg_joiner = " = ANY(string_to_array(rtrim("
    output_field = BooleanField()


def with_name_on_the_way(rows: QuerySet[Category], text: str) -> QuerySet[Category]:
    """Those of the rows where the text is in the name of the category or of one above it."""
    named = Category.objects.filter(deleted_at__isnull=True, name__icontains=text)
    return rows.filter(Exists(named.filter(_OnTheWay(F("pk"), OuterRef("path")))))


def product_counts(category_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """How many living products are right in each category; categories without any are left out."""
    rows = CategoryAssignment.objects.filter(product__deleted_at__isnull=True)
    if category_ids is not None:
        rows = rows.filter(category_id__in=category_ids)
    return dict(rows.values_list("category_id").annotate(Count("pk")).order_by())


def ends_of(category_ids: Collection[UUID]) -> dict[UUID, int]:
    """The position behind the last product of each category; one query."""
    ends: dict[UUID, int] = dict.fromkeys(category_ids, 0)
    rows = CategoryAssignment.objects.filter(category__in=category_ids).order_by().values_list("category_id")
    return ends | {key: last + 1 for key, last in rows.annotate(last=Max("position"))}


def last_ranks(product_ids: Collection[UUID]) -> dict[UUID, int]:
    """The highest rank among the categories of each product; products in none are left out. One query."""
    rows = CategoryAssignment.objects.filter(product__in=product_ids).order_by().values_list("product_id")
    return dict(rows.annotate(last=Max("rank")))


def seen_assignments() -> QuerySet[CategoryAssignment]:
    """Living products in living categories of the scope."""
    rows: QuerySet[CategoryAssignment] = CategoryAssignment.objects.filter(
        category__deleted_at__isnull=True, product__deleted_at__isnull=True
    )
    return rows


def nested(records: Sequence[dict[str, Any]], *, top: UUID | None = None) -> list[dict[str, Any]]:
    """Records (`id`, `parent_id`) below `top` as a tree: each gets `children` in the order given.

    One whose parent is neither `top` nor among them is left out, with all that is below it.
    """
    by_id = {record["id"]: record | {"children": []} for record in records}
    roots: list[dict[str, Any]] = []
    for record in by_id.values():
        if record["parent_id"] == top:
            roots.append(record)
        elif (parent := by_id.get(record["parent_id"])) is not None:
            parent["children"].append(record)
    return roots
