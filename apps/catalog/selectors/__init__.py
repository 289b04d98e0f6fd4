from apps.catalog.selectors.lowest import LowestPrice, LowestQuestion, lowest_price
from apps.catalog.selectors.options import broken_variants, schema_usage, variants_with_options
from apps.catalog.selectors.price_choice import PriceChoice, chosen_prices
from apps.catalog.selectors.prices import currencies_of_prices, history_of, prices_of_today, valid_at
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
from apps.catalog.selectors.settings import pricing_rules, pricing_settings
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
    "LowestPrice",
    "LowestQuestion",
    "PriceChoice",
    "broken_variants",
    "bundles_with",
    "categories_of",
    "chosen_prices",
    "components_of",
    "contains",
    "conversions_of",
    "currencies_of_prices",
    "has_conversions",
    "history_of",
    "living_product",
    "living_products",
    "lowest_price",
    "parts_of",
    "prices_of_today",
    "pricing_rules",
    "pricing_settings",
    "product_by_sku",
    "products_with",
    "relations_of",
    "schema_usage",
    "tags_of",
    "twins_of",
    "valid_at",
    "variants_of",
    "variants_with_options",
    "with_sku",
]
