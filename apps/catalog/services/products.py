"""Products: adding, changing, taking out of sale, deleting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Unpack
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.calculations.products import dimension_complaints, rule_complaints
from apps.catalog.errors import HasHistory
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.models import Offer, Product, UnitConversion, Variant
from apps.catalog.selectors import parts_of, twins_of
from apps.catalog.selectors.products import ProductParts
from apps.catalog.services.conversions import UNITS, base_unit_complaints, other_units
from apps.catalog.services.marks import Ids, Marks
from apps.catalog.services.option_schemas import hide_schema
from apps.catalog.services.product_options import InlineSchema, ProductOptions, SchemaId, held_own
from apps.catalog.services.product_values import COLUMNS, ProductValues, normalize, with_columns
from apps.catalog.services.unit_codes import unit_complaints
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import load_living
from apps.kernel.commands.together import NotTogether, together_or_none
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import InUse, release
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope, current_scope

SIZES = {"options": [{"label": "Size", "choices": [{"label": "S"}, {"label": "L"}]}]}


def _new_product(scope: Scope) -> dict[str, Any]:
    return {
        "title": "Linen shirt",
        "sku": f"SHIRT-{uuid7().hex[-8:]}",
        "unit": "pc",
        "weight": Decimal("0.35"),
        "weight_unit": "kg",
        "schema": SIZES,
    }


def _some_product(scope: Scope) -> dict[str, Any]:
    return {"product_id": create_product(**_new_product(scope)).pk}


def _changed_product(scope: Scope) -> dict[str, Any]:
    return {**_some_product(scope), "subtitle": "Made in Łódź", "gtu_codes": ["GTU_02", "GTU_01"], "schema": None}


def _archived_product(scope: Scope) -> dict[str, Any]:
    found = _some_product(scope)
    archive_product(**found)
    return found


@command("catalog.product.create", feature=MANAGE_PRODUCTS, example=_new_product)
@with_columns
def create_product(
    *,
    title: str,
    option_schema_id: UUID | None = None,
    schema: Mapping[str, Any] | None = None,
    tag_ids: Ids = (),
    category_ids: Ids = (),
    custom_fields: Mapping[str, Any] | None = None,
    **values: Unpack[ProductValues],
) -> Product:
    """Add a product. `schema` gives it options of its own: `{"name", "code", "description", "options"}`.

    Raises InvalidInput with all complaints, Duplicate.
    """
    product = Product(organization_id=current_scope().writing_organization())
    set_given(product, title=title, **values)
    product.take(custom_fields)
    options = ProductOptions(option_schema_id or UNCHANGED, schema or UNCHANGED)
    marks = Marks(tag_ids, category_ids)
    _demand_sound(product, options, marks, changed=COLUMNS)
    options.store()
    product.save(force_insert=True)
    marks.store(product)
    return product


@command("catalog.product.update", feature=MANAGE_PRODUCTS, example=_changed_product, apart=True)
@with_columns
def update_product(
    product_id: UUID,
    *,
    title: str | Unchanged = UNCHANGED,
    option_schema_id: SchemaId = UNCHANGED,
    schema: InlineSchema = UNCHANGED,
    tag_ids: Ids | None = None,
    category_ids: Ids | None = None,
    custom_fields: Mapping[str, Any] | None = None,
    **values: Unpack[ProductValues],
) -> Product:
    """Change what is given; tags and categories are set as a whole, None clears a column.

    Ranges are judged as the product will be. Of a product with options of its own, `schema` changes them and None
    deletes them. Raises RowNotFound, InvalidInput with all complaints, Duplicate, OptionValuesInvalid.
    """
    product = load_living(Product, product_id)
    changed = set_given(product, title=title, **values)
    product.take(custom_fields)
    options, marks = ProductOptions(option_schema_id, schema), Marks(tag_ids, category_ids)
    _demand_sound(product, options, marks, changed=changed)
    options.store()
    product.save(update_fields=[*changed, *(("option_schema",) if options.is_given else ()), "version"])
    options.drop()
    marks.store(product)
    return product


@command("catalog.product.archive", feature=MANAGE_PRODUCTS, example=_some_product, apart=True)
def archive_product(product_id: UUID) -> Product:
    """Take a product out of sale and keep it for documents; what is archived already stays so. Raises RowNotFound."""
    product = load_living(Product, product_id)
    product.archived_at = product.archived_at or clock.now()
    product.save(update_fields=["archived_at", "version"])
    return product


@command("catalog.product.unarchive", feature=MANAGE_PRODUCTS, example=_archived_product, apart=True)
def unarchive_product(product_id: UUID) -> Product:
    """Bring an archived product back into sale. Raises RowNotFound."""
    product = load_living(Product, product_id)
    product.archived_at = None
    product.save(update_fields=["archived_at", "version"])
    return product


@command("catalog.product.delete", feature=MANAGE_PRODUCTS, example=_some_product, apart=True)
def delete_product(product_id: UUID) -> Product:
    """Hide a product without history, with its variants, offers, units and own options.

    Raises RowNotFound, HasHistory with counts for one that has been priced, sold or made a part of others.
    """
    product = load_living(Product, product_id)
    # A stronger lock: whoever is about to point here waits, and then finds it gone.
    Product.objects.select_for_update(of=("self",)).values_list("pk").get(pk=product.pk)
    parts = parts_of(product.pk)
    if parts.bundle_count and together_or_none() is not None:
        raise NotTogether  # the bundle may be among those that the order deletes
    variants = _held_variants(product) if parts.has_variants else []
    _demand_no_history(product, variants, parts)
    hidden = (Variant, parts.has_variants), (Offer, parts.has_offers), (UnitConversion, parts.has_conversions)
    for model in (model for model, is_there in hidden if is_there):
        _hide(model, product)
    if (own := held_own(product)) is not None:
        hide_schema(own)
    mark_hidden(product)
    return product


def _demand_sound(product: Product, options: ProductOptions, marks: Marks, *, changed: Iterable[str]) -> None:
    """Check the product as it will be. Raises InvalidInput with all complaints, Duplicate."""
    names = [name for name in changed if name in COLUMNS]
    normalize(product, names)
    columns = {name: getattr(product, name) for name in COLUMNS}
    more = [*rule_complaints(columns), *dimension_complaints(product.dimensions), *_unit_complaints(product, names)]
    more += [*options.settle(product), *marks.complaints(product)]
    demand_valid(product, COLUMNS, more=more)
    if taken := twins_of(product, names):
        text = _("Another product has this one already.")
        errors = tuple(FieldError(name, Duplicate.code, text) for name in sorted(taken))
        raise Duplicate(errors=errors, fields=", ".join(sorted(taken)))
    validate_references([product])


def _unit_complaints(product: Product, changed: list[str]) -> Iterator[FieldError]:
    yield from unit_complaints({name: getattr(product, name) for name in UNITS if name in changed})
    if "unit" in changed and not product._state.adding:
        yield from base_unit_complaints(product, other_units([product.pk]).get(product.pk, {}))


def _held_variants(product: Product) -> list[UUID]:
    rows = Variant.objects.select_for_update(of=("self",)).filter(product=product, deleted_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _demand_no_history(product: Product, variants: list[UUID], parts: ProductParts) -> None:
    """Let go what points to the product and its variants. Raises HasHistory with counts."""
    found = {
        ngettext("{count} price", "{count} prices", parts.price_count): parts.price_count,
        ngettext("{count} bundle", "{count} bundles", parts.bundle_count): parts.bundle_count,
    }
    words = [text.format(count=count) for text, count in found.items() if count]
    usages: dict[str, int] = {}
    for entity, ids in ((Product.entity_id, [product.pk]), (Variant.entity_id, variants)):
        try:
            release(entity, ids)
        except InUse as error:
            words.append(str(error.context["summary"]))
            usages |= error.context["usages"]
    if words:
        raise HasHistory(
            summary=", ".join(words),
            hint="archive",
            prices=parts.price_count,
            variants=parts.priced_variants,
            bundles=parts.bundle_count,
            usages=usages,
        )


def _hide(model: Any, product: Product) -> None:
    """Hide what there is of the product, in one statement."""
    rows = model.objects.filter(product=product, deleted_at__isnull=True)
    rows.update(deleted_at=clock.now(), updated_at=clock.now(), version=F("version") + 1)
