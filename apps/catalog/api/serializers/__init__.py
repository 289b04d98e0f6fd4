from apps.catalog.api.serializers.categories import (
    AssignmentSerializer,
    CategoryMove,
    CategoryOrder,
    CategoryProducts,
    CategorySerializer,
    TreeAnswer,
    TreeQuestion,
)
from apps.catalog.api.serializers.offers import NewOfferSerializer, OfferSerializer

__all__ = [
    "AssignmentSerializer",
    "CategoryMove",
    "CategoryOrder",
    "CategoryProducts",
    "CategorySerializer",
    "NewOfferSerializer",
    "OfferSerializer",
    "TreeAnswer",
    "TreeQuestion",
]
