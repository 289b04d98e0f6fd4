"""Shapes of the catalogue of features, and of who holds one; for the document of the interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class FeatureAnswer(serializers.Serializer[Any]):
    """A feature, and those that it brings."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    implies = serializers.ListField(child=serializers.CharField())


class ModuleAnswer(serializers.Serializer[Any]):
    """A module's features, and the wildcard that grants all of them."""

    module = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    wildcard = serializers.CharField()
    features = FeatureAnswer(many=True)


class CatalogueAnswer(serializers.Serializer[Any]):
    """Every module, on one page."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ModuleAnswer(many=True)


class HolderAnswer(serializers.Serializer[Any]):
    """Who holds a feature, by which rule, and where; null organizations are all."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()
    rule = serializers.CharField()
    grant = serializers.CharField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's source
    organization_ids = serializers.ListField(child=serializers.UUIDField(), allow_null=True)


class HoldersAnswer(serializers.Serializer[Any]):
    """Roles, users and keys that hold a feature; `denied` are users who would, but for a denial."""

    feature = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    roles = HolderAnswer(many=True)
    users_count = serializers.IntegerField()
    users = HolderAnswer(many=True)
    denied = HolderAnswer(many=True)
    api_keys = HolderAnswer(many=True)
