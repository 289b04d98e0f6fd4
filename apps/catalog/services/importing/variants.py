"""Rows of files into variants: option values are judged against the schema of the product."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.catalog.calculations.barcodes import normalized
from apps.catalog.calculations.variant_options import name_of
from apps.catalog.features import MANAGE_VARIANTS
from apps.catalog.models import Product, Variant
from apps.catalog.selectors.moved_columns import OPTION, OPTIONS, VARIANT_COLUMNS, VARIANT_POINTERS
from apps.catalog.services.example_rows import example_product
from apps.catalog.services.held_products import hold_schemas
from apps.catalog.services.importing.fields import variant_fields
from apps.catalog.services.importing.products import prepared, take_dimensions
from apps.catalog.services.importing.rows import CatalogRows, Judged, Lines, sound
from apps.catalog.services.importing.targets import CatalogTarget
from apps.catalog.services.loading import store_variants
from apps.catalog.services.variant_rules import barcode_complaints, options_of, take_options
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.orders import Line, Outcome
from apps.kernel.references.validation import UNKNOWN
from apps.kernel.tenancy.scope import Scope, current_scope

UNREADABLE = "catalog.variant.options_unreadable"
OTHER_PRODUCT = "catalog.variant.other_product"
DEFAULT_TWICE = "catalog.variant.default_twice"
CHECKED = (*(name for name in VARIANT_COLUMNS if name != "name"), "dimensions")


class VariantRows(CatalogRows):
    """One batch of lines for variants."""

    model = Variant
    columns = VARIANT_COLUMNS
    pointers: ClassVar[Mapping[str, str]] = VARIANT_POINTERS

    def write(self, lines: Sequence[Line]) -> list[Outcome]:
        """Judge the lines, and store what nothing is wrong with; an outcome for each."""
        ids, unknown = self.named(lines)
        ready = [line for line in lines if line.number not in unknown]
        met = {line.record_id for line in ready if line.record_id is not None}
        parents = Variant.objects.filter(pk__in=met).values_list("product_id", flat=True)
        wanted = {*parents, *(ids[line.number]["product"] for line in ready if "product" in ids[line.number])}
        self._products = _locked(wanted)
        held = self.held(ready)
        customs = self.customs(list(held.values()))
        judged = [self._judged(line, ids[line.number], held, customs) for line in ready]
        self._judge_together(judged)
        store_variants(list(sound(judged)))
        return self.outcomes(lines, unknown, judged)

    def _judged(
        self,
        line: Line,
        ids: Mapping[str, UUID],
        held: Mapping[UUID, Variant],
        customs: Mapping[UUID, Mapping[str, Any]],
    ) -> Judged:
        known = held.get(line.record_id) if line.record_id is not None else None
        judged = Judged(line, known or Variant(), known is None, _prepared(line.values, known))
        former = known.product_id if known is not None else None
        self.take(judged, ids)
        take_dimensions(judged)
        self.take_customs(judged, ids, customs.get(judged.row.pk, {}))
        product = self._products.get(judged.row.product_id)
        if product is None:
            judged.complain("product", UNKNOWN, _("There is no such record."))
            return judged
        if former is not None and former != product.pk:
            judged.complain("product", OTHER_PRODUCT, _("A variant stays with its product."))
        self._take_options(judged, product)
        judged.complaints += complaints_of(judged.row, CHECKED)
        judged.complaints += barcode_complaints(judged.row)
        return judged

    def _take_options(self, judged: Judged, product: Product) -> None:
        """Merge what the cells say into the variant's options, and name a new variant after them."""
        row, before, told = judged.row, judged.row.option_values, _told_options(judged)
        complaints: list[FieldError] = []
        if judged.is_new or told:
            complaints = take_options(row, product, {**before, **told}, prefix=OPTION)
            if row.option_values != before:
                former, latter = (name_of(options_of(product), values) for values in (before, row.option_values))
                judged.differ(OPTIONS, "option_values", former, latter)
        # Without sound options nobody knows what it would be called.
        judged.complaints += complaints or complaints_of(row, ["name"])

    def _judge_together(self, judged: Sequence[Judged]) -> None:
        self.changeable(judged)
        self.refuse_again(judged)
        place = current_scope().organization_id
        rows = Variant.objects.filter(organization_id=place, deleted_at__isnull=True)
        skus = {item.row.sku.casefold() for item in judged if item.row.sku}
        self.refuse_taken(
            judged, "sku", rows.annotate(small=Lower("sku")).filter(small__in=skus).values_list("small", "pk")
        )
        codes = rows.filter(barcode__in={item.row.barcode for item in judged if item.row.barcode_type})
        known = [((kind, code), pk) for kind, code, pk in codes.values_list("barcode_type", "barcode", "pk") if kind]
        self.refuse_taken(judged, "barcode", known)
        siblings = rows.filter(product__in=self._products).values_list("product_id", "option_values", "pk")
        self.refuse_taken(judged, OPTIONS, [((item, _frozen(values)), pk) for item, values, pk in siblings if values])
        _refuse_two_defaults(judged)
        self.judge_references([item for item in judged if not item.complaints])
        self.judge_customs(judged)

    def key_of(self, row: Any, name: str) -> Any:
        """SKUs are compared without capitals, barcodes by type, options within the product."""
        if name == "barcode":
            return (row.barcode_type, row.barcode) if row.barcode_type and row.barcode else None
        if name == OPTIONS:
            return (row.product_id, _frozen(row.option_values)) if row.option_values else None
        return super().key_of(row, name)


def _example(scope: Scope) -> Mapping[str, Any]:
    product = example_product()
    line = Line(1, {"product": str(product.pk), "name": "Blue", "sku": f"{product.sku}-B", "is_default": True})
    return {"batch": Lines((line,))}


@command("catalog.variant.load", feature=MANAGE_VARIANTS, bulk=True, example=_example)
def load_variants(batch: Lines) -> list[Outcome]:
    """Add or change the variants that lines of a file describe; an outcome for each, refused ones among them."""
    return VariantRows(variant_fields()).write(batch.lines)


class VariantTarget(CatalogTarget):
    """Variants, found by SKU or barcode."""

    model = Variant
    feature = MANAGE_VARIANTS
    command = load_variants.spec.id
    found_by = ("sku", "barcode")

    def fields(self) -> tuple[ImportField, ...]:
        """Columns, the product, a column for each option, the tenant's own fields."""
        return variant_fields()

    def load(self, lines: Sequence[Line]) -> Sequence[Outcome]:
        """Write the batch."""
        return load_variants(Lines(lines))


def _locked(ids: set[UUID]) -> dict[UUID, Product]:
    """Living products of the selected organization with their schemas, locked in one order: before their variants."""
    place = current_scope().organization_id
    rows = Product.objects.filter(pk__in=ids, organization_id=place, deleted_at__isnull=True)
    locked = {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    hold_schemas(locked.values())
    return locked


def _prepared(values: Mapping[str, Any], known: Variant | None) -> dict[str, Any]:
    found = prepared(values)
    kind = found.get("barcode_type", known.barcode_type if known is not None else "")
    if "barcode" in found:
        found["barcode"] = normalized(kind, found["barcode"])
    return found


def _told_options(judged: Judged) -> dict[str, str]:
    """Texts by option code: of the list first (`size=l`), then of columns of their own."""
    told: dict[str, str] = {}
    for item in judged.values.get(OPTIONS, ()):
        code, mark, text = item.partition("=")
        if not mark:
            judged.complain(OPTIONS, UNREADABLE, _("Write options as in size=l; colour=blue."))
        told[code.strip()] = text.strip()
    own = {name.removeprefix(OPTION): str(text) for name, text in judged.values.items() if name.startswith(OPTION)}
    return {code: text for code, text in {**told, **own}.items() if text}


def _frozen(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


def _refuse_two_defaults(judged: Sequence[Judged]) -> None:
    """A later row does not take back what an earlier one said."""
    leading: dict[UUID, int] = defaultdict(int)
    for item in judged:
        if not item.complaints and item.values.get("is_default"):
            leading[item.row.product_id] += 1
            if leading[item.row.product_id] > 1:
                item.complain("is_default", DEFAULT_TWICE, _("A product has one default variant."))
