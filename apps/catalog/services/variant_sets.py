"""All variants of a product at once: made from the choices of its options, and edited together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations import variant_options as calculated
from apps.catalog.calculations.options import Kind
from apps.catalog.errors import NoOptions, TooManyVariants, VariantsChanged
from apps.catalog.features import MANAGE_VARIANTS
from apps.catalog.models import Product, Variant
from apps.catalog.models.products import SKU
from apps.catalog.selectors import variants_of
from apps.catalog.services.example_rows import example_configurable, example_variants
from apps.catalog.services.held_products import hold_schemas
from apps.catalog.services.variant_rules import (
    CODES,
    MOST_VARIANTS,
    barcode_complaints,
    default_among,
    demand_room,
    duplicate,
    option_complaints,
    options_of,
    taken_codes,
)
from apps.catalog.services.variants import in_order, numbered
from apps.catalog.services.writing_together import write_together
from apps.kernel.bases.customs import custom_complaints
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.declarations import command
from apps.kernel.commands.defaults import unmark
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope
from apps.kernel.words import squeezed

Rows = Sequence[Mapping[str, Any]]
EDITED = ("name", "sku", "barcode", "barcode_type", "is_active")
WRITTEN = (*EDITED, "is_default", "position")
GIVEN_UP: dict[str, Any] = {"sku": "", "barcode": "", "barcode_type": "", "is_default": False}
LONGEST_SKU, LONGEST_NAME = 191, 255


@dataclass(frozen=True, slots=True)
class Plan:
    """What choices come to: the combinations that are missing, each with its name, and how many are there."""

    missing: tuple[tuple[str, calculated.Values], ...] = ()
    existing: int = 0


@dataclass(frozen=True, slots=True)
class Generated:
    """Variants that were made, and how many of the chosen combinations were there already."""

    created: list[Variant] = field(default_factory=list)
    existing: int = 0


def _generated(scope: Scope) -> dict[str, Any]:
    return {"product_id": example_configurable().pk, "options": {"colour": ["red", "blue"]}}


def _edited(scope: Scope) -> dict[str, Any]:
    first, second = example_variants(example_configurable(), "First", "Second")
    rows = [{"id": first.pk, "sku": second.sku}, {"id": second.pk, "sku": first.sku, "is_active": False}]
    return {
        "product_id": first.product_id,
        "variants": rows,
        "default_id": second.pk,
        "order": [second.pk, first.pk],
    }


def plan_variants(product: Product, chosen: Mapping[str, Sequence[Any]] | None, there: Sequence[Variant]) -> Plan:
    """What `generate_variants` would do; None chooses all choices of all selects. Writes nothing.

    Raises NoOptions, InvalidInput at `options.<code>`, TooManyVariants.
    """
    known = options_of(product)
    wanted = calculated.every_choice(known) if chosen is None else chosen
    if not known or (chosen is None and not wanted):
        raise NoOptions
    values, faults = calculated.chosen_values(known, wanted)
    complaints = option_complaints(faults, prefix="options.")
    if not values and not complaints:
        complaints = [FieldError("options", "required", _("Choose something that the variants differ in."))]
    if complaints:
        raise InvalidInput(errors=tuple(complaints))
    if (count := calculated.count_of(values)) > MOST_VARIANTS:
        raise TooManyVariants(count=count, most=MOST_VARIANTS)
    held = {calculated.key_of(row.option_values) for row in there}
    missing = tuple(item for item in calculated.combinations(values) if calculated.key_of(item) not in held)
    demand_room(len(there) + len(missing))
    named = tuple((calculated.name_of(known, item), item) for item in missing)
    return Plan(named, count - len(missing))


@command("catalog.product.generate_variants", feature=MANAGE_VARIANTS, example=_generated)
def generate_variants(product_id: UUID, *, options: Mapping[str, Sequence[Any]] | None = None) -> Generated:
    """Make the variants of all combinations of the choices that are not there yet; those that are stay as they are.

    `options` is `{option code: [values]}`, None all choices. New ones stand behind the others, with a SKU made of the
    product's where that is free. Raises RowNotFound, NoOptions, InvalidInput, TooManyVariants.
    """
    product = load_living(Product, product_id)
    hold_schemas([product])
    there = list(variants_of(product.pk))
    plan = plan_variants(product, options, there)
    rows = [
        Variant(
            product=product,
            organization_id=product.organization_id,
            name=name[:LONGEST_NAME],
            option_values=values,
            position=len(there) + place,
        )
        for place, (name, values) in enumerate(plan.missing)
    ]
    if rows and default_among(there) is None:
        unmark(there)
        rows[0].is_default = True
    _give_skus(product, rows)
    # Required fields of the tenant's own are filled in later: nobody enters 24 variants one by one.
    if complaints := custom_complaints(rows, completes=False):
        raise InvalidInput(errors=tuple(item for _place, item in complaints))
    Variant.objects.bulk_create(rows)
    return Generated(rows, plan.existing)


@command("catalog.product.edit_variants", feature=MANAGE_VARIANTS, example=_edited)
def edit_variants(
    product_id: UUID,
    *,
    variants: Rows = (),
    default_id: UUID | None = None,
    order: Sequence[UUID] | None = None,
) -> Product:
    """Change several variants of a product, make one the default, and arrange all of them: one action, one undo.

    A row is `{"id", "version"}` and what changes of name, sku, barcode, barcode_type, is_active; with a version that
    is not today's the whole is refused. Raises RowNotFound, VariantsChanged, VariantOrderIncomplete, Duplicate,
    InvalidInput with all complaints at `variants.<n>.<field>`.
    """
    product = load_living(Product, product_id)
    edited = _Edited({row.pk: row for row in variants_of(product.pk)})
    for place, values in enumerate(variants):
        edited.take(place, values)
    edited.demand_sound()
    if default_id is not None:
        edited.mark(default_id)
    if order is not None:
        numbered(in_order(list(edited.rows.values()), order))
    edited.store()
    return product


class _Edited:
    """Variants as they will be, and what is wrong with that."""

    def __init__(self, rows: dict[UUID, Variant]) -> None:
        self.rows = rows
        self.former = {pk: _written(row) for pk, row in rows.items()}
        self.places: dict[int, Variant] = {}
        self.stale: list[FieldError] = []
        self.complaints: list[FieldError] = []

    def take(self, place: int, values: Mapping[str, Any]) -> None:
        """Give a variant what the row at the place says."""
        row = self.rows.get(values["id"])
        if row is None or any(item is row for item in self.places.values()):
            self.complaints.append(no_such_record(f"variants.{place}.id"))
            return
        self.places[place] = row
        if values.get("version") not in {None, row.version}:
            text = _("Changed meanwhile: {variant}.").format(variant=row)
            self.stale.append(FieldError(f"variants.{place}.version", VariantsChanged.code, text))
        for name in EDITED:
            if name in values:
                setattr(row, name, values[name])
        self.complaints += [
            FieldError(f"variants.{place}.{item.field}", item.code, item.message) for item in self._judge(row)
        ]

    def _judge(self, row: Variant) -> Iterator[FieldError]:
        row.name, row.sku = squeezed(row.name), row.sku.strip()
        if _written(row)[2:4] != self.former[row.pk][2:4]:
            yield from barcode_complaints(row)
        yield from complaints_of(row, EDITED)

    def changed(self) -> list[Variant]:
        """Variants that are not as they were."""
        return [row for pk, row in self.rows.items() if _written(row) != self.former[pk]]

    def demand_sound(self) -> None:
        """Refuse what is wrong. Raises VariantsChanged, InvalidInput, Duplicate."""
        if self.stale:
            raise VariantsChanged(errors=tuple(self.stale), count=len(self.stale))
        if self.complaints:
            raise InvalidInput(errors=tuple(self.complaints))
        # All rows are compared with one another: a code may wander, but not stand twice.
        named = {id(row): place for place, row in self.places.items()}
        numbered = [(named.get(id(row), -1 - index), row) for index, row in enumerate(self.rows.values())]
        numbered.sort(key=lambda item: item[0] >= 0)
        if taken := [
            FieldError(f"variants.{item.field}", item.code, item.message)
            for item in taken_codes(numbered, changed={"sku", *CODES})
        ]:
            raise duplicate(taken)

    def mark(self, default_id: UUID) -> None:
        """Make one the default. Raises InvalidInput for one that is not there or archived."""
        chosen = self.rows.get(default_id)
        if chosen is None or chosen.archived_at is not None:
            raise InvalidInput(errors=(no_such_record("default_id"),))
        for row in self.rows.values():
            row.is_default = row is chosen

    def store(self) -> None:
        """Write what has changed, in two statements: what is given up first, so that another row may take it."""
        rows = self.changed()
        given_up = [row.pk for row in self._given_up(rows)]
        Variant.objects.filter(pk__in=given_up).update(**GIVEN_UP)
        before = [self.former[row.pk] for row in rows]
        after = [_written(row) for row in rows]
        names = [name for place, name in enumerate(WRITTEN) if _column(before, place) != _column(after, place)]
        again = [name for name in GIVEN_UP if name not in names] if given_up else []
        write_together(rows, [*names, *again])

    def _given_up(self, rows: Sequence[Variant]) -> list[Variant]:
        """Those of the changed rows whose code or mark somebody else takes over."""
        skus = {row.sku.lower() for row in self.rows.values()}
        codes = {(row.barcode_type, row.barcode) for row in self.rows.values()}
        return [row for row in rows if self._gives_up(row, skus, codes)]

    def _gives_up(self, row: Variant, skus: set[str], codes: set[tuple[str, str]]) -> bool:
        _name, sku, barcode, barcode_type, _active, was_default, _place = self.former[row.pk]
        sku_wanders = bool(sku) and sku.lower() != row.sku.lower() and sku.lower() in skus
        code = (barcode_type, barcode)
        code_wanders = bool(barcode) and code != (row.barcode_type, row.barcode) and code in codes
        return sku_wanders or code_wanders or (was_default and not row.is_default)


def _written(row: Variant) -> list[Any]:
    return [getattr(row, name) for name in WRITTEN]


def _column(rows: Sequence[Sequence[Any]], place: int) -> list[Any]:
    return [row[place] for row in rows]


def _give_skus(product: Product, rows: Sequence[Variant]) -> None:
    """Give new variants the product's SKU with their values behind it, where that is a SKU and nobody has it."""
    if not product.sku:
        return
    claims = {option.code for option in options_of(product) if option.kind is Kind.BOOLEAN}
    for row in rows:
        words = [value.upper() for code, value in row.option_values.items() if code not in claims]
        sku = "-".join([product.sku, *words])
        row.sku = sku if len(sku) <= LONGEST_SKU and SKU.regex.fullmatch(sku) else ""  # type: ignore[union-attr]
    numbered = list(enumerate(rows))
    for taken in taken_codes(numbered, changed={"sku"}):
        rows[int(taken.field.partition(".")[0])].sku = ""
