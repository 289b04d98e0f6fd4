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
from apps.catalog.selectors.variants import (
    bundles_with,
    components_of,
    contains,
    conversions_of,
    living_product,
    relations_of,
    variants_of,
)

__all__ = [
    "broken_variants",
    "bundles_with",
    "categories_of",
    "components_of",
    "contains",
    "conversions_of",
    "has_conversions",
    "living_product",
    "living_products",
    "parts_of",
    "product_by_sku",
    "products_with",
    "relations_of",
    "schema_usage",
    "tags_of",
    "twins_of",
    "variants_of",
    "variants_with_options",
    "with_sku",
]
