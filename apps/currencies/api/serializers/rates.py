"""Shapes of exchange rates and conversions in the REST interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.currencies.contracts import MANUAL, Conversion, Rate
from apps.currencies.models import ExchangeRate, Kind
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictMomentField, StrictSerializer
from apps.kernel.money import RATE_DIGITS, RATE_PLACES, STORAGE_PLACES, amount_text

MOST_RATES = 1000


class RateSerializer(StrictModelSerializer):
    """One exchange rate: what one unit of `from_code` costs in `to_code` on a day.

    `known_until` is null while the rate counts. A correction is another record, known from then on.
    """

    known_from = serializers.DateTimeField(source="known.lower", read_only=True)
    known_until = serializers.DateTimeField(source="known.upper", read_only=True, allow_null=True)

    class Meta:
        model = ExchangeRate
        fields = (
            "id",
            "organization_id",
            "from_code",
            "to_code",
            "rate",
            "effective_on",
            "source",
            "kind",
            "known_from",
            "known_until",
            "created_at",
        )
        extra_kwargs = {"source": {"required": False, "default": MANUAL}}


class CorrectionSerializer(RateSerializer):
    """What the rate should have been; pair, day, source and kind stay."""

    class Meta(RateSerializer.Meta):
        read_only_fields = ("from_code", "to_code", "effective_on", "source", "kind")


class QuoteSerializer(StrictModelSerializer):
    """One rate of several that a source says."""

    class Meta:
        model = ExchangeRate
        fields = ("from_code", "to_code", "rate", "effective_on", "kind")
        extra_kwargs = {"kind": {"required": False, "default": Kind.MID.value}}


class QuotesSerializer(StrictSerializer):
    """Rates that a source says, to be recorded as one action."""

    source = StrictCharField(max_length=50)  # type: ignore[assignment]  # a field of this name, not the serializer's
    rates = serializers.ListField(child=QuoteSerializer(), allow_empty=False, max_length=MOST_RATES)


class RecordedAnswer(serializers.Serializer[Any]):
    """The rates that became known; those that were known already are left out."""

    results = RateSerializer(many=True)


class QuestionSerializer(StrictSerializer):
    """Which rate is asked for: `on` is the day of the transaction.

    `known_at` asks what was known at a moment. `sources`, parted by commas, admits no others; of one day the first
    of them counts.
    """

    from_code = StrictCharField(min_length=3, max_length=3)
    to_code = StrictCharField(min_length=3, max_length=3)
    on = serializers.DateField()
    known_at = StrictMomentField(required=False)
    sources = StrictCharField(required=False, max_length=500)

    def validate_sources(self, value: str) -> tuple[str, ...]:
        """The names."""
        return tuple(dict.fromkeys(item.strip() for item in value.split(",") if item.strip()))


class RateQuestionSerializer(QuestionSerializer):
    """The same, of a kind."""

    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.MID.value)


class ConversionSerializer(QuestionSerializer):
    """An amount of `from_code` to be converted."""

    amount = serializers.DecimalField(max_digits=19, decimal_places=STORAGE_PLACES)


class StepAnswer(serializers.Serializer[Any]):
    """A recorded rate on the way; `is_inverse`: the opposite one was recorded, and `rate` is 1 through it."""

    from_code = serializers.CharField()
    to_code = serializers.CharField()
    rate = serializers.DecimalField(max_digits=RATE_DIGITS, decimal_places=RATE_PLACES)
    effective_on = serializers.DateField()
    source = serializers.CharField()  # type: ignore[assignment]
    is_inverse = serializers.BooleanField()

    class Meta:
        ref_name = "RateStep"


class RateAnswer(serializers.Serializer[Any]):
    """A rate, the day that it is of, and how it came about; `path` is empty for a currency in itself."""

    from_code = serializers.CharField()
    to_code = serializers.CharField()
    on = serializers.DateField()
    rate = serializers.DecimalField(max_digits=RATE_DIGITS, decimal_places=RATE_PLACES)
    effective_on = serializers.DateField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    path = StepAnswer(many=True)

    class Meta:
        ref_name = "RateOnDay"


class ConversionAnswer(RateAnswer):
    """Both amounts, exact to 4 places, and the rate between them."""

    amount = serializers.DecimalField(max_digits=19, decimal_places=STORAGE_PLACES)
    converted = serializers.DecimalField(max_digits=19, decimal_places=STORAGE_PLACES)

    class Meta:
        ref_name = "Conversion"


def shown_rate(rate: Rate, *, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a question."""
    named = {name: asked[name] for name in ("from_code", "to_code", "on")}
    found = {name: getattr(rate, name) for name in ("rate", "effective_on", "source", "path")}
    return dict(RateAnswer({**named, **found}).data)


def shown_conversion(conversion: Conversion, *, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a conversion."""
    amounts = {"amount": conversion.amount.amount, "converted": conversion.converted.amount}
    texts = {name: amount_text(amount) for name, amount in amounts.items()}
    return {**shown_rate(conversion.rate, asked=asked), **texts}
