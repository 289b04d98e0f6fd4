"""Variants of products: adding, changing, archiving, deleting; the default one and their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.errors import VariantArchived, VariantInBundles, VariantNotArchived, VariantOrderIncomplete
from apps.catalog.features import MANAGE_VARIANTS
from apps.catalog.models import Product, Variant
from apps.catalog.selectors import bundles_with, variants_of
from apps.catalog.services.example_rows import example_configurable, example_variants
from apps.catalog.services.held_products import (
    held_product,
    hold_product_of,
    hold_schemas,
)
from apps.catalog.services.variant_rules import (
    CODES,
    FIELDS,
    barcode_complaints,
    default_among,
    demand_own_codes,
    demand_own_combination,
    demand_room,
    take_dimensions,
    take_options,
)
from apps.catalog.services.writing_together import write_together
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.defaults import mark, mark_complaints, unmark
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ordering import placed
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope
from apps.kernel.words import squeezed


def _new_variant(scope: Scope) -> dict[str, Any]:
    product = example_configurable()
    return {"product_id": product.pk, "option_values": {"colour": "blue", "size": "l"}, "sku": f"{product.sku}-B"}


def _some_variant(scope: Scope) -> dict[str, Any]:
    return {"variant_id": _two_variants(scope)[0].pk}


def _second_variant(scope: Scope) -> dict[str, Any]:
    return {"variant_id": _two_variants(scope)[1].pk}


def _two_variants(scope: Scope) -> list[Variant]:
    return example_variants(example_configurable(), "First", "Second")


def _changed_variant(scope: Scope) -> dict[str, Any]:
    values = {"option_values": {"colour": "red"}, "barcode": "4006381333931", "barcode_type": "ean13"}
    return {**_second_variant(scope), **values, "name": "Red", "position": 0, "is_default": True}


def _archived_variant(scope: Scope) -> dict[str, Any]:
    found = _second_variant(scope)
    archive_variant(**found)
    return found


def _reordered(scope: Scope) -> dict[str, Any]:
    rows = _two_variants(scope)
    return {"product_id": rows[0].product_id, "variant_ids": [row.pk for row in reversed(rows)]}


@command("catalog.variant.create", feature=MANAGE_VARIANTS, example=_new_variant)
def create_variant(  # noqa: PLR0913 - one for each column
    *,
    product_id: UUID,
    name: str = "",
    sku: str = "",
    barcode: str = "",
    barcode_type: str = "",
    hs_code: str = "",
    option_values: Mapping[str, Any] | None = None,
    position: int | None = None,
    is_default: bool = False,
    is_active: bool = True,
    status_id: UUID | None = None,
    tax_class_id: UUID | None = None,
    weight: Decimal | None = None,
    weight_unit: str = "",
    dimensions: Mapping[str, Any] | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Variant:
    """Add a variant at a place among those of its product; the first one is the default, called by its values.

    Raises InvalidInput with all complaints, TooManyVariants, CombinationTaken, Duplicate.
    """
    given = dict(locals())
    custom, values, place = (given.pop(key) for key in ("custom_fields", "option_values", "position"))
    product = held_product(given.pop("product_id"))
    others = list(variants_of(product.pk))
    demand_room(len(others) + 1)
    given["dimensions"] = dict(dimensions or {})
    given["is_default"] = is_default or default_among(others) is None
    variant = Variant(product=product, organization_id=product.organization_id)
    set_given(variant, **given)
    variant.take(custom)
    _demand_sound(variant, product, others, changed={*FIELDS, "dimensions"}, values=values or {})
    if variant.is_default:
        unmark(others)
    number_variants(placed(others, variant, place), variant)
    variant.save(force_insert=True)
    return variant


@command("catalog.variant.update", feature=MANAGE_VARIANTS, example=_changed_variant)
def update_variant(  # noqa: PLR0913 - one for each column
    variant_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    sku: str | Unchanged = UNCHANGED,
    barcode: str | Unchanged = UNCHANGED,
    barcode_type: str | Unchanged = UNCHANGED,
    hs_code: str | Unchanged = UNCHANGED,
    option_values: Mapping[str, Any] | Unchanged = UNCHANGED,
    position: int | Unchanged | None = UNCHANGED,
    is_default: bool | Unchanged = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
    status_id: UUID | Unchanged | None = UNCHANGED,
    tax_class_id: UUID | Unchanged | None = UNCHANGED,
    weight: Decimal | Unchanged | None = UNCHANGED,
    weight_unit: str | Unchanged = UNCHANGED,
    dimensions: Mapping[str, Any] | Unchanged = UNCHANGED,
    custom_fields: Mapping[str, Any] | None = None,
) -> Variant:
    """Change what is given; option values are set as a whole. The default one stays it until another is.

    Raises RowNotFound, InvalidInput with all complaints, CombinationTaken, Duplicate, VariantArchived.
    """
    given = {key: value for key, value in locals().items() if key != "variant_id"}
    custom, values, place = (given.pop(key) for key in ("custom_fields", "option_values", "position"))
    variant, others = _living(variant_id)
    more = _default_complaints(variant, is_default)
    changed = set_given(variant, **given)
    variant.take(custom)
    wanted = None if values is UNCHANGED else values
    _demand_sound(variant, variant.product, others, changed=changed, values=wanted, more=more)
    if is_default is True:
        _demand_in_sale(variant)
        unmark(others)
    if place is not UNCHANGED:
        number_variants(placed(others, variant, place), variant)
        changed.append("position")
    changed += [] if wanted is None else ["option_values"]
    variant.save(update_fields=[*changed, *(CODES & set(changed) and CODES), "name", "version"])
    return variant


@command("catalog.variant.make_default", feature=MANAGE_VARIANTS, example=_second_variant)
def make_default_variant(variant_id: UUID) -> Variant:
    """Make a variant the one that its product is shown with. Raises RowNotFound, VariantArchived."""
    variant, others = _living(variant_id)
    _demand_in_sale(variant)
    if not variant.is_default:
        unmark(others)
        mark(variant, is_default=True)
    return variant


@command("catalog.variant.archive", feature=MANAGE_VARIANTS, example=_some_variant)
def archive_variant(variant_id: UUID) -> Variant:
    """Take a variant out of sale for good, and keep it for documents; of the default one the next takes the place.

    Raises RowNotFound, VariantArchived.
    """
    variant, others = _living(variant_id)
    _demand_in_sale(variant)
    successor = _successor(others)
    gives_up = variant.is_default and successor is not None
    variant.archived_at = clock.now()
    variant.is_default = variant.is_default and not gives_up
    variant.save(update_fields=["archived_at", "is_default", "version"])
    if gives_up and successor is not None:
        mark(successor, is_default=True)
    return variant


@command("catalog.variant.unarchive", feature=MANAGE_VARIANTS, example=_archived_variant)
def unarchive_variant(variant_id: UUID) -> Variant:
    """Bring an archived variant back into sale; it is the default where no other one is in sale.

    Raises RowNotFound, VariantNotArchived.
    """
    variant, others = _living(variant_id)
    if variant.archived_at is None:
        raise VariantNotArchived
    if default_among(others) is None:
        unmark(others)
        variant.is_default = True
    variant.archived_at = None
    variant.save(update_fields=["archived_at", "is_default", "version"])
    return variant


@command("catalog.variant.delete", feature=MANAGE_VARIANTS, example=_some_variant)
def delete_variant(variant_id: UUID) -> Variant:
    """Hide a variant that nothing needs; of the default one the next takes the place.

    Raises RowNotFound, VariantInBundles and InUse with counts.
    """
    variant, others = _living(variant_id)
    keep_pointers_out(variant)
    if count := bundles_with(variant=variant.pk):
        raise VariantInBundles(count=count)
    hide(variant)
    if variant.is_default and others:
        mark(_successor(others) or others[0], is_default=True)
    return variant


@command("catalog.product.reorder_variants", feature=MANAGE_VARIANTS, example=_reordered)
def reorder_variants(product_id: UUID, *, variant_ids: Sequence[UUID]) -> Product:
    """Arrange all variants of a product in this order. Two statements, however many there are.

    Raises RowNotFound, VariantOrderIncomplete unless each living variant is named once.
    """
    product = load_living(Product, product_id)
    number_variants(in_order(list(variants_of(product.pk)), variant_ids))
    return product


def in_order(rows: Sequence[Variant], variant_ids: Sequence[UUID]) -> list[Variant]:
    """The rows as the ids stand. Raises VariantOrderIncomplete."""
    by_id = {row.pk: row for row in rows}
    if len(variant_ids) != len(by_id) or set(variant_ids) != set(by_id):
        text = str(VariantOrderIncomplete.message)
        raise VariantOrderIncomplete(errors=(FieldError("variant_ids", VariantOrderIncomplete.code, text),))
    return [by_id[item] for item in variant_ids]


def _living(variant_id: UUID) -> tuple[Variant, list[Variant]]:
    """The variant, locked behind its product, and the others of that. Raises RowNotFound, StaleVersion."""
    hold_product_of(Variant, variant_id)
    variant = load_living(Variant, variant_id)
    return variant, [row for row in variants_of(variant.product_id) if row.pk != variant.pk]


def _demand_in_sale(variant: Variant) -> None:
    if variant.archived_at is not None:
        raise VariantArchived


def _successor(others: Sequence[Variant]) -> Variant | None:
    """Who becomes the default: the first that is in sale."""
    in_sale = [row for row in others if row.archived_at is None]
    return next((row for row in in_sale if row.is_active), in_sale[0] if in_sale else None)


def _default_complaints(variant: Variant, is_default: bool | Unchanged) -> list[FieldError]:
    text = _("Make another variant the default one instead.")
    return mark_complaints(variant, is_default, code="catalog.variant.default_needed", message=text)


def _demand_sound(
    variant: Variant,
    product: Product,
    others: Sequence[Variant],
    *,
    changed: Collection[str],
    values: Mapping[str, Any] | None,
    more: Sequence[FieldError] = (),
) -> None:
    """Check the variant as it will be. Raises InvalidInput, CombinationTaken, Duplicate."""
    variant.name, variant.sku = squeezed(variant.name), variant.sku.strip()
    faults: list[FieldError] = []
    if values is not None:
        hold_schemas([product])
        faults = take_options(variant, product, values)
    found = [*more, *faults]
    if CODES & set(changed):
        found += barcode_complaints(variant)
    if "dimensions" in changed:
        found += take_dimensions(variant)
    # Without sound options nobody knows what it would be called.
    demand_valid(variant, [name for name in FIELDS if name != "name" or variant.name or not faults], more=found)
    validate_references([variant])
    if values is not None:
        demand_own_combination(variant, others)
    demand_own_codes(variant, changed)


def number_variants(order: Sequence[Variant], own: Variant | None = None) -> None:
    """Number the variants as they stand; all are written but `own`, which its command saves."""
    write_together([row for row in numbered(order) if row is not own], ["position"])


def numbered(order: Sequence[Variant]) -> list[Variant]:
    """Give each variant the number of its place; those that had another one."""
    moved = [row for place, row in enumerate(order) if row.position != place]
    for place, row in enumerate(order):
        row.position = place
    return moved
