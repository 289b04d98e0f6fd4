from apps.customers.api.views.deals import DealViewSet, TransitionViewSet
from apps.customers.api.views.duplicates import CheckView, DismissView, DuplicatesView
from apps.customers.api.views.marks import CustomerGroupViewSet, TagViewSet
from apps.customers.api.views.pipelines import PipelineViewSet, StageViewSet
from apps.customers.api.views.privacy import ConsentViewSet, ErasureViewSet, SubjectExportView
from apps.customers.api.views.records import CompanyViewSet, PersonViewSet
from apps.customers.api.views.work import ConversionView, EmploymentsView, EmploymentView

__all__ = [
    "CheckView",
    "CompanyViewSet",
    "ConsentViewSet",
    "ConversionView",
    "CustomerGroupViewSet",
    "DealViewSet",
    "DismissView",
    "DuplicatesView",
    "EmploymentView",
    "EmploymentsView",
    "ErasureViewSet",
    "PersonViewSet",
    "PipelineViewSet",
    "StageViewSet",
    "SubjectExportView",
    "TagViewSet",
    "TransitionViewSet",
]
