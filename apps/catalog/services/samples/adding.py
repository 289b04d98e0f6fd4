"""Gives an organization a sample shop: products with all that belongs to them, and prices of two years, by set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.catalog.calculations.words import LONGEST_SLUG, tag_slug
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.models import (
    Category,
    CategoryAssignment,
    CodeType,
    Component,
    OptionSchema,
    Product,
    ProductRelation,
    ProductTag,
    ProductTagging,
    ProductType,
    Relation,
    UnitConversion,
    Variant,
)
from apps.catalog.services.samples.drawing import Draw, ProductSample
from apps.catalog.services.samples.pricing import Priced, add_prices
from apps.catalog.services.samples.words import (
    BASKET,
    CLOTHING_OPTIONS,
    COLOUR,
    COLOURS,
    GROUPS,
    ROOTS,
    SIZE,
    SIZES,
    SORTS,
    TAGS,
)
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.words import slug_of

ROUND = 1000
BASKETS, IN_A_BASKET = 10, 4
SOLD_IN_BOXES = "fasteners"


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where products of a shop are put: ids of the categories of its sorts, and of its tags."""

    categories: list[UUID]
    tags: list[UUID]
    schema: OptionSchema | None
    tax_classes: dict[str, UUID]


@command(
    "catalog.sample.add",
    feature=MANAGE_PRODUCTS,
    resource="catalog.product",
    undoable=False,
    undo_reason=_("it begins a demonstration, which is made anew instead."),
)
def add_samples(*, shop: str, products: int) -> int:
    """Add a made-up shop (`clothing`, `parts` or `food`) to the selected organization; how many products it has."""
    profile = service(TenantBook).profile()
    language = profile.locale.partition("-")[0]
    draw = Draw(shop, language=language, until=clock.now(), currency=profile.base_currency)
    shelves = _shelves(draw)
    baskets = BASKETS if shop == "food" else 0
    samples = list(draw.products(products - baskets))
    rows = [_product(sample, shelves, shop) for sample in samples]
    Product.objects.bulk_create(rows, batch_size=ROUND)
    variants = _variants(draw, list(zip(rows, samples, strict=True)))
    _put_away(rows, samples, shelves)
    add_prices(draw, [Priced(row, sample, variants.get(row.pk, [])) for row, sample in zip(rows, samples, strict=True)])
    _add_baskets(draw, rows[:: max(1, len(rows) // BASKETS)][:baskets], rows)
    _relate(draw, rows)
    return len(rows) + baskets


def _shelves(draw: Draw) -> Shelves:
    kind = ENTITIES.get("sales.tax_class")
    rows = kind.living().filter(organization_id=current_scope().organization_id) if kind is not None else []
    classes = {str(row.code): row.pk for row in rows}
    tags = [
        ProductTag(label=label, slug=tag_slug(label)) for label in dict.fromkeys(item[draw.language] for item in TAGS)
    ]
    ProductTag.objects.bulk_create(tags)
    return Shelves(_categories(draw), [tag.pk for tag in tags], _schema(draw), classes)


def _categories(draw: Draw) -> list[UUID]:
    """The tree of the shop, three levels deep; ids of the leaves in the order of its sorts."""
    root = _category(ROOTS[draw.shop][draw.language], None, 0)
    groups: dict[str, Category] = {}
    leaves: list[Category] = []
    for sort in SORTS[draw.shop]:
        if sort.group not in groups:
            groups[sort.group] = _category(GROUPS[sort.group][draw.language], root, len(groups))
        leaves.append(_category(sort.name[draw.language], groups[sort.group], len(leaves)))
    for level in ([root], groups.values(), leaves):
        Category.objects.bulk_create(level)
    return [leaf.pk for leaf in leaves]


def _category(name: str, parent: Category | None, position: int) -> Category:
    row = Category(name=name, parent=parent, position=position, depth=parent.depth + 1 if parent else 0)
    row.slug = slug_of(f"{parent.slug} {name}" if parent else name, longest=LONGEST_SLUG)
    row.path = f"{parent.path if parent else ''}{row.pk}/"
    return row


def _schema(draw: Draw) -> OptionSchema | None:
    if draw.shop != "clothing":
        return None
    sizes = [{"code": size, "label": size.upper()} for size in SIZES]
    colours = [{"code": code, "label": words[draw.language]} for code, words in COLOURS.items()]
    options = [
        {"code": "size", "label": SIZE[draw.language], "input_type": "select", "is_required": True, "choices": sizes},
        {
            "code": "colour",
            "label": COLOUR[draw.language],
            "input_type": "select",
            "is_required": True,
            "choices": colours,
        },
    ]
    schema = OptionSchema(name=CLOTHING_OPTIONS[draw.language], code="clothing", options=options)
    schema.save(force_insert=True)
    return schema


def _product(sample: ProductSample, shelves: Shelves, shop: str) -> Product:
    is_food = bool(sample.values.get("unit_price_reference")) and not sample.values.get("is_excise_good")
    row = Product(**sample.values)
    row.tax_class_id = shelves.tax_classes.get("reduced" if is_food else "standard")
    if sample.variants:
        row.product_type, row.option_schema = ProductType.CONFIGURABLE, shelves.schema
    if SORTS[shop][sample.sort].group == SOLD_IN_BOXES:
        row.sales_unit = sample.units[0][0]
    return row


def _variants(draw: Draw, pairs: Sequence[tuple[Product, ProductSample]]) -> dict[UUID, list[Variant]]:
    """Variants by product; the first of each is the default."""
    found = {
        row.pk: [_variant(draw, row, sample, place) for place in range(len(sample.variants))] for row, sample in pairs
    }
    Variant.objects.bulk_create((row for rows in found.values() for row in rows), batch_size=ROUND)
    return found


def _variant(draw: Draw, product: Product, sample: ProductSample, place: int) -> Variant:
    item = sample.variants[place]
    return Variant(
        product=product,
        name=f"{item.size.upper()} / {COLOURS[item.colour][draw.language]}",
        sku=item.sku,
        barcode=item.barcode,
        barcode_type=CodeType.EAN13,
        option_values={"size": item.size, "colour": item.colour},
        position=place,
        is_default=place == 0,
        weight=product.weight,
        weight_unit=product.weight_unit,
        created_at=product.created_at,
        updated_at=product.created_at,
    )


def _put_away(rows: Sequence[Product], samples: Sequence[ProductSample], shelves: Shelves) -> None:
    """Put products into categories, mark them, and say which units they are sold in."""
    pairs = list(zip(rows, samples, strict=True))
    places: Counter[int] = Counter()
    assignments = []
    for row, item in pairs:
        shelf = shelves.categories[item.sort]
        assignments.append(CategoryAssignment(product=row, category_id=shelf, position=places[item.sort]))
        places[item.sort] += 1
    CategoryAssignment.objects.bulk_create(assignments, batch_size=ROUND)
    taggings = (ProductTagging(product=row, tag_id=shelves.tags[tag]) for row, item in pairs for tag in item.tags)
    ProductTagging.objects.bulk_create(taggings, batch_size=ROUND)
    units = (
        UnitConversion(product=row, unit=unit, factor=factor, position=place)
        for row, item in pairs
        for place, (unit, factor) in enumerate(item.units)
    )
    UnitConversion.objects.bulk_create(units, batch_size=ROUND)


def _add_baskets(draw: Draw, firsts: Sequence[Product], rows: Sequence[Product]) -> None:
    """Bundles of some products each; what they cost is the sum of their parts, so they have no price of their own."""
    name = BASKET[draw.language]
    baskets = [
        Product(
            title=f"{name} {number}",
            sku=f"BASKET-{number:02}",
            handle=f"basket-{number:02}",
            product_type=ProductType.BUNDLE,
            primary_currency=draw.currency,
            unit="pc",
        )
        for number, _basket in enumerate(firsts, start=1)
    ]
    Product.objects.bulk_create(baskets)
    parts: Iterable[Any] = (
        Component(parent=basket, product=product, quantity=1, position=place)
        for basket in baskets
        for place, product in enumerate(draw.chosen(rows, IN_A_BASKET))
    )
    Component.objects.bulk_create(parts)


def _relate(draw: Draw, rows: Sequence[Product]) -> None:
    """Show some products beside others."""
    shown = draw.chosen(rows, len(rows) // 10)
    relations = (
        ProductRelation(product=first, related=second, kind=Relation.RELATED) for first, second in pairwise(shown)
    )
    ProductRelation.objects.bulk_create(relations)
