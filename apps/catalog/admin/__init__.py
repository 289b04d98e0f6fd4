"""Back office pages of the catalog."""

from apps.catalog.admin.categories import CategoryPage
from apps.catalog.admin.category_tree import category_tree_view
from apps.catalog.admin.offers import OfferPage

__all__ = ["CategoryPage", "OfferPage", "category_tree_view"]
