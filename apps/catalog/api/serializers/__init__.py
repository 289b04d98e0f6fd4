from apps.catalog.api.serializers.components import ComponentSerializer, ConversionSerializer, NewConversionSerializer
from apps.catalog.api.serializers.variants import NewVariantSerializer, VariantSerializer

__all__ = [
    "ComponentSerializer",
    "ConversionSerializer",
    "NewConversionSerializer",
    "NewVariantSerializer",
    "VariantSerializer",
]
