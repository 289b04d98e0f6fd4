"""Shapes of parts of bundles, related products and units in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.catalog.api.serializers.variants import FURTHEST, OWN
from apps.catalog.models import Component, ProductRelation, Relation, UnitConversion
from apps.catalog.services.components import MOST_PARTS, MOST_RELATED
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

DIGITS, PLACES = 18, 6


class ChangedComponentSerializer(StrictSerializer):
    """How much of a part there is, and what a buyer may choose."""

    quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False)
    min_quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False, allow_null=True)
    max_quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False, allow_null=True)
    is_optional = StrictBooleanField(required=False)
    position = StrictIntegerField(required=False, min_value=0, max_value=FURTHEST)


class ComponentSerializer(ChangedComponentSerializer):
    """A part: a product, or one variant of it."""

    product_id = StrictUUIDField()
    variant_id = StrictUUIDField(required=False, allow_null=True)


class ComponentRow(StrictSerializer):
    """A part that is there, and what changes of it."""

    id = StrictUUIDField()
    quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False)
    min_quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False, allow_null=True)
    max_quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, required=False, allow_null=True)
    is_optional = StrictBooleanField(required=False)


class ComponentEditSerializer(StrictSerializer):
    """All parts in their order; those that are not named go."""

    components: Any = serializers.ListSerializer(child=ComponentRow(), max_length=MOST_PARTS)


class ComponentAnswer(serializers.Serializer[Any]):
    """A part of a bundle or group."""

    id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    product = serializers.CharField()
    variant_id = serializers.UUIDField(allow_null=True)
    variant = serializers.CharField(allow_null=True)
    quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    min_quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, allow_null=True)
    max_quantity = serializers.DecimalField(max_digits=DIGITS, decimal_places=PLACES, allow_null=True)
    is_optional = serializers.BooleanField()
    position = serializers.IntegerField()


class ComponentsAnswer(serializers.Serializer[Any]):
    """All parts, in their order."""

    results = ComponentAnswer(many=True)


class RelationRow(StrictSerializer):
    """A related product, and what it is to this one."""

    related_id = StrictUUIDField()
    kind = serializers.ChoiceField(choices=Relation.choices, required=False)


class RelationsSerializer(StrictSerializer):
    """All related products, in their order; they take the place of those that are there."""

    relations: Any = serializers.ListSerializer(child=RelationRow(), max_length=MOST_RELATED)


class RelationAnswer(serializers.Serializer[Any]):
    """A related product."""

    related_id = serializers.UUIDField()
    related = serializers.CharField()
    kind = serializers.ChoiceField(choices=Relation.choices)


class RelationsAnswer(serializers.Serializer[Any]):
    """All related products, in their order."""

    results = RelationAnswer(many=True)


class UnitConversionSerializer(StrictModelSerializer):
    """A unit of a product. It stays with its product."""

    product_id = StrictUUIDField(read_only=True)
    position = StrictIntegerField(required=False, min_value=0, max_value=FURTHEST)

    class Meta:
        model = UnitConversion
        fields = (*OWN, "product_id", "unit", "factor", "position", "is_active")


class NewUnitConversionSerializer(UnitConversionSerializer):
    """A new unit, of a product."""

    product_id = StrictUUIDField()


def shown_component(row: Component) -> dict[str, Any]:
    """A part as JSON."""
    values = {
        "id": row.pk,
        "product_id": row.product_id,
        "product": str(row.product),
        "variant_id": row.variant_id,
        "variant": None if row.variant is None else str(row.variant),
    }
    plain = ("quantity", "min_quantity", "max_quantity", "is_optional", "position")
    return dict(ComponentAnswer({**values, **{name: getattr(row, name) for name in plain}}).data)


def shown_relation(row: ProductRelation) -> dict[str, Any]:
    """A related product as JSON."""
    values = {"related_id": row.related_id, "related": str(row.related), "kind": row.kind}
    return dict(RelationAnswer(values).data)
