"""The product that variants, parts and units belong to: locked before them, so that they follow one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.models import OptionSchema, Product, Variant
from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import UNKNOWN, hold
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope
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


def held_product(product_id: UUID | None) -> Product:
    """The living product that a new row is to belong to, locked. Raises InvalidInput at `product_id`."""
    found: Product | None = (
        Product.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=product_id, deleted_at__isnull=True)
        .first()
    )
    if found is None:
        raise InvalidInput(errors=(FieldError("product_id", UNKNOWN, _("There is no such record.")),))
    return found


def product_for_update(product_id: UUID) -> Product:
    """The living product that a command is about, locked. Raises RowNotFound, StaleVersion."""
    product = load_for_update(Product, product_id)
    if product.is_deleted:
        raise RowNotFound
    return product


def hold_product_of(model: Any, row_id: UUID, *, key: str = "product_id") -> None:
    """Lock the product of a row that is about to be locked itself: from above, as everybody does."""
    product_id = model.objects.filter(pk=row_id).values_list(key, flat=True).first()
    if product_id is not None:
        Product.objects.select_for_update(no_key=True, of=("self",)).filter(pk=product_id).first()


def hold_schemas(products: Iterable[Product]) -> None:
    """Keep the option schemas of locked products as they are, and read them anew: a choice may just have gone."""
    given = [item for item in products if item.option_schema_id is not None]
    if given:
        ids = hold(ENTITIES[OptionSchema.entity_id], {item.option_schema_id for item in given if item.option_schema_id})
        schemas = OptionSchema.objects.in_bulk(list(ids))
        for item in given:
            item.option_schema = schemas.get(item.option_schema_id)


@contextmanager
def example_rows(command_id: str) -> Iterator[None]:
    """Write what the example of a command points to, as rows and without commands of their own."""
    with scoped_transaction(), acting(COMMANDS[command_id], {}):
        yield


def example_product(command_id: str, scope: Scope, **values: Any) -> Product:
    """A product with a SKU of its own."""
    product = Product(title="Shirt", organization_id=scope.writing_organization(), **values)
    product.sku = f"P-{uuid7().hex[-10:]}"
    with example_rows(command_id):
        product.save(force_insert=True)
    return product


def example_configurable(command_id: str, scope: Scope) -> Product:
    """A product in two colours and two sizes, without variants so far."""
    schema = OptionSchema(name="Clothing", code=f"s-{uuid7().hex[-10:]}", options=EXAMPLE_OPTIONS)
    schema.organization_id = scope.writing_organization()
    with example_rows(command_id):
        schema.save(force_insert=True)
    return example_product(command_id, scope, option_schema=schema, product_type="configurable")


def example_variants(command_id: str, product: Product, *names: str) -> list[Variant]:
    """Variants of a product; the first one is the default."""
    rows = [
        Variant(
            product=product,
            organization_id=product.organization_id,
            name=name,
            position=place,
            is_default=place == 0,
            sku=f"V-{uuid7().hex[-10:]}",
        )
        for place, name in enumerate(names)
    ]
    with example_rows(command_id):
        Variant.objects.bulk_create(rows)
    return rows
