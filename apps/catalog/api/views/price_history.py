"""REST interface of the history of a price: what was known of it, and when."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.api.filters import PriceFilter
from apps.catalog.api.serializers import PriceSerializer
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Price
from apps.catalog.selectors import history_of
from apps.kernel.access.visible import visible
from apps.kernel.api.reading.reader import listed
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.errors import RowNotFound


class PriceHistoryViewSet(ReadingViewSet):
    """Everything that was ever known of prices of one rank."""

    entity = str(Price.entity_id)
    serializer_class = PriceSerializer
    filterset_class = PriceFilter
    filter_fields = ("amount", "includes_tax", "min_quantity", "max_quantity", "created_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    paged = ("history",)
    features: ClassVar[dict[str, tuple[str, ...]]] = {"history": (VIEW_PRODUCTS,)}

    def history(self, request: Request, pk: UUID) -> Response:
        """A page of what was known of prices for the same thing and the same people, the latest first.

        The price may be one that counts no longer. `known_until` is null for what is known still; `known_at` asks what
        was known at a moment.
        """
        price = visible(Price.objects.filter(pk=pk)).first()
        if price is None:
            raise RowNotFound
        response, ids = listed(request, history_of(price), self.shape(), self)
        self.note_read(ids, how="list")
        return response
