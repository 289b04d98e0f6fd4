from apps.customers.api.views.marks import CustomerGroupViewSet, TagViewSet
from apps.customers.api.views.privacy import ConsentViewSet, ErasureViewSet, SubjectExportView
from apps.customers.api.views.records import CompanyViewSet, PersonViewSet

__all__ = [
    "CompanyViewSet",
    "ConsentViewSet",
    "CustomerGroupViewSet",
    "ErasureViewSet",
    "PersonViewSet",
    "SubjectExportView",
    "TagViewSet",
]
