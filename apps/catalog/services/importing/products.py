"""Rows of files into products."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.catalog.calculations.products import (
    dimension_complaints,
    normal_dimensions,
    normal_gtu_codes,
    normal_text,
    normal_un_number,
    rule_complaints,
)
from apps.catalog.calculations.words import normal_label
from apps.catalog.errors import OptionValuesInvalid
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.models import CategoryAssignment, OptionSchema, Product, ProductTagging
from apps.catalog.models.products import ProductType
from apps.catalog.selectors import broken_by_product, naming
from apps.catalog.selectors.moved_columns import (
    CATEGORIES,
    DIMENSIONS,
    PRICE_COLUMNS,
    PRODUCT_COLUMNS,
    PRODUCT_POINTERS,
    TAGS,
    VARIANT_COLUMNS,
)
from apps.catalog.services.conversions import UNITS, base_unit_complaints, other_units
from apps.catalog.services.importing.fields import product_fields
from apps.catalog.services.importing.rows import CatalogRows, Judged, Lines, sound
from apps.catalog.services.importing.targets import CatalogTarget
from apps.catalog.services.loading import store_products
from apps.catalog.services.marks import held_in
from apps.catalog.services.option_schemas import hide_schema
from apps.catalog.services.product_options import OWNED
from apps.catalog.services.unit_codes import known_units, unknown_units
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.declarations import command
from apps.kernel.ids import uuid7
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.orders import Line, Outcome
from apps.kernel.references.validation import UNKNOWN
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.words import squeezed

LONGEST_LABEL = 100
SCHEMA = "option_schema"
KEPT = frozenset({*PRODUCT_COLUMNS, *VARIANT_COLUMNS, *PRICE_COLUMNS})
CHECKED = (*PRODUCT_COLUMNS, "dimensions")


class ProductRows(CatalogRows):
    """One batch of lines for products."""

    model = Product
    columns = PRODUCT_COLUMNS
    pointers: ClassVar[Mapping[str, str]] = PRODUCT_POINTERS

    def write(self, lines: Sequence[Line]) -> list[Outcome]:
        """Judge the lines, and store what nothing is wrong with; an outcome for each."""
        ids, unknown = self.named(lines)
        held = self.held(lines)
        customs = self.customs(list(held.values()))
        ready = [line for line in lines if line.number not in unknown]
        self._look_up(ready, ids, held)
        judged = [self._judged(line, ids[line.number], held, customs) for line in ready]
        self._judge_together(judged)
        store_products(list(sound(judged)))
        self._drop_left(sound(judged))
        return self.outcomes(lines, unknown, judged)

    def _look_up(
        self, lines: Sequence[Line], ids: Mapping[int, Mapping[str, UUID]], held: Mapping[UUID, Product]
    ) -> None:
        """Read what lines name and what their products have: a query for each kind of thing."""
        self._former = {pk: row.option_schema_id for pk, row in held.items()}
        wanted = {ids[line.number][SCHEMA] for line in lines if SCHEMA in ids[line.number]}
        self._schemas = held_in(OptionSchema.entity_id, wanted, current_scope().writing_organization())
        had = {pk for pk in self._former.values() if pk is not None} if wanted else set()
        owned = OptionSchema.objects.filter(pk__in=self._schemas | had, is_owned=True)
        self._owned = {row.pk: row for row in owned} if wanted else {}
        self._units = known_units() if any(self._names(lines, name) for name in UNITS) else frozenset()
        self._others = other_units(held if self._names(lines, "unit") else ())
        self._categories = naming.categories(self._words(lines, CATEGORIES))
        self._tags = naming.tags(self._words(lines, TAGS))
        self._has: dict[str, dict[UUID, list[UUID]]] = {CATEGORIES: defaultdict(list), TAGS: defaultdict(list)}
        if self._names(lines, CATEGORIES):
            rows = CategoryAssignment.objects.filter(product__in=held, category__deleted_at__isnull=True)
            for product_id, category_id in rows.order_by("position", "pk").values_list("product_id", "category_id"):
                self._has[CATEGORIES][product_id].append(category_id)
        if self._names(lines, TAGS):
            taggings = ProductTagging.objects.filter(product__in=held, tag__deleted_at__isnull=True)
            for product_id, tag_id in taggings.values_list("product_id", "tag_id"):
                self._has[TAGS][product_id].append(tag_id)

    @staticmethod
    def _names(lines: Sequence[Line], name: str) -> bool:
        return any(name in line.values for line in lines)

    @staticmethod
    def _words(lines: Sequence[Line], name: str) -> list[str]:
        return [word for line in lines for word in line.values.get(name, ())]

    def _judged(
        self,
        line: Line,
        ids: Mapping[str, UUID],
        held: Mapping[UUID, Product],
        customs: Mapping[UUID, Mapping[str, Any]],
    ) -> Judged:
        known = held.get(line.record_id) if line.record_id is not None else None
        judged = Judged(line, known or Product(), known is None, prepared(line.values))
        self.take(judged, ids)
        take_dimensions(judged)
        self.take_customs(judged, ids, customs.get(judged.row.pk, {}))
        self._judge_schema(judged)
        if judged.is_new and judged.row.option_schema_id and "product_type" not in judged.values:
            judged.row.product_type = ProductType.CONFIGURABLE
        judged.complaints += [*complaints_of(judged.row, CHECKED), *rule_complaints(vars(judged.row))]
        given = {name: getattr(judged.row, name) for name in UNITS if name in judged.changed}
        judged.complaints += unknown_units(given, self._units)
        judged.complaints += (
            base_unit_complaints(judged.row, self._others.get(judged.row.pk, {})) if "unit" in given else ()
        )
        self._take_categories(judged)
        self._take_tags(judged)
        return judged

    def _judge_schema(self, judged: Judged) -> None:
        """The options that a product gets are there, and no other product's own."""
        schema_id = judged.row.option_schema_id
        if SCHEMA not in judged.values or schema_id == self._former.get(judged.row.pk):
            return
        if schema_id not in self._schemas:
            judged.complain(SCHEMA, UNKNOWN, _("There is no such record."))
        elif schema_id in self._owned:
            judged.complain(SCHEMA, OWNED, _("These options belong to another product alone."))

    def _moved(self, judged: Iterable[Judged]) -> dict[UUID, Judged]:
        """Sound lines of known products that get other options, by product."""
        moved = (item for item in judged if not item.is_new and not item.complaints)
        return {item.row.pk: item for item in moved if item.row.option_schema_id != self._former[item.row.pk]}

    def _demand_fitting(self, judged: Sequence[Judged]) -> None:
        """Keep options that values of the product's variants need."""
        moved = self._moved(judged)
        changes = {pk: (self._former[pk], item.row.option_schema_id) for pk, item in moved.items()}
        for product_id in broken_by_product(changes) if changes else ():
            text = _("Its variants have values that would not fit any more.")
            moved[product_id].complain(SCHEMA, OptionValuesInvalid.code, text)

    def _drop_left(self, judged: Iterable[Judged]) -> None:
        """Hide own options that products have left."""
        for product_id in self._moved(judged):
            if (left := self._owned.get(self._former[product_id])) is not None:
                hide_schema(left)

    def _take_categories(self, judged: Judged) -> None:
        """What the cell says takes the place of the categories that there are."""
        if CATEGORIES not in judged.values:
            return
        chosen: list[UUID] = []
        for word in judged.values[CATEGORIES]:
            found = self._categories.get(naming.normal_way(word))
            if isinstance(found, UUID):
                chosen.append(found)
                continue
            code = "kernel.import.ambiguous" if found else UNKNOWN
            text = (
                _("Several categories are called so: name the way to it.") if found else _("There is no such record.")
            )
            judged.complain(CATEGORIES, code, text)
        self._settle(judged, CATEGORIES, list(dict.fromkeys(chosen)))

    def _take_tags(self, judged: Judged) -> None:
        """The same for tags; those that are not there are made when the row is stored."""
        if TAGS not in judged.values:
            return
        labels = {normal_label(label): squeezed(label) for label in judged.values[TAGS]}
        if any(len(label) > LONGEST_LABEL for label in labels.values()):
            judged.complain(TAGS, "max_length", _("A tag has at most 100 letters."))
            return
        judged.parts["new_tags"] = [label for name, label in labels.items() if name not in self._tags]
        there = dict.fromkeys(self._tags[name] for name in labels if name in self._tags)
        self._settle(judged, TAGS, list(there), has_more=bool(judged.parts["new_tags"]))

    def _settle(self, judged: Judged, name: str, chosen: list[UUID], *, has_more: bool = False) -> None:
        """Note the ids where they are others than those that the product has; the order of categories counts."""
        there = self._has[name][judged.row.pk]
        is_same = there == chosen if name == CATEGORIES else set(there) == set(chosen)
        if is_same and not has_more:
            return
        judged.parts[name] = chosen
        judged.tell(name, str(len(there)), ", ".join(judged.values[name]))

    def _judge_together(self, judged: Sequence[Judged]) -> None:
        self.changeable(judged)
        self.refuse_again(judged)
        rows = Product.objects.filter(organization_id=current_scope().organization_id, deleted_at__isnull=True)
        for name in ("sku", "handle"):
            wanted = {key for item in judged if (key := self.key_of(item.row, name))}
            known = rows.annotate(small=Lower(name)).filter(Q(small__in=wanted)).values_list("small", "pk")
            self.refuse_taken(judged, name, known)
        self._demand_fitting(judged)
        self.judge_references([item for item in judged if not item.complaints])
        self.judge_customs(judged)


def _example(scope: Scope) -> Mapping[str, Any]:
    code = f"SAMPLE-{uuid7().hex[-8:]}"
    return {"batch": Lines((Line(1, {"title": "Sample of a file", "sku": code, "tags": ["Sample"]}),))}


@command("catalog.product.load", feature=MANAGE_PRODUCTS, bulk=True, example=_example)
def load_products(batch: Lines) -> list[Outcome]:
    """Add or change the products that lines of a file describe; an outcome for each, refused ones among them."""
    return ProductRows(product_fields()).write(batch.lines)


class ProductTarget(CatalogTarget):
    """Products, found by SKU."""

    model = Product
    feature = MANAGE_PRODUCTS
    command = load_products.spec.id
    found_by = ("sku", "handle")

    def fields(self) -> tuple[ImportField, ...]:
        """Columns, what they point to, categories and tags, the tenant's own fields."""
        return product_fields()

    def load(self, lines: Sequence[Line]) -> Sequence[Outcome]:
        """Write the batch."""
        return load_products(Lines(lines))


def prepared(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the cells say, in the form in which columns keep it."""
    found = dict(values)
    for name in KEPT & values.keys():
        if isinstance(found[name], str):
            found[name] = normal_text(name, found[name])
    if "un_number" in found:
        found["un_number"] = normal_un_number(found["un_number"])
    if "gtu_codes" in found:
        found["gtu_codes"] = normal_gtu_codes(found["gtu_codes"])
    return found


def take_dimensions(judged: Judged) -> None:
    """Give the row what cells say of its dimensions; complaints stand at the cells."""
    given = {key: judged.values[name] for name, key in DIMENSIONS.items() if name in judged.values}
    if not given:
        return
    before = dict(judged.row.dimensions)
    after = normal_dimensions({**before, **given})
    for name, key in DIMENSIONS.items():
        if (judged.is_new and key in given) or before.get(key) != after.get(key):
            judged.differ(name, "dimensions", before.get(key, ""), after.get(key, ""))
    cells = {f"dimensions.{key}": name for name, key in DIMENSIONS.items()}
    judged.complaints += [replace(item, field=cells[item.field]) for item in dimension_complaints(after)]
    judged.row.dimensions = after
