"""Where columns of a file may go: columns of the tables, what they point to by name, and what belongs to a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import OptionSchema, Product, Variant
from apps.catalog.selectors.moved_columns import (
    CATEGORIES,
    DIMENSIONS,
    OPTION,
    OPTIONS,
    PRICE_COLUMNS,
    PRICE_POINTERS,
    PRODUCT_COLUMNS,
    PRODUCT_POINTERS,
    TAGS,
    VARIANT_COLUMNS,
    VARIANT_POINTERS,
)
from apps.kernel.imports.planning.fields import FieldKind, ImportField
from apps.kernel.imports.resources.fields import custom_fields, target_of
from apps.kernel.tenancy.scope import current_scope

KINDS: Final[tuple[tuple[type[Any], FieldKind], ...]] = (
    (models.BooleanField, FieldKind.BOOLEAN),
    (models.DateTimeField, FieldKind.DATETIME),
    (models.DecimalField, FieldKind.DECIMAL),
    (models.IntegerField, FieldKind.INTEGER),
    (ArrayField, FieldKind.LIST),
)
# What columns of other programs' files are called, in English, Polish, German and Spanish.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("name", "product name", "nazwa", "nazwa produktu", "bezeichnung", "artikelbezeichnung", "nombre"),
    "sku": ("article number", "item number", "symbol", "indeks", "artikelnummer", "referencia", "código"),
    "name": ("variant", "wariant", "variante"),
    "barcode": ("ean", "gtin", "ean code", "kod kreskowy", "strichcode", "código de barras"),
    "product": ("product sku", "parent sku", "sku produktu", "artikelnummer des produkts", "sku del producto"),
    "variant": ("variant sku", "sku wariantu", "artikelnummer der variante", "sku de la variante"),
    "amount": ("price", "unit price", "cena", "preis", "precio"),
    "kind": ("price kind", "kind of price", "rodzaj ceny", "preisart", "tipo de precio"),
    "min_quantity": ("min qty", "quantity from", "od ilości", "ab menge", "desde cantidad"),
    "categories": ("category", "kategoria", "kategorie", "kategorien", "categoría", "categorías"),
    "tags": ("tag", "tagi", "etykiety", "schlagwörter", "etiquetas"),
}


def product_fields() -> tuple[ImportField, ...]:
    """Fields of products, the tenant's own among them."""
    return (
        *_columns(Product, PRODUCT_COLUMNS, ("title",)),
        *_pointers(Product, PRODUCT_POINTERS),
        *_dimensions(),
        _listed(CATEGORIES, _("Categories")),
        _listed(TAGS, _("Tags")),
        *custom_fields(Product.entity_id),
        _id(),
    )


def variant_fields() -> tuple[ImportField, ...]:
    """Fields of variants: a column for each option of the organization's schemas, too."""
    return (
        *_columns(Variant, VARIANT_COLUMNS),
        *_pointers(Variant, VARIANT_POINTERS, ("product",)),
        *_dimensions(),
        _listed(OPTIONS, _("Options, such as size=l; colour=blue")),
        *option_fields(),
        *custom_fields(Variant.entity_id),
        _id(),
    )


def option_fields() -> tuple[ImportField, ...]:
    """A field for each option of living schemas of the selected organization, named `option_<code>`; one query."""
    rows = OptionSchema.objects.filter(organization_id=current_scope().organization_id, deleted_at__isnull=True)
    labels: dict[str, list[str]] = {}
    for options in rows.order_by("created_at", "pk").values_list("options", flat=True):
        for option in options:
            labels.setdefault(str(option["code"]), []).append(str(option.get("label") or option["code"]))
    taken = {*VARIANT_COLUMNS, *VARIANT_POINTERS, *DIMENSIONS, OPTIONS, "id"}
    return tuple(
        ImportField(
            f"{OPTION}{code}",
            label=names[0],
            aliases=tuple(name for name in dict.fromkeys((code, *names)) if name.casefold() not in taken),
        )
        for code, names in labels.items()
    )


def price_fields(model: type[models.Model]) -> tuple[ImportField, ...]:
    """Fields of prices."""
    return (
        *_pointers(model, PRICE_POINTERS, ("kind",)),
        *_columns(model, PRICE_COLUMNS, ("amount",)),
        ImportField("valid_from", FieldKind.DATETIME, label=_("Valid from")),
        ImportField("valid_until", FieldKind.DATETIME, label=_("Valid until"), aliases=("valid_to",)),
    )


def _columns(model: type[models.Model], names: Sequence[str], required: Sequence[str] = ()) -> list[ImportField]:
    return [_column(model, name, required=name in required) for name in names]


@lru_cache(maxsize=256)
def _column(model: type[models.Model], name: str, *, required: bool) -> ImportField:
    column: Any = model._meta.get_field(name)
    kind = next((kind for known, kind in KINDS if isinstance(column, known)), FieldKind.TEXT)
    choices = tuple((str(value), label) for value, label in column.choices or ())
    return ImportField(
        name,
        FieldKind.CHOICE if choices else kind,
        required=required,
        label=column.verbose_name,
        aliases=(*_names(column), *WORDS.get(name, ())),
        choices=choices,
    )


def _pointers(model: type[models.Model], names: Mapping[str, str], required: Sequence[str] = ()) -> list[ImportField]:
    return [_pointer(model, name, attribute, required=name in required) for name, attribute in names.items()]


@lru_cache(maxsize=256)
def _pointer(model: type[models.Model], name: str, attribute: str, *, required: bool) -> ImportField:
    column = next(item for item in model._meta.local_concrete_fields if item.attname == attribute)
    return ImportField(
        name,
        FieldKind.REFERENCE,
        required=required,
        label=column.verbose_name,
        aliases=(attribute, *_names(column), *WORDS.get(name, ())),
        target=target_of(column),
        part=str(getattr(column, "within", "")),
    )


def _names(column: Any) -> tuple[str, ...]:
    """What the column is called in every language of the house."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(column.verbose_name))
    return tuple(dict.fromkeys(found))


def _dimensions() -> tuple[ImportField, ...]:
    labels = {"width": _("Width"), "height": _("Height"), "depth": _("Depth")}
    numbers = (ImportField(name, FieldKind.DECIMAL, label=label) for name, label in labels.items())
    return (*numbers, ImportField("dimensions_unit", label=_("Unit of dimensions")))


def _listed(name: str, label: Any) -> ImportField:
    return ImportField(name, FieldKind.LIST, label=label, aliases=WORDS.get(name, ()))


def _id() -> ImportField:
    return ImportField("id", FieldKind.UUID, label="ID")
