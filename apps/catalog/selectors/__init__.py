from apps.catalog.selectors.options import broken_variants, schema_usage, variants_with_options
from apps.catalog.selectors.products import (
    categories_of,
    has_conversions,
    living_products,
    parts_of,
    product_by_sku,
    products_with,
    tags_of,
    twins_of,
    with_sku,
)

__all__ = [
    "broken_variants",
    "categories_of",
    "has_conversions",
    "living_products",
    "parts_of",
    "product_by_sku",
    "products_with",
    "schema_usage",
    "tags_of",
    "twins_of",
    "variants_with_options",
    "with_sku",
]
