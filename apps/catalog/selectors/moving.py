"""Products, variants and prices as rows of a file that the import reads back: columns are called as its fields are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import models

from apps.catalog.models import (
    Category,
    CategoryAssignment,
    OptionSchema,
    Price,
    Product,
    ProductTagging,
    Variant,
)
from apps.catalog.selectors.moved_columns import (
    CATEGORIES,
    DIMENSIONS,
    OPTION,
    PRICE_COLUMNS,
    PRICE_POINTERS,
    PRODUCT_COLUMNS,
    PRODUCT_POINTERS,
    TAGS,
    VARIANT_COLUMNS,
    VARIANT_POINTERS,
)
from apps.catalog.selectors.naming import BETWEEN
from apps.kernel.customs import FieldDefinitions
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

CHUNK: Final = 1000
Cells = dict[str, Any]
# The column that a cell names a record of another kind by; what is not here, or has it empty, is named by its id.
CODES: Final[Mapping[str, tuple[str, str]]] = {
    "product": ("catalog.product", "sku"),
    "variant": ("catalog.variant", "sku"),
    "kind": ("catalog.price_kind", "code"),
    "price_list": ("catalog.price_list", "code"),
    "option_schema": ("catalog.option_schema", "code"),
    "tax_class": ("sales.tax_class", "code"),
    "status": ("dictionaries.entry", "value"),
    "channel": ("sales.channel", "code"),
    "customer_group": ("customers.customer_group", "code"),
}


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One kind of file: its columns, its records in order, and the cells of a chunk of them."""

    entity: str
    names: tuple[str, ...]
    records: models.QuerySet[Any]
    cells: Callable[[Sequence[Any]], Iterator[Cells]]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """All rows, in a fixed number of queries for each thousand."""
        found = self.records.iterator(chunk_size=CHUNK)
        while chunk := list(islice(found, CHUNK)):
            for cells in self.cells(chunk):
                yield tuple(cells.get(name) for name in self.names)


def product_file() -> CatalogFile:
    """Living products of the selected organization, by title."""
    names = ("id", *PRODUCT_COLUMNS, *PRODUCT_POINTERS, *DIMENSIONS, CATEGORIES, TAGS, *_customs(Product.entity_id))
    return CatalogFile(Product.entity_id, names, _living(Product).order_by("title", "pk"), _product_cells)


def variant_file() -> CatalogFile:
    """Living variants of living products, product after product, with a column for each option that schemas have."""
    options = tuple(f"{OPTION}{code}" for code in _option_codes())
    names = ("id", *VARIANT_POINTERS, *VARIANT_COLUMNS, *DIMENSIONS, *options, *_customs(Variant.entity_id))
    rows = _living(Variant).filter(product__deleted_at__isnull=True)
    return CatalogFile(Variant.entity_id, names, rows.order_by("product_id", "position", "pk"), _variant_cells)


def price_file() -> CatalogFile:
    """Prices of living products that are known today, whenever they are valid."""
    names = (*PRICE_POINTERS, *PRICE_COLUMNS, "valid_from", "valid_until")
    rows = _living(Price).filter(product__deleted_at__isnull=True)
    return CatalogFile(
        Price.entity_id, names, rows.order_by("product_id", "kind_id", "min_quantity", "pk"), _price_cells
    )


def _living(model: type[models.Model]) -> models.QuerySet[Any]:
    """What the actor sees; of the selected organization, where one is selected."""
    rows: models.QuerySet[Any] = ENTITIES[str(model.entity_id)].living()  # type: ignore[attr-defined]
    place = current_scope().organization_id
    return rows if place is None else rows.filter(organization_id=place)


def _customs(entity: str) -> tuple[str, ...]:
    return tuple(field.name for field in service(FieldDefinitions).fields(entity))


def _option_codes() -> list[str]:
    options = _living(OptionSchema).order_by("created_at", "pk").values_list("options", flat=True)
    return list(dict.fromkeys(str(option["code"]) for schema in options for option in schema))


def _product_cells(rows: Sequence[Product]) -> Iterator[Cells]:
    ids = [row.pk for row in rows]
    categories, tags = _category_words(ids), _tag_words(ids)
    named, customs = _codes(rows, PRODUCT_POINTERS), _custom_cells(rows)
    for row, own in zip(rows, customs, strict=True):
        yield {
            "id": row.pk,
            **{name: getattr(row, name) for name in PRODUCT_COLUMNS},
            **named(row),
            **_dimension_cells(row),
            CATEGORIES: categories.get(row.pk),
            TAGS: tags.get(row.pk),
            **own,
        }


def _variant_cells(rows: Sequence[Variant]) -> Iterator[Cells]:
    named, customs = _codes(rows, VARIANT_POINTERS), _custom_cells(rows)
    for row, own in zip(rows, customs, strict=True):
        yield {
            "id": row.pk,
            **named(row),
            **{name: getattr(row, name) for name in VARIANT_COLUMNS},
            **_dimension_cells(row),
            **{f"{OPTION}{code}": value for code, value in row.option_values.items()},
            **own,
        }


def _price_cells(rows: Sequence[Price]) -> Iterator[Cells]:
    named = _codes(rows, PRICE_POINTERS)
    for row in rows:
        yield {
            **named(row),
            **{name: getattr(row, name) for name in PRICE_COLUMNS},
            "valid_from": row.valid.lower,
            "valid_until": row.valid.upper,
        }


def _codes(rows: Sequence[Any], pointers: Mapping[str, str]) -> Callable[[Any], Cells]:
    """What cells say of the records that the rows point to; a query for each kind that is named by a code."""
    found: dict[str, Mapping[UUID, str]] = {}
    for name, attribute in pointers.items():
        ids = {value for row in rows if (value := getattr(row, attribute)) is not None}
        place = CODES.get(name)
        kind = ENTITIES.get(place[0]) if place is not None else None
        if ids and place is not None and kind is not None:
            found[name] = dict(kind.living().filter(pk__in=ids).values_list("pk", place[1]))
    return partial(_named, pointers, found)


def _named(pointers: Mapping[str, str], found: Mapping[str, Mapping[UUID, str]], row: Any) -> Cells:
    ids = {name: getattr(row, attribute) for name, attribute in pointers.items()}
    return {name: found.get(name, {}).get(value) or value for name, value in ids.items() if value is not None}


def _dimension_cells(row: Any) -> Cells:
    return {name: row.dimensions.get(key) for name, key in DIMENSIONS.items()}


def _custom_cells(rows: Sequence[Any]) -> Iterable[Cells]:
    if not rows:
        return []
    cells = service(FieldDefinitions).cells(rows[0].fields_entity, [row.custom for row in rows])
    return [{f"cf_{key}": value for key, value in own.items()} for own in cells]


def _category_words(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Handles of the products' categories; of one without a handle the way to it."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = CategoryAssignment.objects.filter(product__in=ids, category__deleted_at__isnull=True)
    listed = list(rows.order_by("rank", "pk").values_list("product_id", "category__slug", "category__path"))
    paths = {path for _product, slug, path in listed if not slug}
    above = {item for path in paths for item in path.rstrip("/").split("/")}
    names = {str(pk): name for pk, name in Category.objects.filter(pk__in=above).values_list("pk", "name")}
    for product_id, slug, path in listed:
        found[product_id].append(slug or BETWEEN.join(names.get(item, "") for item in path.rstrip("/").split("/")))
    return found


def _tag_words(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = ProductTagging.objects.filter(product__in=ids, tag__deleted_at__isnull=True)
    for product_id, label in rows.order_by("tag__label", "pk").values_list("product_id", "tag__label"):
        found[product_id].append(label)
    return found
