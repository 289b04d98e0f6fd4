from apps.catalog.services.categories import (
    create_category,
    delete_category,
    move_category,
    reorder_categories,
    update_category,
)
from apps.catalog.services.category_products import assign_products, reorder_products, unassign_products
from apps.catalog.services.offers import create_offer, delete_offer, update_offer

__all__ = [
    "assign_products",
    "create_category",
    "create_offer",
    "delete_category",
    "delete_offer",
    "move_category",
    "reorder_categories",
    "reorder_products",
    "unassign_products",
    "update_category",
    "update_offer",
]
