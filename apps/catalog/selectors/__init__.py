from apps.catalog.selectors.categories import (
    Around,
    around,
    children_of,
    living_categories,
    nested,
    product_counts,
    seen_assignments,
)
from apps.catalog.selectors.offers import in_state, listing_of, name_offers, products_by_id, shown_title, with_state

__all__ = [
    "Around",
    "around",
    "children_of",
    "in_state",
    "listing_of",
    "living_categories",
    "name_offers",
    "nested",
    "product_counts",
    "products_by_id",
    "seen_assignments",
    "shown_title",
    "with_state",
]
