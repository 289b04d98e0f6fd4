from apps.catalog.api.serializers.price_changes import (
    ChangeAnswer,
    ChangeSerializer,
    LowestAnswer,
    LowestSerializer,
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

__all__ = [
    "ChangeAnswer",
    "ChangeSerializer",
    "LowestAnswer",
    "LowestSerializer",
    "PriceCorrectionSerializer",
    "PriceKindSerializer",
    "PriceListSerializer",
    "PriceSerializer",
    "PricesAnswer",
    "PricesSerializer",
    "PricingSettingsSerializer",
    "TiersSerializer",
]
