from apps.catalog.selectors.categories import (
    Around,
    around,
    children_of,
    living_categories,
    nested,
    product_counts,
    seen_assignments,
)
from apps.catalog.selectors.lowest import LowestPrice, LowestQuestion, lowest_price
from apps.catalog.selectors.offer_prices import OfferPrices, offer_prices
from apps.catalog.selectors.offers import in_state, listing_of, name_offers, products_by_id, shown_title
from apps.catalog.selectors.options import broken_by_product, broken_variants, schema_usage, variants_with_options
from apps.catalog.selectors.price_choice import PriceChoice, chosen_prices
from apps.catalog.selectors.prices import currencies_of_prices, history_of, prices_of_today, valid_at
from apps.catalog.selectors.products import (
    categories_of,
    living_products,
    parts_of,
    product_by_sku,
    products_with,
    tags_of,
    twins_of,
    with_sku,
)
from apps.catalog.selectors.settings import pricing_settings
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
    "Around",
    "LowestPrice",
    "LowestQuestion",
    "OfferPrices",
    "PriceChoice",
    "around",
    "broken_by_product",
    "broken_variants",
    "bundles_with",
    "categories_of",
    "children_of",
    "chosen_prices",
    "components_of",
    "contains",
    "conversions_of",
    "currencies_of_prices",
    "history_of",
    "in_state",
    "listing_of",
    "living_categories",
    "living_product",
    "living_products",
    "lowest_price",
    "name_offers",
    "nested",
    "offer_prices",
    "parts_of",
    "prices_of_today",
    "pricing_settings",
    "product_by_sku",
    "product_counts",
    "products_by_id",
    "products_with",
    "relations_of",
    "schema_usage",
    "seen_assignments",
    "shown_title",
    "tags_of",
    "twins_of",
    "valid_at",
    "variants_of",
    "variants_with_options",
    "with_sku",
]
