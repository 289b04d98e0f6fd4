"""REST interface of tenants and organizations."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.directory import services
from apps.directory.api.serializers import (
    MoveSerializer,
    OrganizationChangeSerializer,
    OrganizationSerializer,
    TenantSerializer,
)
from apps.directory.features import ORGANIZATIONS_MANAGE, ORGANIZATIONS_VIEW, TENANTS_MANAGE, TENANTS_VIEW
from apps.directory.models import Organization, Tenant
from apps.directory.selectors import visible_organizations, visible_tenants
from apps.kernel.api.viewsets import CommandViewSet


class OrganizationViewSet(CommandViewSet):
    """Organizations that the actor may work in, whichever is selected."""

    entity = Organization.entity_id
    filter_fields = ("name", "slug", "parent_id", "depth", "is_active", "created_at", "updated_at")
    ordering_fields = ("path", "name", "created_at", "updated_at")
    default_ordering = "path"
    create_command = services.create_organization
    update_command = services.update_organization
    delete_command = services.delete_organization
    bulk_commands: ClassVar[dict[str, Any]] = {
        "activate": services.activate_organization,
        "deactivate": services.deactivate_organization,
    }
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (ORGANIZATIONS_VIEW,),
        "retrieve": (ORGANIZATIONS_VIEW,),
        "create": (ORGANIZATIONS_MANAGE,),
        "update": (ORGANIZATIONS_MANAGE,),
        "partial_update": (ORGANIZATIONS_MANAGE,),
        "destroy": (ORGANIZATIONS_MANAGE,),
        "move": (ORGANIZATIONS_MANAGE,),
        "activate": (ORGANIZATIONS_MANAGE,),
        "deactivate": (ORGANIZATIONS_MANAGE,),
    }

    def get_queryset(self) -> QuerySet[Any]:
        """The actor's part of the tree, not only the selected part."""
        return visible_organizations()

    def get_serializer_class(self) -> type[OrganizationSerializer]:
        """The parent is given at creation and afterwards only to `move/`."""
        changing = self.action in {"update", "partial_update"}
        return OrganizationChangeSerializer if changing else OrganizationSerializer

    @extend_schema(request=MoveSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: UUID) -> Response:
        """Hang the organization and what is below it under another one, or at the top."""
        values = self.checked(request, serializer=MoveSerializer)
        return self.answered(services.move_organization, pk, **values)

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: UUID) -> Response:
        """Switch the organization on."""
        return self.pressed(request, services.activate_organization, pk)

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: UUID) -> Response:
        """Switch the organization off."""
        return self.pressed(request, services.deactivate_organization, pk)


class TenantViewSet(CommandViewSet):
    """The actor's own tenant; every tenant for the platform."""

    entity = Tenant.entity_id
    serializer_class = TenantSerializer
    filter_fields = ("name", "slug", "status", "created_at", "updated_at")
    ordering_fields = ("name", "slug", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_tenant
    update_command = services.update_tenant
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (TENANTS_VIEW,),
        "retrieve": (TENANTS_VIEW,),
        "create": (TENANTS_MANAGE,),
        "update": (TENANTS_MANAGE,),
        "partial_update": (TENANTS_MANAGE,),
        "suspend": (TENANTS_MANAGE,),
        "reactivate": (TENANTS_MANAGE,),
    }

    def get_queryset(self) -> QuerySet[Any]:
        """The tenants that the actor may see."""
        return visible_tenants()

    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: UUID) -> Response:
        """Close the tenant."""
        return self.pressed(request, services.suspend_tenant, pk)

    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, pk: UUID) -> Response:
        """Open the tenant again."""
        return self.pressed(request, services.reactivate_tenant, pk)
