"""Tags and categories of a product: sets of ids that take the place of those that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.catalog.models import Category, Product, ProductTag
from apps.catalog.models.categories import CategoryAssignment, ProductTagging
from apps.catalog.selectors.categories import ends_of
from apps.kernel import clock
from apps.kernel.errors import FieldError, too_many
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES

MOST_MARKS = 100
Ids = Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a product is marked with; None leaves it as it is."""

    tag_ids: Ids | None = None
    category_ids: Ids | None = None

    def complaints(self, product: Product) -> Iterator[FieldError]:
        """Complaints about ids that are no living record of the product's organization; the others are held."""
        yield from _unknown(ProductTag.entity_id, "tag_ids", self.tag_ids, product)
        yield from _unknown(Category.entity_id, "category_ids", self.category_ids, product)

    def store(self, product: Product) -> None:
        """Write both sets, each in a few statements; categories keep the order in which they were given.

        In a category that it comes into the product is the last one; where it is already it keeps its place.
        """
        if self.tag_ids is not None:
            _store(ProductTagging, "tag_id", product, self.tag_ids)
        if self.category_ids is not None:
            _store(CategoryAssignment, "category_id", product, self.category_ids, places=ends_of)
            _rank(product, self.category_ids)


def _unknown(entity: str, argument: str, ids: Ids | None, product: Product) -> Iterator[FieldError]:
    there = held_in(entity, set(ids), product.organization_id) if ids else set()
    for index, item in enumerate(ids or ()):
        if item not in there:
            yield no_such_record(f"{argument}.{index}")
    if len(set(ids or ())) > MOST_MARKS:
        yield too_many(argument, MOST_MARKS)


def held_in(entity: str, ids: set[UUID], organization_id: UUID) -> set[UUID]:
    """Those of the ids that are living records of the organization, held against deletion."""
    kind = ENTITIES[entity]
    own = set(kind.living().filter(pk__in=ids, organization_id=organization_id).values_list("pk", flat=True))
    return hold(kind, own) if own else set()


def _store(
    model: Any, column: str, product: Product, ids: Ids, *, places: Callable[[Ids], Mapping[UUID, int]] | None = None
) -> None:
    rows = model.objects.filter(product=product)
    there = set() if product._state.adding else set(rows.values_list(column, flat=True))
    if gone := there - set(ids):
        rows.filter(**{f"{column}__in": gone}).delete()
    added = [item for item in dict.fromkeys(ids) if item not in there]
    if not added:
        return
    own = {"product": product, "organization_id": product.organization_id}
    ends = places(added) if places else {}
    model.objects.bulk_create(
        [model(**own, **{column: item}, **({"position": ends[item]} if places else {})) for item in added]
    )


def _rank(product: Product, ids: Ids) -> None:
    """Let the first of the ids be the main category, and the others follow."""
    ranks = {item: rank for rank, item in enumerate(dict.fromkeys(ids))}
    rows = list(CategoryAssignment.objects.filter(product=product))
    moved = [row for row in rows if row.rank != ranks[row.category_id]]
    for row in moved:
        row.rank, row.updated_at = ranks[row.category_id], clock.now()
    if moved:
        CategoryAssignment.objects.bulk_update(moved, ["rank", "updated_at"])
