from __future__ import annotations

from django.urls import URLPattern, URLResolver

from apps.catalog.api.views import OptionSchemaViewSet, ProductViewSet, TagViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("products", ProductViewSet, basename="catalog.product")
router.register("option-schemas", OptionSchemaViewSet, basename="catalog.option_schema")
router.register("tags", TagViewSet, basename="catalog.tag")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
]
