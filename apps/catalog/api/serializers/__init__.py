from apps.catalog.api.serializers.price_changes import (
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

__all__ = [
    "ChangeAnswer",
    "LowestAnswer",
    "LowestSerializer",
    "PriceChangeSerializer",
    "PriceCorrectionSerializer",
    "PriceKindSerializer",
    "PriceListSerializer",
    "PriceSerializer",
    "PricesAnswer",
    "PricesSerializer",
    "PricingSettingsSerializer",
    "TiersSerializer",
]
