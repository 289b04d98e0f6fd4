from apps.customers.api.views.duplicates import CheckView, DismissView, DuplicatesView
from apps.customers.api.views.marks import CustomerGroupViewSet, TagViewSet
from apps.customers.api.views.records import CompanyViewSet, PersonViewSet

__all__ = [
    "CheckView",
    "CompanyViewSet",
    "CustomerGroupViewSet",
    "DismissView",
    "DuplicatesView",
    "PersonViewSet",
    "TagViewSet",
]
