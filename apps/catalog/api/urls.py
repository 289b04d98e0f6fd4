from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views.priced import PricedProductViewSet
from apps.catalog.api.views.pricing import ExplainPriceView, ResolvePricesView

urlpatterns: list[URLPattern | URLResolver] = [
    path("pricing/resolve/", ResolvePricesView.as_view(), name="catalog.pricing.resolve"),
    path("priced-products/", PricedProductViewSet.as_view({"get": "list"}), name="catalog.priced_products"),
    path("prices/explain/", ExplainPriceView.as_view(), name="catalog.pricing.explain"),
]
