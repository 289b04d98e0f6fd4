"""Units that a product is sold in beside its base unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.errors import ConversionRequired, DuplicateConversion
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.models import Product, UnitConversion
from apps.catalog.selectors import conversions_of
from apps.catalog.services.example_rows import example_product, writing_examples
from apps.catalog.services.held_products import held_product, hold_product_of
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.tenancy.scope import Scope
from apps.kernel.words import squeezed

FIELDS = ("unit", "factor", "position")
UNITS = ("unit", "sales_unit")
BASE_MISSING, IS_BASE = "catalog.uom.default_unit_missing", "catalog.uom.unit_is_base"


def _new_conversion(scope: Scope) -> dict[str, Any]:
    return {"product_id": example_product(unit="pc").pk, "unit": "box", "factor": Decimal(12)}


def _some_conversion(scope: Scope) -> dict[str, Any]:
    row = UnitConversion(**_new_conversion(scope))
    with writing_examples():
        row.save(force_insert=True)
    return {"conversion_id": row.pk}


def _changed_conversion(scope: Scope) -> dict[str, Any]:
    return {**_some_conversion(scope), "unit": "pallet", "factor": Decimal("144.5"), "is_active": False}


@command("catalog.unit_conversion.create", feature=MANAGE_PRODUCTS, example=_new_conversion)
def create_conversion(
    *, product_id: UUID, unit: str, factor: Decimal, position: int = 0, is_active: bool = True
) -> UnitConversion:
    """Add a unit, one of which is `factor` base units of the product. Raises InvalidInput, DuplicateConversion."""
    product = held_product(product_id)
    row = UnitConversion(product=product, organization_id=product.organization_id)
    set_given(row, unit=unit, factor=factor, position=position, is_active=is_active)
    _demand_sound(row, product)
    row.save(force_insert=True)
    return row


@command("catalog.unit_conversion.update", feature=MANAGE_PRODUCTS, example=_changed_conversion)
def update_conversion(
    conversion_id: UUID,
    *,
    unit: str | Unchanged = UNCHANGED,
    factor: Decimal | Unchanged = UNCHANGED,
    position: int | Unchanged = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
) -> UnitConversion:
    """Change what is given; it stays with its product. The unit that the product is sold in stays, and stays active.

    Raises RowNotFound, InvalidInput, DuplicateConversion, ConversionRequired.
    """
    row = _living(conversion_id)
    former = row.unit
    changed = set_given(row, unit=unit, factor=factor, position=position, is_active=is_active)
    _demand_sound(row, row.product)
    if not row.is_active or row.unit != former:
        _demand_not_sold_in(row.product, former)
    row.save(update_fields=[*changed, "version"])
    return row


@command("catalog.unit_conversion.delete", feature=MANAGE_PRODUCTS, example=_some_conversion)
def delete_conversion(conversion_id: UUID) -> UnitConversion:
    """Hide a unit that the product is not sold in. Raises RowNotFound, ConversionRequired, InUse."""
    row = _living(conversion_id)
    _demand_not_sold_in(row.product, row.unit)
    keep_pointers_out(row)
    hide(row)
    return row


def other_units(product_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, bool]]:
    """Units that products are sold in beside their base units, and whether they are active; one query."""
    found: dict[UUID, dict[str, bool]] = defaultdict(dict)
    rows = UnitConversion.objects.filter(product__in=product_ids, deleted_at__isnull=True) if product_ids else ()
    for row in rows:
        found[row.product_id][row.unit] = row.is_active
    return found


def base_unit_complaints(product: Product, others: Mapping[str, bool]) -> Iterator[FieldError]:
    """What is wrong with the base unit of a product as it will be, which has `others` beside it."""
    if any(others.values()) and not product.unit and not product.sales_unit:
        yield FieldError("unit", BASE_MISSING, _("It is sold in other units, which need a base unit."))
    elif product.unit in others:
        yield FieldError("unit", IS_BASE, _("This is one of the product's other units."))


def _living(conversion_id: UUID) -> UnitConversion:
    """The conversion, locked behind its product. Raises RowNotFound, StaleVersion."""
    hold_product_of(UnitConversion, conversion_id)
    row = load_for_update(UnitConversion, conversion_id)
    if row.is_deleted or row.product.is_deleted:
        raise RowNotFound
    return row


def _demand_sound(row: UnitConversion, product: Product) -> None:
    """Check the conversion as it will be. Raises InvalidInput, DuplicateConversion."""
    row.unit = squeezed(row.unit)
    more = []
    if not product.unit:
        text = _("Give the product a base unit first.")
        more.append(FieldError("product_id", BASE_MISSING, text))
    elif row.unit == product.unit:
        more.append(FieldError("unit", IS_BASE, _("This is the product's base unit.")))
    demand_valid(row, FIELDS, more=more)
    if conversions_of(product.pk).filter(unit=row.unit).exclude(pk=row.pk).exists():
        error = FieldError("unit", DuplicateConversion.code, str(DuplicateConversion.message))
        raise DuplicateConversion(errors=(error,))


def _demand_not_sold_in(product: Product, unit: str) -> None:
    if product.sales_unit and product.sales_unit == unit:
        raise ConversionRequired(unit=unit)
