"""Back office pages of the catalog."""

from apps.catalog.admin.price_changes import change_view
from apps.catalog.admin.price_grid import grid_view
from apps.catalog.admin.price_setup import PriceKindPage, PriceListPage
from apps.catalog.admin.prices import PricePage
from apps.catalog.admin.pricing_settings import settings_view

__all__ = ["PriceKindPage", "PriceListPage", "PricePage", "change_view", "grid_view", "settings_view"]
