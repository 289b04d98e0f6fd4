from apps.catalog.api.views.components import ComponentsView, ComponentView, ConversionViewSet, RelationsView
from apps.catalog.api.views.variants import GenerationView, ProductVariantsView, VariantOrderView, VariantViewSet

__all__ = [
    "ComponentView",
    "ComponentsView",
    "ConversionViewSet",
    "GenerationView",
    "ProductVariantsView",
    "RelationsView",
    "VariantOrderView",
    "VariantViewSet",
]
