"""Shapes of offers in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.calculations.offers import OfferState, state_at
from apps.catalog.models import Offer
from apps.catalog.selectors import name_offers
from apps.kernel import clock
from apps.kernel.api.serializers import StrictModelSerializer, StrictUUIDField

OFFER = (
    "id",
    "organization_id",
    "product_id",
    "variant_id",
    "kind",
    "title",
    "description",
    "shown_title",
    "shown_description",
    "channel_id",
    "starts_at",
    "ends_at",
    "state",
    "is_active",
    "default_media_id",
    "shown_media_id",
    "version",
    "created_at",
    "updated_at",
)


class OfferPage(serializers.ListSerializer[Any]):
    """Several offers: what they show in their products' stead is looked up for all of them at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """The records."""
        rows: list[Offer] = list(data)
        name_offers(rows)
        return super().to_representation(rows)


class OfferSerializer(StrictModelSerializer):
    """An offer. It stays with its product; `shown_…` are its own texts and picture, or the product's."""

    product_id = StrictUUIDField(read_only=True)
    variant_id = StrictUUIDField(required=False, allow_null=True)
    default_media_id = StrictUUIDField(
        required=False,
        allow_null=True,
        help_text="a picture of the offer or its product; null for the product's main one",
    )
    shown_title = serializers.SerializerMethodField()
    shown_description = serializers.SerializerMethodField()
    shown_media_id = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        list_serializer_class = OfferPage
        fields = OFFER

    def get_shown_title(self, row: Offer) -> str:
        """Its title, or its product's."""
        return str(_named(row).shown_title)

    def get_shown_description(self, row: Offer) -> str:
        """Its description, or its product's."""
        return str(_named(row).shown_description)

    def get_shown_media_id(self, row: Offer) -> str | None:
        """Its main picture, or its product's."""
        found = _named(row).shown_media_id
        return None if found is None else str(found)

    def get_state(self, row: Offer) -> OfferState:
        """Whether it is yet to come, holds now, or is over."""
        return state_at(clock.now(), row.starts_at, row.ends_at)


class NewOfferSerializer(OfferSerializer):
    """A new offer says of which product it is."""

    product_id = StrictUUIDField()


def _named(row: Any) -> Any:
    if not hasattr(row, "shown_title"):
        name_offers([row])
    return row
