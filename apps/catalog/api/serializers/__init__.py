from apps.catalog.api.serializers.components import (
    ComponentSerializer,
    NewUnitConversionSerializer,
    UnitConversionSerializer,
)
from apps.catalog.api.serializers.variants import NewVariantSerializer, VariantSerializer

__all__ = [
    "ComponentSerializer",
    "NewUnitConversionSerializer",
    "NewVariantSerializer",
    "UnitConversionSerializer",
    "VariantSerializer",
]
