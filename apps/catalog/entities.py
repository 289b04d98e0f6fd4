"""The kinds of record of this module."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

from django.db.models import Q

from apps.catalog.models import (
    Category,
    CategoryAssignment,
    Component,
    Offer,
    OptionSchema,
    Price,
    PriceKind,
    PriceList,
    PricingSettings,
    Product,
    ProductRelation,
    ProductTag,
    UnitConversion,
    Variant,
)
from apps.catalog.selectors import path_labels
from apps.catalog.services.components import hold_bundles, judge_part
from apps.catalog.services.price_restoring import validate_price_restore
from apps.kernel.registry.entities import Entity, Image, add_entity, entity
from apps.kernel.tenancy.scope import Actor


def judge_component(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let no bundle contain itself by an undo."""
    if after is not None:
        hold_bundles()
        judge_part(Component(parent_id=UUID(after["parent_id"]), product_id=UUID(after["product_id"])))


@dataclass(frozen=True, slots=True)
class CategoryKind(Entity):
    """Categories: whoever looks for one is told where it stands, as several may be called the same."""

    def find(self, text: str, *, limit: int = 20, within: str = "") -> list[tuple[UUID, str]]:
        """Id and path of living categories whose name or handle contains the text, by their paths."""
        rows = self.part(within)
        if text:
            rows = rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))
        found = path_labels(rows.order_by("depth", "position", "pk")[:limit])
        return sorted(found.items(), key=itemgetter(1))


entity(OptionSchema, icon="tune", search=("name", "code"), url="admin:catalog_optionschema_change")
entity(
    Product,
    icon="inventory_2",
    search=("title", "sku", "handle"),
    url="admin:catalog_product_change",
    broadcast="staff",
)
entity(ProductRelation, icon="link")
entity(Variant, icon="style", search=("name", "sku", "barcode"), url="admin:catalog_variant_change", broadcast="staff")
entity(Component, icon="package_2", url="admin:catalog_component_change", validate_restore=judge_component)
add_entity(
    CategoryKind(
        str(Category.entity_id),
        Category,
        Category._meta.verbose_name or "",
        Category._meta.verbose_name_plural or "",
        icon="account_tree",
        search=("name", "slug"),
        url="admin:catalog_category_change",
    ),
    broadcast="staff",
)
entity(CategoryAssignment, icon="account_tree")
entity(ProductTag, icon="sell", search=("label",), url="admin:catalog_producttag_change")
entity(UnitConversion, icon="straighten", search=("unit",), url="admin:catalog_unitconversion_change")
entity(Offer, icon="local_offer", search=("title",), url="admin:catalog_offer_change", broadcast="staff")
entity(PriceKind, icon="category", search=("title", "code"), url="admin:catalog_pricekind_change")
entity(PriceList, icon="list_alt", search=("name", "code"), url="admin:catalog_pricelist_change", broadcast="staff")
entity(PricingSettings, icon="settings")
entity(
    Price,
    icon="payments",
    url="admin:catalog_price_change",
    validate_restore=validate_price_restore,
    broadcast="staff",
)
