"""Shapes of saved views in the REST interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.backoffice.calculations import as_json
from apps.backoffice.models import SavedView
from apps.kernel.api.serializers import StrictBooleanField, StrictModelSerializer, StrictSerializer, StrictUUIDField


@extend_schema_field({"type": "object", "additionalProperties": True})
class SettingsField(serializers.JSONField):
    """Settings of a view, with their numbers as they were given. What they are worth the command says."""

    def to_internal_value(self, data: Any) -> Any:
        """The settings."""
        if not isinstance(super().to_internal_value(as_json(data)), dict):
            self.fail("invalid")
        return data


class ViewSerializer(StrictModelSerializer):
    """One view. `settings` may hold `columns`, `sort`, `page_size`, `filter`, `search`, `parameters`.

    `owner_id` is a user's id or, where `owner_kind` is `role`, a role's.
    """

    settings = SettingsField(required=False)

    class Meta:
        model = SavedView
        fields = (
            "id",
            "version",
            "created_at",
            "updated_at",
            "list",
            "name",
            "settings",
            "owner_kind",
            "owner_id",
            "is_default",
            "is_pinned",
            "is_linked",
        )
        read_only_fields = ("list", "owner_kind", "owner_id", "is_default")


class NewViewSerializer(ViewSerializer):
    """A new view: the caller's own, or the role's that `role_id` names."""

    list = serializers.CharField(max_length=100)
    settings = SettingsField()
    role_id = StrictUUIDField(required=False, allow_null=True, write_only=True)
    is_default = StrictBooleanField(required=False)

    class Meta(ViewSerializer.Meta):
        fields = (*ViewSerializer.Meta.fields, "role_id")  # type: ignore[assignment]
        read_only_fields = ("owner_kind", "owner_id")  # type: ignore[assignment]


class ViewRolesSerializer(StrictSerializer):
    """Roles that get the view as it is now."""

    role_ids: Any = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=100)
