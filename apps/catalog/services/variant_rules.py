"""What a variant has to be: its values, its codes, and that nobody else has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.calculations import barcodes
from apps.catalog.calculations import variant_options as options
from apps.catalog.calculations.products import dimension_complaints, normal_dimensions
from apps.catalog.errors import CombinationTaken, TooManyVariants
from apps.catalog.models import Product, Variant
from apps.kernel.commands.errors import Duplicate
from apps.kernel.errors import FieldError

MOST_VARIANTS = 500
FIELDS = ("name", "sku", "barcode", "barcode_type", "hs_code", "weight", "weight_unit")
CODES = frozenset({"barcode", "barcode_type"})

OPTION_WORDS: Final = {
    options.Wrong.UNKNOWN: gettext_lazy("The product has no such option."),
    options.Wrong.REQUIRED: gettext_lazy("Choose a value."),
    options.Wrong.CHOICE: gettext_lazy("There is no such choice."),
    options.Wrong.TYPE: gettext_lazy("This is no value of that kind."),
    options.Wrong.LENGTH: gettext_lazy("This is too long."),
}
BARCODE_WORDS: Final = {
    barcodes.Fault.MISSING: gettext_lazy("Enter the code of that type."),
    barcodes.Fault.FORMAT: gettext_lazy("This is no code of that type."),
    barcodes.Fault.LENGTH: gettext_lazy("A code of that type has another length."),
    barcodes.Fault.CHECK_DIGIT: gettext_lazy("The check digit does not fit: look at the digits again."),
}


def options_of(product: Product) -> tuple[options.Option, ...]:
    """What the product's variants may differ in; nothing without a schema."""
    return options.options_of(product.option_schema.options) if product.option_schema is not None else ()


def option_complaints(faults: Iterable[options.Fault], *, prefix: str) -> list[FieldError]:
    """What is wrong with values, each at its option."""
    return [
        FieldError(f"{prefix}{fault.option}", f"catalog.option.{fault.reason}", str(OPTION_WORDS[fault.reason]))
        for fault in faults
    ]


def take_options(
    variant: Variant, product: Product, given: Mapping[str, Any], *, prefix: str = "option_values."
) -> list[FieldError]:
    """Give a variant its values, as far as they do; a variant without a name is called by them.

    Complaints stand at `<prefix><option>`. The caller holds the product's schema.
    """
    known = options_of(product)
    values, faults = options.judged(known, given)
    variant.option_values = values
    if not variant.name and not faults:
        variant.name = (options.name_of(known, values) or product.title)[:255]
    return option_complaints(faults, prefix=prefix)


def barcode_complaints(variant: Variant) -> list[FieldError]:
    """Bring the barcode into its form, and say what is wrong with it as it will be."""
    variant.barcode = barcodes.normalized(variant.barcode_type, variant.barcode)
    fault = barcodes.fault_of(variant.barcode_type, variant.barcode)
    return [] if fault is None else [FieldError("barcode", f"catalog.barcode.{fault}", str(BARCODE_WORDS[fault]))]


def take_dimensions(variant: Variant) -> list[FieldError]:
    """Bring the dimensions into their stored form, or say what is wrong with them."""
    variant.dimensions = normal_dimensions(variant.dimensions)
    return list(dimension_complaints(variant.dimensions))


def demand_room(count: int) -> None:
    """Refuse more variants than a product has. Raises TooManyVariants."""
    if count > MOST_VARIANTS:
        raise TooManyVariants(count=count, most=MOST_VARIANTS)


def demand_own_combination(variant: Variant, others: Sequence[Variant]) -> None:
    """Refuse a combination that the product has already. Raises CombinationTaken."""
    if not variant.option_values:
        return
    key = options.key_of(variant.option_values)
    for other in others:
        if other.option_values and options.key_of(other.option_values) == key:
            text = str(CombinationTaken.message).format(variant=other)
            error = FieldError("option_values", CombinationTaken.code, text)
            raise CombinationTaken(errors=(error,), variant=str(other))


def demand_own_codes(variant: Variant, changed: Collection[str]) -> None:
    """Refuse a SKU or typed barcode that another variant has. Raises Duplicate at the field."""
    found = list(taken_codes([(0, variant)], changed=changed))
    if found:
        raise duplicate(FieldError(item.field.removeprefix("0."), item.code, item.message) for item in found)


def duplicate(complaints: Iterable[FieldError]) -> Duplicate:
    """The refusal of values that others have."""
    listed = tuple(complaints)
    names = dict.fromkeys(item.field.rpartition(".")[2] for item in listed)
    return Duplicate(errors=listed, fields=", ".join(names))


def taken_codes(rows: Sequence[tuple[int, Variant]], *, changed: Collection[str]) -> Iterator[FieldError]:
    """Complaints at `<n>.sku` and `<n>.barcode` of rows whose codes others have, or two of them; a query for each."""
    if not rows:
        return
    owner, ids = rows[0][1].organization_id, [row.pk for _place, row in rows]
    others = Variant.objects.filter(organization_id=owner, deleted_at__isnull=True).exclude(pk__in=ids)
    if "sku" in changed:
        wanted = {place: row.sku.lower() for place, row in rows if row.sku}
        lower = others.annotate(lower_sku=Lower("sku")).filter(lower_sku__in=set(wanted.values()))
        yield from _taken("sku", wanted, set(lower.values_list("lower_sku", flat=True)) if wanted else set())
    if CODES & set(changed):
        typed = {place: (row.barcode_type, row.barcode) for place, row in rows if row.barcode_type and row.barcode}
        codes = {code for _type, code in typed.values()}
        found = others.filter(barcode__in=codes).exclude(barcode_type="").values_list("barcode_type", "barcode")
        yield from _taken("barcode", typed, set(found) if codes else set())


def _taken(field: str, wanted: Mapping[int, Any], elsewhere: set[Any]) -> Iterator[FieldError]:
    seen = set(elsewhere)
    for place, value in wanted.items():
        if value in seen:
            yield FieldError(f"{place}.{field}", Duplicate.code, _("This value is taken."))
        seen.add(value)


def default_among(others: Sequence[Variant]) -> UUID | None:
    """Id of the default one, None where there is none in sale: then the next that comes takes its place."""
    return next((row.pk for row in others if row.is_default and row.archived_at is None), None)
