"""Shapes of currencies in the REST interface."""

from __future__ import annotations

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
