from apps.customers.api.serializers.marks import CustomerGroupSerializer, TagSerializer
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
    "PersonListSerializer",
    "PersonSerializer",
    "TagSerializer",
]
