from apps.customers.api.views.figures import DealBoardView, DealKpiView, DealLaneView
from apps.customers.api.views.marks import CustomerGroupViewSet, TagViewSet
from apps.customers.api.views.records import CompanyViewSet, PersonViewSet

__all__ = [
    "CompanyViewSet",
    "CustomerGroupViewSet",
    "DealBoardView",
    "DealKpiView",
    "DealLaneView",
    "PersonViewSet",
    "TagViewSet",
]
