from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views import (
    LowestPriceView,
    PriceChangeView,
    PriceKindViewSet,
    PriceListViewSet,
    PriceViewSet,
    PricingSettingsView,
)
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("price-kinds", PriceKindViewSet, basename="catalog.price_kind")
router.register("price-lists", PriceListViewSet, basename="catalog.price_list")
router.register("prices", PriceViewSet, basename="catalog.price")

urlpatterns: list[URLPattern | URLResolver] = [
    path("prices/change/", PriceChangeView.as_view(), name="catalog.price.change"),
    path("prices/lowest/", LowestPriceView.as_view(), name="catalog.price.lowest"),
    path("settings/", PricingSettingsView.as_view(), name="catalog.settings"),
    *router.urls,
]
