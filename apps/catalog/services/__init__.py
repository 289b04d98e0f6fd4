from apps.catalog.services.price_changes import change_prices, preview_change
from apps.catalog.services.price_drafts import PriceDraft
from apps.catalog.services.price_kinds import create_price_kind, delete_price_kind, update_price_kind
from apps.catalog.services.price_lists import create_price_list, delete_price_list, update_price_list
from apps.catalog.services.price_sets import Tier, set_prices, set_tiers
from apps.catalog.services.prices import close_price, correct_price, create_price
from apps.catalog.services.pricing_settings import update_pricing_settings

__all__ = [
    "PriceDraft",
    "Tier",
    "change_prices",
    "close_price",
    "correct_price",
    "create_price",
    "create_price_kind",
    "create_price_list",
    "delete_price_kind",
    "delete_price_list",
    "preview_change",
    "set_prices",
    "set_tiers",
    "update_price_kind",
    "update_price_list",
    "update_pricing_settings",
]
