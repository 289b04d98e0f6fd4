from apps.customers.api.serializers.deals import (
    DealListSerializer,
    DealLossSerializer,
    DealMoveSerializer,
    DealSerializer,
    TransitionSerializer,
)
from apps.customers.api.serializers.marks import CustomerGroupSerializer, TagSerializer
from apps.customers.api.serializers.pipelines import (
    NewStageSerializer,
    PipelineListSerializer,
    PipelineSerializer,
    StageOrderSerializer,
    StageSerializer,
)
from apps.customers.api.serializers.records import (
    CompanyListSerializer,
    CompanySerializer,
    PersonListSerializer,
    PersonSerializer,
)

__all__ = [
    "CompanyListSerializer",
    "CompanySerializer",
    "CustomerGroupSerializer",
    "DealListSerializer",
    "DealLossSerializer",
    "DealMoveSerializer",
    "DealSerializer",
    "NewStageSerializer",
    "PersonListSerializer",
    "PersonSerializer",
    "PipelineListSerializer",
    "PipelineSerializer",
    "StageOrderSerializer",
    "StageSerializer",
    "TagSerializer",
    "TransitionSerializer",
]
