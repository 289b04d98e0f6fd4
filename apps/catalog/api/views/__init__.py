from apps.catalog.api.views.categories import AssignmentViewSet, CategoryTreeView, CategoryViewSet
from apps.catalog.api.views.offers import OfferViewSet

__all__ = ["AssignmentViewSet", "CategoryTreeView", "CategoryViewSet", "OfferViewSet"]
