"""Which picture stands for a product, a variant or an offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.features import MANAGE_PRODUCTS, MANAGE_VARIANTS
from apps.catalog.models import Product, Variant
from apps.catalog.selectors.media import FILES, Pictured, has_pictures, is_picture_of
from apps.catalog.services.example_rows import writing_examples
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope

NO_PICTURE = "catalog.media.no_picture"


def _with_picture(*rows: Product | Variant) -> UUID:
    """Save the rows, with a small picture on the last one: rows alone, whose content nobody asks for."""
    model: Any = ENTITIES[FILES].model
    file = model._meta.get_field("file").related_model(
        key=f"samples/{uuid7()}", size=1, sha256="0" * 64, content_type="image/png", status="clean"
    )
    place: dict[str, Any] = {"entity": rows[-1].entity_id, "record_id": rows[-1].pk}
    picture = model(file=file, name="a.png", original_name="a.png", size=1, content_type="image/png", **place)
    with writing_examples():
        for row in (*rows, file, picture):
            row.save(force_insert=True)
    found: UUID = picture.pk
    return found


def _product_example(scope: Scope) -> Mapping[str, Any]:
    product = Product(title="Sample with a picture")
    return {"attachment_id": _with_picture(product), "product_id": product.pk}


def _variant_example(scope: Scope) -> Mapping[str, Any]:
    product = Product(title="Sample with a picture")
    variant = Variant(product=product, name="Sample")
    return {"attachment_id": _with_picture(product, variant), "variant_id": variant.pk}


@command("catalog.product.set_default_media", feature=MANAGE_PRODUCTS, example=_product_example)
def set_product_media(product_id: UUID, *, attachment_id: UUID | None) -> Product:
    """Let a picture of the product stand for it, None for none. Raises RowNotFound, InvalidInput."""
    product = load_for_update(Product, product_id)
    _set(product, attachment_id)
    return product


@command("catalog.variant.set_default_media", feature=MANAGE_VARIANTS, example=_variant_example)
def set_variant_media(variant_id: UUID, *, attachment_id: UUID | None) -> Variant:
    """Let a picture of the variant, or of its product, stand for it; None for the product's main one.

    Raises RowNotFound, InvalidInput.
    """
    variant = load_for_update(Variant, variant_id)
    _set(variant, attachment_id)
    return variant


def picture_complaints(row: Pictured, field: str, attachment_id: UUID | None) -> Iterator[FieldError]:
    """Hold the picture that is to stand for the record, and complain of the field where it is none of the record's."""
    if attachment_id is None:
        return
    if not has_pictures() or not hold(ENTITIES[FILES], {attachment_id}):
        yield no_such_record(field)
    elif not is_picture_of(row, attachment_id):
        yield FieldError(field, NO_PICTURE, _("Choose a picture that was added to this record."))


def _set(row: Product | Variant, attachment_id: UUID | None) -> None:
    if row.is_deleted:
        raise RowNotFound
    complaints = tuple(picture_complaints(row, "attachment_id", attachment_id))
    if complaints:
        raise InvalidInput(errors=complaints)
    if row.default_media_id != attachment_id:
        row.default_media_id = attachment_id
        row.save(update_fields=["default_media_id", "version"])
