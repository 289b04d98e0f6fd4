from apps.catalog.api.views.categories import AssignmentViewSet, CategoryTreeView, CategoryViewSet
from apps.catalog.api.views.components import ComponentsView, ComponentView, ConversionViewSet, RelationsView
from apps.catalog.api.views.offers import OfferViewSet
from apps.catalog.api.views.option_schemas import OptionSchemaViewSet
from apps.catalog.api.views.price_changes import LowestPriceView, PriceChangeView, PricingSettingsView
from apps.catalog.api.views.prices import PriceKindViewSet, PriceListViewSet, PriceViewSet
from apps.catalog.api.views.products import ProductViewSet
from apps.catalog.api.views.tags import TagViewSet
from apps.catalog.api.views.variants import GenerationView, ProductVariantsView, VariantOrderView, VariantViewSet

__all__ = [
    "AssignmentViewSet",
    "CategoryTreeView",
    "CategoryViewSet",
    "ComponentView",
    "ComponentsView",
    "ConversionViewSet",
    "GenerationView",
    "LowestPriceView",
    "OfferViewSet",
    "OptionSchemaViewSet",
    "PriceChangeView",
    "PriceKindViewSet",
    "PriceListViewSet",
    "PriceViewSet",
    "PricingSettingsView",
    "ProductVariantsView",
    "ProductViewSet",
    "RelationsView",
    "TagViewSet",
    "VariantOrderView",
    "VariantViewSet",
]
