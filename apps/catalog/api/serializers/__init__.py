from apps.catalog.api.serializers.components import ComponentSerializer, ConversionSerializer, NewConversionSerializer
from apps.catalog.api.serializers.option_schemas import OptionSchemaListSerializer, OptionSchemaSerializer
from apps.catalog.api.serializers.products import ProductListSerializer, ProductSerializer
from apps.catalog.api.serializers.tags import TagMergeSerializer, TagSerializer
from apps.catalog.api.serializers.variants import NewVariantSerializer, VariantSerializer

__all__ = [
    "ComponentSerializer",
    "ConversionSerializer",
    "NewConversionSerializer",
    "NewVariantSerializer",
    "OptionSchemaListSerializer",
    "OptionSchemaSerializer",
    "ProductListSerializer",
    "ProductSerializer",
    "TagMergeSerializer",
    "TagSerializer",
    "VariantSerializer",
]
