"""The options of a product: those of a shared schema, or of one that is written with the product and is its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations.options import LONGEST_CODE, WrittenOption, settled_options
from apps.catalog.models import OptionSchema, Product
from apps.catalog.selectors import variants_with_options
from apps.catalog.services.marks import held_in
from apps.catalog.services.option_schemas import FIELDS, demand_fitting, hide_schema, values_of
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import no_such_record
from apps.kernel.words import slug_of, squeezed

OWNED: Final = "catalog.option_schema.owned"
BOTH: Final = "catalog.product.two_schemas"
SchemaId = UUID | Unchanged | None
InlineSchema = Mapping[str, Any] | Unchanged | None


@dataclass
class ProductOptions:
    """What a command says about the options of a product: the id of a schema, or a schema itself; None for neither."""

    schema_id: SchemaId = UNCHANGED
    schema: InlineSchema = UNCHANGED
    own: OptionSchema | None = None  # the product's own schema, to be written
    left: OptionSchema | None = None  # its own schema, which it leaves and which goes

    @property
    def is_given(self) -> bool:
        """Say whether anything is said about options."""
        return self.schema_id is not UNCHANGED or self.schema is not UNCHANGED

    def settle(self, product: Product) -> Iterator[FieldError]:
        """Point the product to its options, and find what is wrong. Raises OptionValuesInvalid."""
        if not self.is_given:
            return
        former = held_own(product)
        before = product.option_schema.options if product.option_schema is not None else []
        complaints = list(self._chosen(product, former))
        yield from complaints
        if complaints:
            return
        if former is not None and product.option_schema_id != former.pk:
            self.left = former
        after = self.own.options if self.own is not None else _options(product)
        if not product._state.adding:
            demand_fitting(variants_with_options(product=product), before=before, after=after)

    def store(self) -> None:
        """Write the product's own schema, before the product that points to it."""
        if self.own is None:
            return
        if self.own._state.adding:
            self.own.save(force_insert=True)
        else:
            self.own.save(update_fields=[*FIELDS, "options", "version"])

    def drop(self) -> None:
        """Hide the own schema that the product has left, after the product has been written."""
        if self.left is not None:
            hide_schema(self.left)

    def _chosen(self, product: Product, former: OptionSchema | None) -> Iterator[FieldError]:
        if isinstance(self.schema, Mapping):
            if isinstance(self.schema_id, UUID):
                for name in ("option_schema_id", "schema"):
                    yield FieldError(name, BOTH, _("Give either the id of a schema or a schema."))
                return
            self.own = former or _new_own(product)
            yield from _written(self.own, self.schema)
            product.option_schema = self.own
        elif isinstance(self.schema_id, UUID):
            yield from _pointed(product, self.schema_id)
        else:
            product.option_schema = None


def held_own(product: Product) -> OptionSchema | None:
    """The product's own schema, locked; None for one that is shared."""
    if product.option_schema_id is None or not product.option_schema.is_owned:
        return None
    own: OptionSchema = OptionSchema.objects.select_for_update(of=("self",)).get(pk=product.option_schema_id)
    return own


def _options(product: Product) -> Sequence[WrittenOption]:
    return product.option_schema.options if product.option_schema is not None else []


def _new_own(product: Product) -> OptionSchema:
    code = f"{slug_of(product.title, longest=LONGEST_CODE - 13) or 'product'}-{uuid7().hex[-12:]}"
    return OptionSchema(organization_id=product.organization_id, name=product.title[:150], code=code, is_owned=True)


def _written(own: OptionSchema, given: Mapping[str, Any]) -> Iterator[FieldError]:
    for name, value in values_of(given).items():
        setattr(own, name, squeezed(value) if name == "name" else value)
    if "options" in given:
        own.options, complaints = settled_options(given["options"], "schema.options")
        yield from complaints
    for item in complaints_of(own, FIELDS):
        yield FieldError(f"schema.{item.field}", item.code, item.message)


def _pointed(product: Product, schema_id: UUID) -> Iterator[FieldError]:
    if schema_id == product.option_schema_id:
        return
    if schema_id not in held_in(OptionSchema.entity_id, {schema_id}, product.organization_id):
        yield no_such_record("option_schema_id")
        return
    chosen = OptionSchema.objects.get(pk=schema_id)
    if chosen.is_owned:
        yield FieldError("option_schema_id", OWNED, _("These options belong to another product alone."))
        return
    product.option_schema = chosen
