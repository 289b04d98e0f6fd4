"""REST interface of roles, and of the features that can be granted."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.auth.api.serializers.catalogue import CatalogueAnswer, HoldersAnswer
from apps.auth.api.serializers.roles import RoleAclSerializer, RoleSerializer, shown_holders, shown_module
from apps.auth.api.views.seen import SeenViewSet
from apps.auth.features import MANAGE_ACL, MANAGE_ROLES, VIEW_API_KEYS, VIEW_ROLES, VIEW_USERS
from apps.auth.models import Role
from apps.auth.selectors import grants_of_role
from apps.auth.services.holders import catalogue, holders_of
from apps.auth.services.roles import create_role, delete_role, set_role_acl, update_role
from apps.auth.services.visibility import only_visible_roles
from apps.kernel.access.grants import PORTAL
from apps.kernel.api.filters import ClaimFilter, FilterSet, UUIDFilter
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import etag_of
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.features import every_feature, is_declared
from apps.kernel.tenancy.scope import current_scope


class RoleFilters(FilterSet):
    """`user_id`: roles of a user; `is_system`: those that the platform made."""

    user_id = UUIDFilter(field_name="memberships__user_id")
    is_system = ClaimFilter(field_name="system_key", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Role
        fields: tuple[str, ...] = ()


class RoleViewSet(SeenViewSet):
    """Roles that the caller may see, with what they grant."""

    entity = Role.entity_id
    serializer_class = RoleSerializer
    filter_fields = ("name", "system_key", "created_at", "updated_at")
    filterset_class = RoleFilters
    ordering_fields = ("name", "created_at", "updated_at")
    default_ordering = "name"
    create_command = create_role
    update_command = update_role
    delete_command = delete_role
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_ROLES,),
        "retrieve": (VIEW_ROLES,),
        "acl": (VIEW_ROLES,),
        "create": (MANAGE_ROLES,),
        "update": (MANAGE_ROLES,),
        "partial_update": (MANAGE_ROLES,),
        "destroy": (MANAGE_ROLES,),
        "set_acl": (MANAGE_ACL,),
    }

    def only_seen(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Roles that the caller is shown."""
        return only_visible_roles(rows)

    @extend_schema(responses={200: RoleAclSerializer})
    @action(detail=True)
    def acl(self, request: Request, pk: UUID) -> Response:
        """What the role grants."""
        demand_known_parameters(request.query_params)
        return shown_acl(self.demand_there(request, pk))

    @extend_schema(request=RoleAclSerializer, responses={200: RoleAclSerializer})
    @acl.mapping.put
    def set_acl(self, request: Request, pk: UUID) -> Response:
        """Change what is given of the role's grants; each list is replaced whole."""
        values = self.checked(request, serializer=RoleAclSerializer)
        return self.told(set_role_acl, pk, status=200, record=acl_of, response=shown_acl, **values)


class FeaturesView(PlainView):
    """Everything that can be granted."""

    features: ClassVar[tuple[str, ...]] = (VIEW_ROLES,)

    @extend_schema(responses={200: CatalogueAnswer})
    def get(self, request: Request) -> Response:
        """The features of each module, with their labels and what they bring; `prefix.*` grants all below."""
        demand_known_parameters(request.query_params)
        shown = [shown_module(item) for item in catalogue()]
        return Response({"count": len(shown), "next": None, "previous": None, "results": shown})


class HoldersView(PlainView):
    """Who has a feature."""

    features: ClassVar[tuple[str, ...]] = (VIEW_USERS, VIEW_ROLES)

    @extend_schema(responses={200: HoldersAnswer})
    def get(self, request: Request, feature: str) -> Response:
        """Roles, users and, for those who may see keys, API keys that hold it, and through what."""
        demand_known_parameters(request.query_params)
        if feature.startswith(PORTAL) or not is_declared(feature):
            raise RowNotFound
        found = holders_of(feature, with_keys=current_scope().actor.access.allows(VIEW_API_KEYS))
        label = next((str(item.label) for item in every_feature() if item.id == feature), feature)
        response = Response(shown_holders(feature, label, found))
        response["Cache-Control"] = "no-store"
        return response


def acl_of(role: Role) -> dict[str, Any]:
    """What a role grants, as JSON."""
    grants = grants_of_role(role.pk)
    places = grants.organization_ids
    return {
        "features": sorted(grants.features),
        "is_super_admin": grants.is_super_admin,
        "organization_ids": None if places is None else sorted(str(place) for place in places),
        "version": role.version,
    }


def shown_acl(role: Role) -> Response:
    """The same as an answer, with the version of the role."""
    response = Response(acl_of(role))
    response["ETag"] = str(etag_of(role))
    return response
