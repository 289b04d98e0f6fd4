from apps.catalog.api.views.price_changes import LowestPriceView, PriceChangeView, PricingSettingsView
from apps.catalog.api.views.prices import PriceKindViewSet, PriceListViewSet, PriceViewSet

__all__ = [
    "LowestPriceView",
    "PriceChangeView",
    "PriceKindViewSet",
    "PriceListViewSet",
    "PriceViewSet",
    "PricingSettingsView",
]
