"""Rows that examples of commands point to, and that no command of theirs makes."""

from __future__ import annotations

import inspect
from uuid import UUID

from apps.catalog.models import CategoryAssignment, Product
from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import CommandSpec
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.transactions import scoped_transaction


def _sample() -> None:
    """Nothing: the rows are written in the block."""


SAMPLE = CommandSpec(
    id="catalog.sample.write",
    feature="",
    function=_sample,
    signature=inspect.signature(_sample),
    open_reason="examples only",
    undoable=False,
    undo_reason="it is what an example begins with.",
    is_silent=True,
)


def sample_product() -> UUID:
    """A product of the organization that is written to."""
    product = Product(title="Shirt", sku=f"P-{uuid7().hex[-8:]}")
    with scoped_transaction(), acting(SAMPLE, {}):
        product.save(force_insert=True)
    return product.pk


def put_into(category_id: UUID, *product_ids: UUID) -> None:
    """Put products into a category, in this order."""
    with scoped_transaction(), acting(SAMPLE, {}):
        CategoryAssignment.objects.bulk_create(
            CategoryAssignment(category_id=category_id, product_id=item, position=place)
            for place, item in enumerate(product_ids)
        )
