"""Shapes of the prices of an offer, beside those that they take the place of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from rest_framework import serializers

from apps.catalog.api.serializers.pricing import AMOUNT
from apps.catalog.contracts import PriceRow
from apps.catalog.selectors import OfferPrices, OwnPrice
from apps.catalog.selectors.questions import QUANTITY_DIGITS, QUANTITY_PLACES
from apps.kernel.api.serializers import StrictMomentField, StrictSerializer

QUANTITY: Final[Mapping[str, Any]] = {"max_digits": QUANTITY_DIGITS, "decimal_places": QUANTITY_PLACES}
IDS: Final = ("variant_id", "channel_id", "customer_id", "customer_group_id", "user_id", "user_group_id")
SAME: Final = ("currency", "amount", "includes_tax", "min_quantity", "max_quantity", "valid_from", "valid_until", *IDS)


class OfferPricesQuestion(StrictSerializer):
    """At which moment; now where it is left out."""

    at = StrictMomentField(required=False)


class OfferPriceAnswer(serializers.Serializer[Any]):
    """A price of one base unit: `amount`, with tax when `includes_tax`.

    Of a price that a list derives from another one `source_id` is the price that is stored.
    """

    price_id = serializers.UUIDField()
    source_id = serializers.UUIDField(allow_null=True)
    kind_id = serializers.UUIDField(allow_null=True)
    kind_code = serializers.CharField()
    price_list_id = serializers.UUIDField(allow_null=True)
    currency = serializers.CharField()
    amount = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    includes_tax = serializers.BooleanField()
    min_quantity = serializers.DecimalField(**QUANTITY)
    max_quantity = serializers.DecimalField(**QUANTITY, allow_null=True)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    variant_id = serializers.UUIDField(allow_null=True)
    channel_id = serializers.UUIDField(allow_null=True)
    customer_id = serializers.UUIDField(allow_null=True)
    customer_group_id = serializers.UUIDField(allow_null=True)
    user_id = serializers.UUIDField(allow_null=True)
    user_group_id = serializers.UUIDField(allow_null=True)


class OwnPriceAnswer(OfferPriceAnswer):
    """A price of the offer, and the one that it takes the place of for the same people, variant and least quantity.

    `instead_amount` is that with tax where this one is with tax, else without. `difference_percent` says how much
    dearer this one is; what is cheaper is below 0. All three are null where there is no such price.
    """

    instead = OfferPriceAnswer(allow_null=True)
    instead_amount = serializers.DecimalField(**AMOUNT, allow_null=True)  # type: ignore[arg-type]
    difference_percent = serializers.DecimalField(24, 2, allow_null=True)


class OfferPricesAnswer(serializers.Serializer[Any]):
    """Prices of the offer that are not over (`own`), and what one base unit costs without it, once in each currency."""

    at = serializers.DateTimeField()
    own = OwnPriceAnswer(many=True)
    overridden = OfferPriceAnswer(many=True)


def shown_offer_prices(found: OfferPrices, *, at: datetime) -> dict[str, Any]:
    """The prices as an answer has them."""
    shown = {
        "at": at,
        "own": [_own(item) for item in found.own],
        "overridden": [_price(row) for row in found.overridden.values()],
    }
    return dict(OfferPricesAnswer(shown).data)


def _own(item: OwnPrice) -> dict[str, Any]:
    return {
        **_price(item.row),
        "instead": None if item.instead is None else _price(item.instead),
        "instead_amount": item.amount,
        "difference_percent": item.difference,
    }


def _price(row: PriceRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in SAME}
    names = {"source_id": row.source_id, "kind_id": row.kind_id, "kind_code": row.kind_code}
    return {"price_id": row.id, "price_list_id": row.list_id, **names, **found}
