"""How products, variants, categories and offers are found."""

from __future__ import annotations

from apps.catalog.features import VIEW_CATEGORIES, VIEW_OFFERS, VIEW_PRODUCTS
from apps.catalog.models import Category, Offer, Product, Variant
from apps.search.contracts import searchable

searchable(
    Product,
    feature=VIEW_PRODUCTS,
    title="title",
    subtitle="subtitle",
    fields={"title": "A", "sku": "A", "handle": "B", "subtitle": "B", "description": "C", "seo_description": "D"},
)
searchable(Variant, feature=VIEW_PRODUCTS, title="name", fields={"name": "A", "sku": "A", "barcode": "A"})
searchable(Category, feature=VIEW_CATEGORIES, title="name", fields={"name": "A", "slug": "B", "description": "C"})
searchable(Offer, feature=VIEW_OFFERS, title="title", fields={"title": "A", "description": "C"})
