"""Shapes of currencies in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.currencies.models import Currency
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer


class CurrencySerializer(StrictModelSerializer):
    """One currency. Activity and base are changed by actions of their own."""

    class Meta:
        model = Currency
        fields = (
            "id",
            "organization_id",
            "code",
            "name",
            "symbol",
            "decimal_places",
            "is_active",
            "is_base",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("is_active", "is_base")
        extra_kwargs = {
            "name": {"required": False},
            "symbol": {"required": False},
            "decimal_places": {"required": False},
        }


class CodesSerializer(StrictSerializer):
    """Codes of currencies to add."""

    codes = serializers.ListField(child=StrictCharField(min_length=3, max_length=3), allow_empty=False, max_length=200)


class AddedAnswer(serializers.Serializer[Any]):
    """The currencies that were added."""

    results = CurrencySerializer(many=True)


class ChoiceAnswer(serializers.Serializer[Any]):
    """A currency to choose."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    symbol = serializers.CharField()
    decimal_places = serializers.IntegerField()
    is_base = serializers.BooleanField()
    id = serializers.UUIDField()
    organization_id = serializers.UUIDField()

    class Meta:
        ref_name = "CurrencyChoice"


class ChoicesAnswer(serializers.Serializer[Any]):
    """Active currencies, by code."""

    results = ChoiceAnswer(many=True)

    class Meta:
        ref_name = "CurrencyChoices"


class KnownAnswer(serializers.Serializer[Any]):
    """A currency of the world's list; `names` by language."""

    code = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    symbol = serializers.CharField()
    decimal_places = serializers.IntegerField()
    decimal_separator = serializers.CharField()
    group_separator = serializers.CharField()

    class Meta:
        ref_name = "KnownCurrency"


class MasterAnswer(serializers.Serializer[Any]):
    """The world's list of currencies."""

    results = KnownAnswer(many=True)

    class Meta:
        ref_name = "KnownCurrencies"
