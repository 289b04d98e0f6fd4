from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views.media import (
    ProductMainPictureView,
    ProductPicturesView,
    VariantMainPictureView,
    VariantPicturesView,
)
from apps.catalog.api.views.moving import PriceFileView, ProductFileView, VariantFileView

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/products/", ProductFileView.as_view(), name="catalog.file-products"),
    path("files/variants/", VariantFileView.as_view(), name="catalog.file-variants"),
    path("files/prices/", PriceFileView.as_view(), name="catalog.file-prices"),
    path("products/<uuid:pk>/media/", ProductPicturesView.as_view(), name="catalog.product-media"),
    path("products/<uuid:pk>/media/main/", ProductMainPictureView.as_view(), name="catalog.product-media-main"),
    path("variants/<uuid:pk>/media/", VariantPicturesView.as_view(), name="catalog.variant-media"),
    path("variants/<uuid:pk>/media/main/", VariantMainPictureView.as_view(), name="catalog.variant-media-main"),
]
