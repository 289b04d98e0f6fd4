"""REST interface of the lists that fields of products are chosen from."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.api.serializers.choices import ChoicesAnswer
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.selectors.choices import CHOICES
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.errors import RowNotFound

KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, enum=list(CHOICES))


class ChoicesView(PlainView):
    """Currencies and units, for whoever fills in products."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_PRODUCTS,)

    @extend_schema(parameters=[KEY], responses={200: ChoicesAnswer})
    def get(self, request: Request, key: str) -> Response:
        """All values of one list: `currency` or `unit`, or the same in the plural."""
        demand_known_parameters(request.query_params)
        choices = CHOICES.get(key)
        if choices is None:
            raise RowNotFound
        return Response(ChoicesAnswer({"results": choices()}).data)
