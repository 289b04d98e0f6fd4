from apps.catalog.api.serializers.option_schemas import OptionSchemaListSerializer, OptionSchemaSerializer
from apps.catalog.api.serializers.products import ProductListSerializer, ProductSerializer
from apps.catalog.api.serializers.tags import ProductTagMergeSerializer, ProductTagSerializer

__all__ = [
    "OptionSchemaListSerializer",
    "OptionSchemaSerializer",
    "ProductListSerializer",
    "ProductSerializer",
    "ProductTagMergeSerializer",
    "ProductTagSerializer",
]
