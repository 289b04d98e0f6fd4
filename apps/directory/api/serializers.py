"""Shapes of tenants and organizations in the REST interface."""

from __future__ import annotations

from apps.directory.models import Organization, Tenant
from apps.kernel.api.serializers import StrictModelSerializer, StrictSerializer, StrictUUIDField


class OrganizationSerializer(StrictModelSerializer):
    """One organization. Its place in the tree is changed by `move/` only."""

    parent_id = StrictUUIDField(allow_null=True, required=False)

    class Meta:
        model = Organization
        fields = (
            "id",
            "name",
            "slug",
            "logo_url",
            "parent_id",
            "path",
            "depth",
            "is_active",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("is_active", "path", "depth")
        extra_kwargs = {"slug": {"required": False}}


class OrganizationChangeSerializer(OrganizationSerializer):
    """What a change of an organization takes."""

    parent_id = StrictUUIDField(read_only=True, allow_null=True)


class MoveSerializer(StrictSerializer):
    """Where an organization goes; null is the top."""

    parent_id = StrictUUIDField(allow_null=True)


class TenantSerializer(StrictModelSerializer):
    """One tenant. Its status is changed by `suspend/` and `reactivate/` only."""

    class Meta:
        model = Tenant
        fields = (
            "id",
            "name",
            "slug",
            "status",
            "locale",
            "time_zone",
            "base_currency",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("status",)
        extra_kwargs = {"slug": {"required": False}}
