"""Rows that examples of commands begin with, written without a command for each."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from apps.catalog.models import CategoryAssignment, OptionSchema, Product, Variant
from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import CommandSpec
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.transactions import scoped_transaction

EXAMPLE_OPTIONS: list[dict[str, Any]] = [
    {
        "code": "colour",
        "label": "Colour",
        "input_type": "select",
        "is_required": True,
        "choices": [{"code": "blue", "label": "Blue"}, {"code": "red", "label": "Red"}],
    },
    {
        "code": "size",
        "label": "Size",
        "input_type": "select",
        "is_required": False,
        "choices": [{"code": "m", "label": "M"}, {"code": "l", "label": "L"}],
    },
]


def _example_rows() -> None:
    """Nothing: the rows are written in the block."""


EXAMPLE: CommandSpec = CommandSpec(
    id="catalog.example.write",
    feature="",
    function=_example_rows,
    signature=inspect.signature(_example_rows),
    open_reason="examples only",
    undoable=False,
    undo_reason="it is what an example begins with.",
    is_silent=True,
)


@contextmanager
def writing_examples() -> Iterator[None]:
    """Let rows be saved as they are inside the block, in a transaction of its own."""
    with scoped_transaction(), acting(EXAMPLE, {}):
        yield


def example_product(**values: Any) -> Product:
    """A product of the organization that is written to, with a SKU of its own."""
    product = Product(title="Shirt", sku=f"P-{uuid7().hex[-10:]}", **values)
    with writing_examples():
        product.save(force_insert=True)
    return product


def example_configurable() -> Product:
    """A product in two colours and two sizes, without variants so far."""
    schema = OptionSchema(name="Clothing", code=f"s-{uuid7().hex[-10:]}", options=EXAMPLE_OPTIONS)
    with writing_examples():
        schema.save(force_insert=True)
    return example_product(option_schema=schema, product_type="configurable")


def example_variants(product: Product, *names: str) -> list[Variant]:
    """Variants of a product; the first one is the default."""
    rows = [
        Variant(product=product, name=name, position=place, is_default=place == 0, sku=f"V-{uuid7().hex[-10:]}")
        for place, name in enumerate(names)
    ]
    with writing_examples():
        Variant.objects.bulk_create(rows)
    return rows


def put_into(category_id: UUID, *product_ids: UUID) -> None:
    """Put products into a category, in this order."""
    with writing_examples():
        CategoryAssignment.objects.bulk_create(
            CategoryAssignment(category_id=category_id, product_id=item, position=place)
            for place, item in enumerate(product_ids)
        )
