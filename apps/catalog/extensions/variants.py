"""What the catalog adds to the pages of its own records: tabs of a product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.builder import TAB, variants_address
from apps.catalog.admin.parts import PARTS_TAB, RELATED_TAB, parts_address, related_address
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Product, Variant
from apps.catalog.services.components import MADE_OF_OTHERS
from apps.kernel.addresses import address_if_any
from apps.kernel.extensions.tabs import RecordTab, record_tab


def where_variants_are(product: Product) -> str:
    """The page of its variants; bundles and groups have none."""
    return "" if product.product_type in MADE_OF_OTHERS else variants_address(product.pk)


def where_siblings_are(variant: Variant) -> str:
    """The page of all variants of its product."""
    return variants_address(variant.product_id)


def where_units_are(product: Product) -> str:
    """The list of its units."""
    return address_if_any("admin:catalog_unitconversion_changelist", query={"product__id__exact": product.pk})


def where_parts_are(product: Product) -> str:
    """The page of what a bundle or group is made of."""
    return parts_address(product) if product.product_type in MADE_OF_OTHERS else ""


record_tab(RecordTab(TAB, _("Variants"), Product.entity_id, where_variants_are, priority=50, features=(VIEW_PRODUCTS,)))
record_tab(RecordTab(PARTS_TAB, _("Parts"), Product.entity_id, where_parts_are, priority=50, features=(VIEW_PRODUCTS,)))
record_tab(
    RecordTab(
        RELATED_TAB, _("Related products"), Product.entity_id, related_address, priority=40, features=(VIEW_PRODUCTS,)
    )
)
record_tab(
    RecordTab(
        "catalog.siblings",
        _("All variants"),
        Variant.entity_id,
        where_siblings_are,
        priority=50,
        features=(VIEW_PRODUCTS,),
    )
)
record_tab(
    RecordTab("catalog.units", _("Units"), Product.entity_id, where_units_are, priority=30, features=(VIEW_PRODUCTS,))
)
