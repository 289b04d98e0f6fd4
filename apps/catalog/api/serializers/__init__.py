from apps.catalog.api.serializers.categories import (
    CategoryAssignmentSerializer,
    CategoryMove,
    CategoryOrder,
    CategoryProducts,
    CategorySerializer,
    TreeAnswer,
    TreeQuestion,
)
from apps.catalog.api.serializers.components import (
    ComponentSerializer,
    NewUnitConversionSerializer,
    UnitConversionSerializer,
)
from apps.catalog.api.serializers.offers import NewOfferSerializer, OfferSerializer
from apps.catalog.api.serializers.option_schemas import OptionSchemaListSerializer, OptionSchemaSerializer
from apps.catalog.api.serializers.price_changes import (
    ChangeAccepted,
    ChangeAnswer,
    LowestAnswer,
    LowestSerializer,
    PriceChangeSerializer,
    PricingSettingsSerializer,
)
from apps.catalog.api.serializers.prices import (
    PriceCorrectionSerializer,
    PriceKindSerializer,
    PriceListSerializer,
    PricesAnswer,
    PriceSerializer,
    PricesSerializer,
    TiersSerializer,
)
from apps.catalog.api.serializers.products import ProductListSerializer, ProductSerializer
from apps.catalog.api.serializers.tags import ProductTagMergeSerializer, ProductTagSerializer
from apps.catalog.api.serializers.variants import NewVariantSerializer, VariantSerializer

__all__ = [
    "CategoryAssignmentSerializer",
    "CategoryMove",
    "CategoryOrder",
    "CategoryProducts",
    "CategorySerializer",
    "ChangeAccepted",
    "ChangeAnswer",
    "ComponentSerializer",
    "LowestAnswer",
    "LowestSerializer",
    "NewOfferSerializer",
    "NewUnitConversionSerializer",
    "NewVariantSerializer",
    "OfferSerializer",
    "OptionSchemaListSerializer",
    "OptionSchemaSerializer",
    "PriceChangeSerializer",
    "PriceCorrectionSerializer",
    "PriceKindSerializer",
    "PriceListSerializer",
    "PriceSerializer",
    "PricesAnswer",
    "PricesSerializer",
    "PricingSettingsSerializer",
    "ProductListSerializer",
    "ProductSerializer",
    "ProductTagMergeSerializer",
    "ProductTagSerializer",
    "TiersSerializer",
    "TreeAnswer",
    "TreeQuestion",
    "UnitConversionSerializer",
    "VariantSerializer",
]
