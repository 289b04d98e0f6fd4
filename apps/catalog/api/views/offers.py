"""REST interface of offers."""

from __future__ import annotations

from typing import Any, ClassVar

from apps.catalog import services
from apps.catalog.api.filters import OfferFilters
from apps.catalog.api.serializers import NewOfferSerializer, OfferSerializer
from apps.catalog.features import MANAGE_OFFERS, VIEW_OFFERS
from apps.catalog.models import Offer
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet


class OfferViewSet(CommandViewSet):
    """Offers of the selected organizations; new ones go to the one that is selected."""

    entity = Offer.entity_id
    serializer_class = OfferSerializer
    filterset_class = OfferFilters
    filter_fields = (
        "organization_id",
        "product_id",
        "variant_id",
        "kind",
        "title",
        "channel_id",
        "starts_at",
        "ends_at",
        "is_active",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("title", "starts_at", "created_at")
    default_ordering = "-created_at"
    create_command = services.create_offer
    update_command = services.update_offer
    delete_command = services.delete_offer
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_OFFERS, manage=MANAGE_OFFERS)

    def get_serializer_class(self) -> Any:
        """A new offer says of which product it is."""
        return NewOfferSerializer if self.action == "create" else super().get_serializer_class()
