"""Shapes of roles and of what they grant in the REST interface."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from rest_framework import serializers

from apps.auth.api.serializers.users import (
    FACTS,
    grants_field,
    grants_options,
    organizations_field,
    organizations_options,
)
from apps.auth.models import Role, RoleAcl, UserRole
from apps.auth.services.holders import Holder, Holders, ModuleFeatures
from apps.kernel.api.serializers import StrictBooleanField, StrictModelSerializer, StrictSerializer

MOST_SHOWN = 500


class RolePage(serializers.ListSerializer[Any]):
    """Several roles: what is shown beside their columns is fetched for all of them at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """The records."""
        roles: list[Role] = list(data)
        fetch_role_facts(roles)
        return super().to_representation(roles)


class Granted(serializers.ListField):
    """A list column of the role's grants."""

    def get_attribute(self, instance: Role) -> Any:
        """The column; None is every organization."""
        return _facts(instance)[str(self.field_name)]


class GrantedFlag(StrictBooleanField):
    """Whether the role makes super admins."""

    def get_attribute(self, instance: Role) -> Any:
        """The flag."""
        return _facts(instance)["is_super_admin"]


class RoleSerializer(StrictModelSerializer):
    """One role, with what it grants; a new one may be given its grants at once."""

    features = Granted(**grants_options())
    is_super_admin = GrantedFlag(required=False)
    organization_ids = Granted(**organizations_options())
    users_count = serializers.SerializerMethodField()

    class Meta:
        model = Role
        list_serializer_class = RolePage
        fields = (
            "id",
            "name",
            "system_key",
            "is_super_admin",
            "features",
            "organization_ids",
            "users_count",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("system_key",)

    def get_users_count(self, role: Role) -> int:
        """How many living users have it."""
        return int(_facts(role)["users_count"])


class RoleAclSerializer(StrictSerializer):
    """What a role grants; what is left out stays as it is."""

    features = grants_field()
    is_super_admin = StrictBooleanField(required=False)
    organization_ids = organizations_field()


def fetch_role_facts(roles: list[Role]) -> None:
    """Attach to each role its grants and the number of its living users; two queries."""
    ids = [role.pk for role in roles]
    lists = {row.role_id: row for row in RoleAcl.objects.filter(role_id__in=ids)}
    members = UserRole.objects.filter(role_id__in=ids, user__deleted_at__isnull=True).order_by()
    counts = dict(members.values("role_id").annotate(many=Count("pk")).values_list("role_id", "many"))
    for role in roles:
        setattr(role, FACTS, {**_columns(lists.get(role.pk)), "users_count": counts.get(role.pk, 0)})


def _columns(acl: RoleAcl | None) -> dict[str, Any]:
    if acl is None:
        return {"features": [], "is_super_admin": False, "organization_ids": []}
    return {
        "features": acl.features,
        "is_super_admin": acl.is_super_admin,
        "organization_ids": acl.organization_ids,
    }


def _facts(role: Role) -> dict[str, Any]:
    if not hasattr(role, FACTS):
        fetch_role_facts([role])
    facts: dict[str, Any] = getattr(role, FACTS)
    return facts


def shown_module(item: ModuleFeatures) -> dict[str, Any]:
    """A module of the catalogue as JSON."""
    return {
        "module": item.module,
        "label": item.label,
        "wildcard": f"{item.module}.*",
        "features": [{"id": one.id, "label": str(one.label), "implies": list(one.implies)} for one in item.features],
    }


def shown_holders(feature: str, label: str, found: Holders) -> dict[str, Any]:
    """Who holds a feature as JSON; users beyond `MOST_SHOWN` are counted only."""
    return {
        "feature": feature,
        "label": label,
        "roles": [_shown_holder(item) for item in found.roles],
        "users_count": len(found.users),
        "users": [_shown_holder(item) for item in found.users[:MOST_SHOWN]],
        "denied": [_shown_holder(item) for item in found.denied[:MOST_SHOWN]],
        "api_keys": [_shown_holder(item) for item in found.api_keys[:MOST_SHOWN]],
    }


def _shown_holder(item: Holder) -> dict[str, Any]:
    places = item.organization_ids
    return {
        "id": str(item.id),
        "name": item.name,
        "is_active": item.is_active,
        "rule": item.decision.rule,
        "grant": item.decision.grant,
        "source": item.decision.source,
        "organization_ids": None if places is None else sorted(str(place) for place in places),
    }
