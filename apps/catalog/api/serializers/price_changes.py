"""Shapes of changes of many prices, of the lowest price, and of the settings of prices."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.api.serializers.prices import AMOUNT, QUANTITY
from apps.catalog.calculations.changes import PriceChange
from apps.catalog.models import PricingSettings
from apps.catalog.selectors import LowestPrice, PriceChoice
from apps.catalog.services.price_changes import Preview
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictMomentField,
    StrictSerializer,
    StrictUUIDField,
)

MOST_PRODUCTS = 1000
MOST_SHOWN = 200
MOST_DAYS = 366


class PriceChangeSerializer(StrictSerializer):
    """Which prices, and what becomes of them.

    `percent` or `amount` more (less below zero), then rounded to a multiple of `round_to` with `ending` above it. From
    `valid_from` on; without it prices are corrected. `dry_run` only says what would be done.
    """

    kind_id = StrictUUIDField(required=False, allow_null=True)
    price_list_id = StrictUUIDField(required=False, allow_null=True)
    currency = StrictCharField(required=False, allow_blank=True, max_length=3)
    category_id = StrictUUIDField(required=False, allow_null=True)
    tag_id = StrictUUIDField(required=False, allow_null=True)
    product_ids = serializers.ListField(child=StrictUUIDField(), required=False, max_length=MOST_PRODUCTS)
    percent = serializers.DecimalField(max_digits=9, decimal_places=4, required=False, allow_null=True)
    amount = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    round_to = serializers.DecimalField(**AMOUNT, required=False, allow_null=True)
    ending = serializers.DecimalField(**AMOUNT, required=False, allow_null=True)
    valid_from = StrictMomentField(required=False, allow_null=True)
    dry_run = StrictBooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is chosen, the change, and since when."""
        changes = {name: attrs.pop(name, None) for name in ("percent", "amount", "round_to", "ending")}
        valid_from, dry_run = attrs.pop("valid_from", None), attrs.pop("dry_run")
        products = tuple(attrs.pop("product_ids", ()))
        return {
            "choice": PriceChoice(**attrs, product_ids=products),
            "change": PriceChange(**changes),
            "valid_from": valid_from,
            "dry_run": dry_run,
        }


class PlannedAnswer(serializers.Serializer[Any]):
    """What becomes of a price, and when."""

    id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    currency = serializers.CharField()
    old = serializers.DecimalField(max_digits=19, decimal_places=4)
    new = serializers.DecimalField(max_digits=40, decimal_places=4)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    is_possible = serializers.BooleanField()

    class Meta:
        ref_name = "PlannedPrice"


class ChangeAnswer(serializers.Serializer[Any]):
    """How many prices are chosen, how many become others, how many of these cannot; the first of them one by one."""

    dry_run = serializers.BooleanField()
    chosen = serializers.IntegerField()
    changed = serializers.IntegerField()
    impossible = serializers.IntegerField()
    results = PlannedAnswer(many=True)

    class Meta:
        ref_name = "PriceChangeResult"


class ChangeAccepted(serializers.Serializer[Any]):
    """The change is made behind the answer: its job says how far it is."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()

    class Meta:
        ref_name = "PriceChangeAccepted"


def shown_preview(preview: Preview) -> dict[str, Any]:
    """The answer to a trial: what is impossible stands first."""
    items = [
        {
            "id": item.id,
            "product_id": row.product_id,
            "currency": row.currency,
            "old": item.old,
            "new": item.new,
            "valid_from": item.valid.start,
            "valid_until": item.valid.end,
            "is_possible": item.is_possible,
        }
        for item, row in preview.shown(MOST_SHOWN)
    ]
    found = {
        "dry_run": True,
        "chosen": len(preview.chosen),
        "changed": len(preview.plan),
        "impossible": len(preview.impossible),
        "results": items,
    }
    return dict(ChangeAnswer(found).data)


class LowestSerializer(StrictSerializer):
    """Whose lowest price is asked for, in the `days` before `at` (now)."""

    product_id = serializers.UUIDField()
    currency = StrictCharField(min_length=3, max_length=3)
    variant_id = serializers.UUIDField(required=False)
    kind_id = serializers.UUIDField(required=False)
    channel_id = serializers.UUIDField(required=False)
    quantity = serializers.DecimalField(**QUANTITY, required=False, min_value=0)
    at = StrictMomentField(required=False)
    days = serializers.IntegerField(required=False, min_value=1, max_value=MOST_DAYS)
    includes_tax = serializers.BooleanField(required=False)


class LowestFound(serializers.Serializer[Any]):
    """The lowest price, and when it was in force within the days: from `since` until before `until`."""

    price_id = serializers.UUIDField()
    kind_id = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=4)
    currency = serializers.CharField()
    includes_tax = serializers.BooleanField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()

    class Meta:
        ref_name = "LowestPrice"


class LowestAnswer(serializers.Serializer[Any]):
    """The lowest price, null where no such price was in force."""

    lowest = LowestFound(allow_null=True)

    class Meta:
        ref_name = "LowestPriceOfDays"


def shown_lowest(found: LowestPrice | None) -> dict[str, Any]:
    """The answer."""
    return dict(LowestAnswer({"lowest": found}).data)


class PricingSettingsSerializer(StrictModelSerializer):
    """How prices are ranked: `layers` from the weakest to the strongest (0 base, 1 channel or listing, 2 group,
    3 customer or user, 4 promotion), and whether promotions only ever lower a price.
    """

    layers = serializers.ListField(child=StrictIntegerField(min_value=0, max_value=4), required=False, max_length=5)

    class Meta:
        model = PricingSettings
        fields = ("layers", "only_cheaper_promotions", "shows_unit_prices")
