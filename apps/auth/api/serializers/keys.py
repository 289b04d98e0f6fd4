"""Shapes of API keys in the REST interface. No shape holds a digest; the secret stands beside a record, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from apps.auth.models import ApiKey
from apps.auth.services.key_checks import MOST_ADDRESSES, MOST_PER_MINUTE
from apps.auth.services.key_facts import KeyFacts, facts_of
from apps.auth.services.keys import LONGEST_OVERLAP
from apps.kernel.api.serializers import (
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

MOST_FEATURES = 500
MOST_ROLES = 100
MOST_ORGANIZATIONS = 1000
FACTS = "shown_facts"


class KeyPage(serializers.ListSerializer[Any]):
    """Several keys: what is shown beside their columns is fetched for all of them at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """The records."""
        keys: list[ApiKey] = list(data)
        fetch_facts(keys)
        return super().to_representation(keys)


class RoleNames(serializers.ListField):
    """Roles: taken by id or name, shown by id."""

    def get_attribute(self, instance: ApiKey) -> list[str]:
        """Ids of the key's roles, by the roles' names."""
        return [str(role_id) for role_id, _name in _facts(instance).roles]


class ApiKeySerializer(StrictModelSerializer):
    """One key, and what it may do."""

    roles = RoleNames(child=StrictCharField(max_length=100), required=False, max_length=MOST_ROLES)
    role_names = serializers.SerializerMethodField()
    features = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, max_length=MOST_FEATURES, allow_empty=True
    )
    organization_ids = serializers.ListField(
        child=StrictUUIDField(), required=False, allow_null=True, max_length=MOST_ORGANIZATIONS, allow_empty=True
    )
    addresses = serializers.ListField(
        child=StrictCharField(max_length=60), required=False, max_length=MOST_ADDRESSES, allow_empty=True
    )
    per_minute = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_PER_MINUTE)
    state = serializers.SerializerMethodField()
    prefix = serializers.SerializerMethodField()
    last_used_at = serializers.SerializerMethodField()
    overlap_until = serializers.SerializerMethodField()
    created_by_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = ApiKey
        list_serializer_class = KeyPage
        fields: tuple[str, ...] = (
            "id",
            "name",
            "description",
            "prefix",
            "state",
            "roles",
            "role_names",
            "features",
            "organization_ids",
            "addresses",
            "per_minute",
            "expires_at",
            "revoked_at",
            "last_used_at",
            "overlap_until",
            "created_by_id",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("revoked_at",)
        extra_kwargs = {"description": {"required": False}, "expires_at": {"required": False}}

    def get_role_names(self, key: ApiKey) -> list[str]:
        """Names of the roles, in the order of their ids."""
        return [name for _id, name in _facts(key).roles]

    def get_state(self, key: ApiKey) -> str:
        """Whether it works, and if not, why."""
        return _facts(key).state.value

    def get_prefix(self, key: ApiKey) -> str:
        """The shown part of its newest secret."""
        return _facts(key).prefix

    def get_last_used_at(self, key: ApiKey) -> str | None:
        """When any of its secrets was used."""
        return _moment(_facts(key).last_used_at)

    def get_overlap_until(self, key: ApiKey) -> str | None:
        """Until when a former secret works as well."""
        return _moment(_facts(key).overlap_until)


class IssuedKeySerializer(ApiKeySerializer):
    """A key with its new secret, as the one answer shows it that makes the secret."""

    secret = serializers.CharField(read_only=True)

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "secret")


class RotationSerializer(StrictSerializer):
    """For how long the former secret works beside the new one."""

    overlap_hours = StrictIntegerField(required=False, min_value=0, max_value=LONGEST_OVERLAP)


def fetch_facts(keys: list[ApiKey]) -> None:
    """Attach to each key what is shown beside its columns."""
    found = facts_of(keys)
    for key in keys:
        setattr(key, FACTS, found[key.pk])


def _facts(key: ApiKey) -> KeyFacts:
    if not hasattr(key, FACTS):
        fetch_facts([key])
    facts: KeyFacts = getattr(key, FACTS)
    return facts


def _moment(value: datetime | None) -> str | None:
    return None if value is None else serializers.DateTimeField().to_representation(value)
