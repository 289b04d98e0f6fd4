from apps.customers.api.views.deals import DealViewSet, TransitionViewSet
from apps.customers.api.views.marks import CustomerGroupViewSet, TagViewSet
from apps.customers.api.views.pipelines import PipelineViewSet, StageViewSet
from apps.customers.api.views.records import CompanyViewSet, PersonViewSet
from apps.customers.api.views.work import ConversionView, EmploymentsView, EmploymentView

__all__ = [
    "CompanyViewSet",
    "ConversionView",
    "CustomerGroupViewSet",
    "DealViewSet",
    "EmploymentView",
    "EmploymentsView",
    "PersonViewSet",
    "PipelineViewSet",
    "StageViewSet",
    "TagViewSet",
    "TransitionViewSet",
]
