"""Tables of the catalog."""

from __future__ import annotations

from apps.catalog.models.categories import Category, CategoryAssignment, ProductTag, ProductTagging
from apps.catalog.models.notices import Ahead, SentNotice
from apps.catalog.models.offers import Offer, OfferKind
from apps.catalog.models.options import OptionSchema
from apps.catalog.models.prices import DisplayMode, Price, PriceKind, PriceList, PricingSettings
from apps.catalog.models.products import Product, ProductRelation, ProductType, Relation
from apps.catalog.models.units import UnitConversion
from apps.catalog.models.variants import CodeType, Component, Variant

__all__ = [
    "Ahead",
    "Category",
    "CategoryAssignment",
    "CodeType",
    "Component",
    "DisplayMode",
    "Offer",
    "OfferKind",
    "OptionSchema",
    "Price",
    "PriceKind",
    "PriceList",
    "PricingSettings",
    "Product",
    "ProductRelation",
    "ProductTag",
    "ProductTagging",
    "ProductType",
    "Relation",
    "SentNotice",
    "UnitConversion",
    "Variant",
]
