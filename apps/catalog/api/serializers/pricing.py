"""Shapes of questions about prices, of their answers, and of what explains them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.calculations.price_words import layer_in_words, reason_in_words
from apps.catalog.calculations.units import price_per_reference
from apps.catalog.contracts import ExplainedPrice, Layer, PriceDecision, PriceRequest
from apps.catalog.models import Product
from apps.catalog.selectors.questions import QUANTITY_DIGITS, QUANTITY_PLACES
from apps.catalog.selectors.shown_prices import Measure
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictModelSerializer,
    StrictMomentField,
    StrictSerializer,
    StrictUUIDField,
)
from apps.kernel.money import RATE_DIGITS, RATE_PLACES, STORAGE_PLACES

MOST_LINES: Final = 1_000
MOST_GROUPS: Final = 100
ONE_ID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SMALLEST_QUANTITY: Final = Decimal("0.000001")
LARGEST_QUANTITY: Final = Decimal("999999999999.999999")
LONGEST_UNIT: Final = 50
AMOUNT: Final = {"max_digits": 24, "decimal_places": STORAGE_PLACES}


class QuestionSerializer(StrictSerializer):
    """What is bought, by whom, where and when.

    `unit` is the base unit where it is left out. `at` is now, and `known_at` asks for the price as it was known at a
    moment. Who leaves the customer's groups out has them looked up.
    """

    product_id = StrictUUIDField()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    variant_id = StrictUUIDField(required=False, allow_null=True)
    quantity = serializers.DecimalField(
        QUANTITY_DIGITS, QUANTITY_PLACES, required=False, min_value=SMALLEST_QUANTITY, max_value=LARGEST_QUANTITY
    )
    unit = StrictCharField(required=False, allow_blank=True, max_length=LONGEST_UNIT)
    at = StrictMomentField(required=False, allow_null=True)
    known_at = StrictMomentField(required=False, allow_null=True)
    channel_id = StrictUUIDField(required=False, allow_null=True)
    customer_id = StrictUUIDField(required=False, allow_null=True)
    user_id = StrictUUIDField(required=False, allow_null=True)
    offer_id = StrictUUIDField(required=False, allow_null=True)


@extend_schema_field({"type": "string", "pattern": f"^{ONE_ID}(,{ONE_ID})*$"})
class IdsParameter(StrictCharField):
    """Ids, parted by commas."""

    def to_internal_value(self, data: Any) -> Any:
        """The ids."""
        try:
            return [UUID(item.strip()) for item in super().to_internal_value(data).split(",") if item.strip()]
        except ValueError as error:
            raise serializers.ValidationError(self.error_messages["invalid"], code="invalid") from error


class ExplainQuestion(QuestionSerializer):
    """The same in an address; groups are parted by commas."""

    customer_group_ids = IdsParameter(required=False, max_length=37 * MOST_GROUPS)
    user_group_ids = IdsParameter(required=False, max_length=37 * MOST_GROUPS)


class LineSerializer(QuestionSerializer):
    """One line of many."""

    customer_group_ids = serializers.ListField(
        child=StrictUUIDField(), required=False, allow_null=True, max_length=MOST_GROUPS
    )
    user_group_ids = serializers.ListField(child=StrictUUIDField(), required=False, max_length=MOST_GROUPS)


class ResolveSerializer(StrictSerializer):
    """Lines whose prices are asked for; with `digests` each answer has that of its trace."""

    requests = serializers.ListField(child=LineSerializer(), allow_empty=False, max_length=MOST_LINES)
    digests = StrictBooleanField(default=False)


class PriceContextQuestion(StrictSerializer):
    """For whom a list of products shows prices: they are shown where a currency is given, which all others need.

    Of a unit that a product is not sold in it has no price.
    """

    price_currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    price_quantity = serializers.DecimalField(
        QUANTITY_DIGITS, QUANTITY_PLACES, required=False, min_value=SMALLEST_QUANTITY, max_value=LARGEST_QUANTITY
    )
    price_unit = StrictCharField(required=False, allow_blank=True, max_length=LONGEST_UNIT)
    price_at = StrictMomentField(required=False)
    price_known_at = StrictMomentField(required=False)
    price_channel_id = StrictUUIDField(required=False)
    price_customer_id = StrictUUIDField(required=False)
    price_customer_group_ids = IdsParameter(required=False, max_length=37 * MOST_GROUPS)
    price_user_id = StrictUUIDField(required=False)
    price_user_group_ids = IdsParameter(required=False, max_length=37 * MOST_GROUPS)


class PathAnswer(serializers.Serializer[Any]):
    """How an amount came into the currency."""

    from_code = serializers.CharField()
    to_code = serializers.CharField()
    rate = serializers.DecimalField(RATE_DIGITS, RATE_PLACES)
    effective_on = serializers.DateField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]

    class Meta:
        ref_name = "PriceCurrencyPath"


class UnitPriceAnswer(serializers.Serializer[Any]):
    """What one reference unit costs, such as a litre."""

    reference_unit = serializers.CharField()
    net = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    gross = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]

    class Meta:
        ref_name = "UnitPrice"


class PriceAnswer(serializers.Serializer[Any]):
    """The price of one base unit. `price_id` is null for what another module decided without one of the prices.

    Of a price that a list derives from another one `source_id` is the price that is stored. `unit_price` is null where
    the product or the tenant shows none.
    """

    net = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    gross = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    currency = serializers.CharField()
    tax_rate = serializers.DecimalField(7, 4)
    layer = serializers.CharField(allow_null=True)
    price_id = serializers.UUIDField(allow_null=True)
    source_id = serializers.UUIDField(allow_null=True)
    variant_id = serializers.UUIDField(allow_null=True)
    kind_id = serializers.UUIDField(allow_null=True)
    kind_code = serializers.CharField(allow_null=True)
    price_list_id = serializers.UUIDField(allow_null=True)
    offer_id = serializers.UUIDField(allow_null=True)
    min_quantity = serializers.DecimalField(QUANTITY_DIGITS, QUANTITY_PLACES, allow_null=True)
    max_quantity = serializers.DecimalField(QUANTITY_DIGITS, QUANTITY_PLACES, allow_null=True)
    conversion = PathAnswer(allow_null=True)
    unit_price = UnitPriceAnswer(allow_null=True)
    steps = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField(required=False)

    class Meta:
        ref_name = "ResolvedPrice"


class ResolveAnswer(serializers.Serializer[Any]):
    """The prices, in the order of the lines; null where there is none."""

    results = serializers.ListField(child=PriceAnswer(allow_null=True))


class PricedProductSerializer(StrictModelSerializer):
    """A product in a list of prices. Where a price is asked for, `price` has it, or null."""

    class Meta:
        model = Product
        fields = (
            "id",
            "organization_id",
            "title",
            "subtitle",
            "sku",
            "handle",
            "product_type",
            "unit",
            "is_active",
            "is_quote_only",
            "default_media_id",
            "created_at",
            "updated_at",
        )


class CandidateAnswer(serializers.Serializer[Any]):
    """A price that was looked at, what it is about, and why it is not the one (null: it is)."""

    price_id = serializers.UUIDField()
    amount = serializers.DecimalField(**AMOUNT)  # type: ignore[arg-type]
    currency = serializers.CharField()
    includes_tax = serializers.BooleanField()
    layer = serializers.CharField()
    layer_words = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    words = serializers.CharField()


class ExplainAnswer(serializers.Serializer[Any]):
    """A price and how it came about. Asked again with this `at` and `known_at`, it has the same digest."""

    price = PriceAnswer(allow_null=True)
    at = serializers.DateTimeField()
    known_at = serializers.DateTimeField()
    digest = serializers.CharField()
    candidates = CandidateAnswer(many=True)
    trace = serializers.DictField()


def request_of(values: Mapping[str, Any]) -> PriceRequest:
    """The question that somebody asks."""
    given = {name: value for name, value in values.items() if value is not None}
    for name in ("customer_group_ids", "user_group_ids"):
        if name in given:
            given[name] = frozenset(given[name])
    return PriceRequest(**given)


def shown_price(
    decision: PriceDecision | None, measure: Measure | None = None, *, digest: str = ""
) -> dict[str, Any] | None:
    """A price as an answer has it, with that of the unit of measure where there is one to show."""
    if decision is None:
        return None
    row, path = decision.row, decision.conversion
    found = {
        "net": decision.net,
        "gross": decision.gross,
        "currency": decision.currency,
        "tax_rate": decision.tax_rate,
        "layer": None if decision.layer is None else decision.layer.name.lower(),
        "price_id": row and row.id,
        "source_id": row and row.source_id,
        "variant_id": row and row.variant_id,
        "kind_id": row and row.kind_id,
        "kind_code": row and row.kind_code,
        "price_list_id": row and row.list_id,
        "offer_id": row and row.offer and row.offer.id,
        "min_quantity": row and row.min_quantity,
        "max_quantity": row and row.max_quantity,
        "conversion": path and {name: getattr(path, name) for name in path.__slots__},
        "unit_price": measure and _unit_price(decision, measure),
        "steps": decision.steps,
    }
    return {**found, "digest": digest} if digest else found


def _unit_price(decision: PriceDecision, measure: Measure) -> dict[str, Any]:
    """What a reference unit costs; both sides are those of the base unit, so that neither hides in the other."""
    return {
        "reference_unit": measure.unit,
        "net": price_per_reference(decision.net, measure.quantity),
        "gross": price_per_reference(decision.gross, measure.quantity),
    }


def shown_explanation(found: ExplainedPrice, measure: Measure | None = None) -> dict[str, Any]:
    """An explanation as an answer has it, in the reader's language."""
    document = found.trace.document
    return {
        "price": shown_price(found.decision, measure, digest=found.trace.digest),
        "at": document["context"]["at"],
        "known_at": document["context"]["known_at"],
        "digest": found.trace.digest,
        "candidates": [_candidate(item) for item in (*document["rows"], *document["others"])],
        "trace": document,
    }


def _candidate(item: Mapping[str, Any]) -> dict[str, Any]:
    row = item["row"]
    return {
        "price_id": row["id"],
        "amount": row["amount"],
        "currency": row["currency"],
        "includes_tax": row.get("includes_tax", False),
        "layer": Layer(item["layer"]).name.lower(),
        "layer_words": layer_in_words(item["layer"]),
        "reason": item["reason"],
        "words": reason_in_words(item["reason"]),
    }
