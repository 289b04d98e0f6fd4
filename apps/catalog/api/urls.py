from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views.moving import PriceFileView, ProductFileView, VariantFileView

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/products/", ProductFileView.as_view(), name="catalog.file-products"),
    path("files/variants/", VariantFileView.as_view(), name="catalog.file-variants"),
    path("files/prices/", PriceFileView.as_view(), name="catalog.file-prices"),
]
