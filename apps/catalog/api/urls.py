from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views.pricing import ExplainPriceView, ResolvePricesView

urlpatterns: list[URLPattern | URLResolver] = [
    path("pricing/resolve/", ResolvePricesView.as_view(), name="catalog.pricing.resolve"),
    path("prices/explain/", ExplainPriceView.as_view(), name="catalog.pricing.explain"),
]
