"""The product that variants, parts and units belong to: locked before them, so that they follow one another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from apps.catalog.models import OptionSchema, Product
from apps.kernel.errors import InvalidInput
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES


def held_product(product_id: UUID | None) -> Product:
    """The living product that a new row is to belong to, locked. Raises InvalidInput at `product_id`."""
    found: Product | None = (
        Product.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=product_id, deleted_at__isnull=True)
        .first()
    )
    if found is None:
        raise InvalidInput(errors=(no_such_record("product_id"),))
    return found


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
