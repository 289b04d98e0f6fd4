"""Shapes of prices, their kinds and lists in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.models import Price, PriceKind, PriceList
from apps.catalog.services.price_drafts import PriceDraft
from apps.catalog.services.price_sets import MOST_PRICES, MOST_TIERS, Tier
from apps.kernel.api.serializers import StrictModelSerializer, StrictMomentField, StrictSerializer, StrictUUIDField

AMOUNT: dict[str, Any] = {"max_digits": 16, "decimal_places": 4, "min_value": 0}
QUANTITY: dict[str, Any] = {"max_digits": 18, "decimal_places": 6}
SCOPE = (
    "product_id",
    "variant_id",
    "offer_id",
    "kind_id",
    "price_list_id",
    "currency",
    "channel_id",
    "customer_id",
    "customer_group_id",
    "user_id",
    "user_group_id",
)


class PriceKindSerializer(StrictModelSerializer):
    """A kind of price; what `is_promotion` stands above all others."""

    class Meta:
        model = PriceKind
        fields = (
            "id",
            "title",
            "code",
            "display_mode",
            "currency",
            "is_promotion",
            "is_active",
            "version",
            "created_at",
            "updated_at",
        )


class PriceListSerializer(StrictModelSerializer):
    """A price list. With `base_list_id` its prices are that list's, by `percent` or `formula`, and its own.

    `formula` is an expression over `price`, as JSON text: `{"multiply": [{"field": "price"}, 0.9]}`.
    """

    base_list_id = StrictUUIDField(required=False, allow_null=True)
    valid_from = StrictMomentField(required=False, allow_null=True)
    valid_until = StrictMomentField(required=False, allow_null=True)

    class Meta:
        model = PriceList
        fields = (
            "id",
            "organization_id",
            "name",
            "code",
            "description",
            "currency",
            "channel_id",
            "customer_group_id",
            "priority",
            "valid_from",
            "valid_until",
            "base_list_id",
            "percent",
            "formula",
            "round_to",
            "is_active",
            "version",
            "created_at",
            "updated_at",
        )


class PriceSerializer(StrictModelSerializer):
    """A price for one base unit: `amount`, with tax when `includes_tax`.

    Writes may give `net` or `gross` in place of `amount` and `includes_tax`. `known_until` is null while the price
    counts. A correction is another record, known from then on.
    """

    product_id = StrictUUIDField()
    variant_id = StrictUUIDField(required=False, allow_null=True)
    offer_id = StrictUUIDField(required=False, allow_null=True)
    kind_id = StrictUUIDField()
    price_list_id = StrictUUIDField(required=False, allow_null=True)
    amount = serializers.DecimalField(**AMOUNT, required=False)
    net = serializers.DecimalField(**AMOUNT, required=False, write_only=True)
    gross = serializers.DecimalField(**AMOUNT, required=False, write_only=True)
    valid_from = StrictMomentField(source="valid.lower", required=False, allow_null=True)
    valid_until = StrictMomentField(source="valid.upper", required=False, allow_null=True)
    known_from = serializers.DateTimeField(source="known.lower", read_only=True)
    known_until = serializers.DateTimeField(source="known.upper", read_only=True, allow_null=True)

    class Meta:
        model = Price
        fields = (
            "id",
            "organization_id",
            *SCOPE,
            "amount",
            "includes_tax",
            "net",
            "gross",
            "min_quantity",
            "max_quantity",
            "valid_from",
            "valid_until",
            "known_from",
            "known_until",
            "created_at",
        )
        extra_kwargs = {"currency": {"required": False, "allow_blank": True}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The values by the names that commands have for them."""
        valid = attrs.pop("valid", {})
        names = {"lower": "valid_from", "upper": "valid_until"}
        return {**attrs, **{names[side]: moment for side, moment in valid.items()}}


class PriceCorrectionSerializer(PriceSerializer):
    """What a price should be; what it is the price of, and for whom, stays."""

    class Meta(PriceSerializer.Meta):
        read_only_fields = SCOPE

    def get_fields(self) -> dict[str, Any]:
        """The same, with what stays to be read only."""
        found = super().get_fields()
        for name in ("product_id", "variant_id", "offer_id", "kind_id", "price_list_id"):
            found[name] = serializers.UUIDField(read_only=True)
        return found


class PriceRow(PriceSerializer):
    """One price of several. With `replaces` (an id) it is refused where that price no longer counts."""

    replaces = StrictUUIDField(required=False, allow_null=True, write_only=True)

    class Meta(PriceSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *SCOPE,
            "amount",
            "includes_tax",
            "net",
            "gross",
            "min_quantity",
            "max_quantity",
            "valid_from",
            "valid_until",
            "replaces",
        )


class PricesSerializer(StrictSerializer):
    """Prices to be set, and ids of prices to be closed, as one action."""

    prices = serializers.ListField(child=PriceRow(), required=False, max_length=MOST_PRICES)
    closed = serializers.ListField(child=StrictUUIDField(), required=False, max_length=MOST_PRICES)

    def validate_prices(self, value: list[dict[str, Any]]) -> list[PriceDraft]:
        """As drafts."""
        return [PriceDraft(**item) for item in value]


class TierRow(StrictSerializer):
    """What a base unit costs from so many on."""

    min_quantity = serializers.DecimalField(**QUANTITY)
    amount = serializers.DecimalField(**AMOUNT)


class TiersSerializer(PriceRow):
    """The tiers that one scope has from now on, in place of those that it has; none leave none there."""

    tiers = serializers.ListField(child=TierRow(), max_length=MOST_TIERS)

    class Meta(PriceRow.Meta):
        fields = (*SCOPE, "includes_tax", "valid_from", "valid_until", "tiers")  # type: ignore[assignment]

    def get_fields(self) -> dict[str, Any]:
        """Without the amounts of a single price."""
        return {name: item for name, item in super().get_fields().items() if name in {*self.Meta.fields}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The scope as a draft, and the tiers."""
        values = super().validate(attrs)
        tiers = [Tier(**item) for item in values.pop("tiers")]
        return {"scope": PriceDraft(**values), "tiers": tiers}


class PricesAnswer(serializers.Serializer[Any]):
    """The prices that became known; those that were known already are left out."""

    results = PriceSerializer(many=True)
