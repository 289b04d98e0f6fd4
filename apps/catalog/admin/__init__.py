"""Back office pages of the catalog."""

from apps.catalog.admin.price_setup import PriceKindPage, PriceListPage
from apps.catalog.admin.prices import PricePage
from apps.catalog.admin.pricing_settings import settings_view

__all__ = ["PriceKindPage", "PriceListPage", "PricePage", "settings_view"]
