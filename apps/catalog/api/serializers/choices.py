"""Shapes of lists that fields of products are chosen from."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.selectors.choices import Choice


class ChoiceAnswer(serializers.Serializer[Choice]):
    """One value: what records hold, and what people read."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    color = serializers.CharField(allow_blank=True)
    icon = serializers.CharField(allow_blank=True)
    is_default = serializers.BooleanField()

    class Meta:
        ref_name = "CatalogChoice"


class ChoicesAnswer(serializers.Serializer[Any]):
    """All values, in their order; none where any value will do."""

    results = ChoiceAnswer(many=True)

    class Meta:
        ref_name = "CatalogChoices"
