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
    "bundles_with",
    "components_of",
    "contains",
    "conversions_of",
    "living_product",
    "relations_of",
    "variants_of",
]
