from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views import (
    AssignmentViewSet,
    CategoryTreeView,
    CategoryViewSet,
    ComponentsView,
    ComponentView,
    ConversionViewSet,
    GenerationView,
    LowestPriceView,
    OfferViewSet,
    OptionSchemaViewSet,
    PriceChangeView,
    PriceKindViewSet,
    PriceListViewSet,
    PriceViewSet,
    PricingSettingsView,
    ProductVariantsView,
    ProductViewSet,
    RelationsView,
    TagViewSet,
    VariantOrderView,
    VariantViewSet,
)
from apps.catalog.api.views.choices import ChoicesView
from apps.catalog.api.views.media import (
    OfferPicturesView,
    ProductMainPictureView,
    ProductPicturesView,
    VariantMainPictureView,
    VariantPicturesView,
)
from apps.catalog.api.views.moving import PriceFileView, ProductFileView, VariantFileView
from apps.catalog.api.views.offer_prices import OfferPricesView
from apps.catalog.api.views.price_history import PriceHistoryViewSet
from apps.catalog.api.views.priced import PricedProductViewSet
from apps.catalog.api.views.pricing import ExplainPriceView, ResolvePricesView
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("products", ProductViewSet, basename="catalog.product")
router.register("option-schemas", OptionSchemaViewSet, basename="catalog.option_schema")
router.register("tags", TagViewSet, basename="catalog.tag")
router.register("variants", VariantViewSet, basename="catalog.variant")
router.register("unit-conversions", ConversionViewSet, basename="catalog.unit_conversion")
router.register("price-kinds", PriceKindViewSet, basename="catalog.price_kind")
router.register("price-lists", PriceListViewSet, basename="catalog.price_list")
router.register("prices", PriceViewSet, basename="catalog.price")
router.register("categories", CategoryViewSet, basename="catalog.category")
router.register("category-assignments", AssignmentViewSet, basename="catalog.category_assignment")
router.register("offers", OfferViewSet, basename="catalog.offer")

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/products/", ProductFileView.as_view(), name="catalog.file-products"),
    path("files/variants/", VariantFileView.as_view(), name="catalog.file-variants"),
    path("files/prices/", PriceFileView.as_view(), name="catalog.file-prices"),
    path("products/<uuid:pk>/media/", ProductPicturesView.as_view(), name="catalog.product-media"),
    path("products/<uuid:pk>/media/main/", ProductMainPictureView.as_view(), name="catalog.product-media-main"),
    path("variants/<uuid:pk>/media/", VariantPicturesView.as_view(), name="catalog.variant-media"),
    path("variants/<uuid:pk>/media/main/", VariantMainPictureView.as_view(), name="catalog.variant-media-main"),
    path("products/<uuid:pk>/variants/", ProductVariantsView.as_view(), name="catalog.product-variants"),
    path("products/<uuid:pk>/variants/generate/", GenerationView.as_view(), name="catalog.product-variants-generate"),
    path("products/<uuid:pk>/variants/order/", VariantOrderView.as_view(), name="catalog.product-variants-order"),
    path("products/<uuid:pk>/components/", ComponentsView.as_view(), name="catalog.product-components"),
    path(
        "products/<uuid:pk>/components/<uuid:component_id>/", ComponentView.as_view(), name="catalog.product-component"
    ),
    path("products/<uuid:pk>/relations/", RelationsView.as_view(), name="catalog.product-relations"),
    path("prices/change/", PriceChangeView.as_view(), name="catalog.price.change"),
    path("prices/lowest/", LowestPriceView.as_view(), name="catalog.price.lowest"),
    path("offers/<uuid:pk>/prices/", OfferPricesView.as_view(), name="catalog.offer-prices"),
    path("offers/<uuid:pk>/media/", OfferPicturesView.as_view(), name="catalog.offer-media"),
    path("prices/<uuid:pk>/history/", PriceHistoryViewSet.as_view({"get": "history"}), name="catalog.price-history"),
    path("dictionaries/<slug:key>/", ChoicesView.as_view(), name="catalog.choices"),
    path("settings/", PricingSettingsView.as_view(), name="catalog.settings"),
    path("pricing/resolve/", ResolvePricesView.as_view(), name="catalog.pricing.resolve"),
    path("priced-products/", PricedProductViewSet.as_view({"get": "list"}), name="catalog.priced_products"),
    path("prices/explain/", ExplainPriceView.as_view(), name="catalog.pricing.explain"),
    path("categories/tree/", CategoryTreeView.as_view(), name="catalog.category.tree"),
    *router.urls,
]
