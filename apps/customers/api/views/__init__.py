from apps.customers.api.views.deals import DealViewSet, TransitionViewSet
from apps.customers.api.views.marks import CustomerGroupViewSet, TagViewSet
from apps.customers.api.views.pipelines import PipelineViewSet, StageViewSet
from apps.customers.api.views.records import CompanyViewSet, PersonViewSet

__all__ = [
    "CompanyViewSet",
    "CustomerGroupViewSet",
    "DealViewSet",
    "PersonViewSet",
    "PipelineViewSet",
    "StageViewSet",
    "TagViewSet",
    "TransitionViewSet",
]
