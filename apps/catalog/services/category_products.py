"""Products in categories: putting in, taking out, arranging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from apps.catalog.features import MANAGE_CATEGORIES
from apps.catalog.models import Category, CategoryAssignment, Product
from apps.catalog.selectors.categories import ends_of, last_ranks
from apps.catalog.services.categories import new_category
from apps.catalog.services.example_rows import example_product, put_into
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope

MOST_PRODUCTS: Final = 1000
NOT_IN = "catalog.category.product_missing"
# Those that are named stand first, in the order of their names; the others follow as they stood.
ARRANGE: Final = """
UPDATE category_assignment SET position = placed.position, updated_at = %(now)s
FROM (SELECT id, row_number() OVER (
        ORDER BY array_position(%(products)s::uuid[], product_id) NULLS LAST, position, id) - 1 AS position
    FROM category_assignment WHERE category_id = %(category)s) AS placed
WHERE category_assignment.id = placed.id AND category_assignment.position <> placed.position
"""


def _given_products(scope: Scope) -> dict[str, Any]:
    return {"category_id": new_category(scope), "product_ids": [example_product().pk for _each in range(2)]}


def _held_products(scope: Scope) -> dict[str, Any]:
    found = _given_products(scope)
    put_into(found["category_id"], *found["product_ids"])
    return found


def _arranged_products(scope: Scope) -> dict[str, Any]:
    found = _held_products(scope)
    return {**found, "product_ids": found["product_ids"][::-1]}


@command("catalog.category.assign", feature=MANAGE_CATEGORIES, example=_given_products, bulk=True)
def assign_products(category_id: UUID, *, product_ids: Sequence[UUID]) -> Category:
    """Put products at the end of a category, in this order; those that are in it stay where they are.

    To a product that is in others already the category is its last one.
    Raises RowNotFound, InvalidInput for products that are not there or belong to another organization.
    """
    category = _held(category_id, product_ids)
    rows = CategoryAssignment.objects.filter(category=category)
    present = set(rows.filter(product_id__in=product_ids).values_list("product_id", flat=True))
    added = [item for item in dict.fromkeys(product_ids) if item not in present]
    following, ranks = ends_of([category.pk])[category.pk], last_ranks(added)
    CategoryAssignment.objects.bulk_create(
        CategoryAssignment(
            category=category,
            organization_id=category.organization_id,
            product_id=item,
            position=following + place,
            rank=ranks.get(item, -1) + 1,
        )
        for place, item in enumerate(added)
    )
    return category


@command("catalog.category.unassign", feature=MANAGE_CATEGORIES, example=_held_products, bulk=True)
def unassign_products(category_id: UUID, *, product_ids: Sequence[UUID]) -> Category:
    """Take products out of a category; those that are not in it stay out. Raises RowNotFound, InvalidInput."""
    category = _held(category_id, product_ids)
    CategoryAssignment.objects.filter(category=category, product_id__in=product_ids).delete()
    return category


@command("catalog.category.reorder_products", feature=MANAGE_CATEGORIES, example=_arranged_products, bulk=True)
def reorder_products(category_id: UUID, *, product_ids: Sequence[UUID]) -> Category:
    """Let the named products stand first in a category, in this order; the others follow as they stood.

    Raises RowNotFound, InvalidInput for products that are not in the category or are named twice.
    """
    category = _held(category_id, ())
    present = set(
        CategoryAssignment.objects.filter(category=category, product_id__in=product_ids).values_list(
            "product_id", flat=True
        )
    )
    text, twice = _("This product is not in the category."), _("This stands here twice.")
    bad = []
    for place, item in enumerate(product_ids):
        if item not in present:
            bad.append(FieldError(f"product_ids.{place}", NOT_IN, text))
        elif item in product_ids[:place]:
            bad.append(FieldError(f"product_ids.{place}", "catalog.list.repeated", twice))
    if bad:
        raise InvalidInput(errors=tuple(bad))
    values: dict[str, Any] = {"now": clock.now(), "products": list(product_ids), "category": category.pk}
    with connection.cursor() as cursor:  # scope: the rows of one category that was read in the scope
        cursor.execute(ARRANGE, values)
    return category


def _held(category_id: UUID, product_ids: Sequence[UUID]) -> Category:
    """The living category, locked after the products, which are held against deletion."""
    held = hold(ENTITIES[Product.entity_id], set(product_ids)) if product_ids else set()
    category = load_living(Category, category_id)
    own = set(
        Product.objects.filter(pk__in=held, organization_id=category.organization_id).values_list("pk", flat=True)
    )
    bad = [no_such_record(f"product_ids.{place}") for place, item in enumerate(product_ids) if item not in own]
    if bad:
        raise InvalidInput(errors=tuple(bad))
    return category
