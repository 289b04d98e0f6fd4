"""Reads of the directory, cut to what the actor may see."""

from __future__ import annotations

from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from apps.directory.calculations import organization_slug
from apps.directory.contracts import TenantProfile
from apps.directory.models import Organization, Tenant
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.undo.plan import action_tree
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope
from apps.kernel.tenancy.selection import allowed_organizations
from apps.kernel.tenancy.standings import read_once
from apps.kernel.tenancy.switching import is_platform_admin
from apps.kernel.words import free_slug

PLATFORM_ROLE = "platform_admin"
SLUG_LENGTH = 150


def is_platform(actor: Actor) -> bool:
    """Say whether the actor works for the installation rather than for one tenant."""
    return actor.kind is ActorKind.SYSTEM or PLATFORM_ROLE in actor.access.roles or _is_listed(actor.id)


def _is_listed(user_id: UUID | None) -> bool:
    """Say whether the user is a platform admin, asked once while one answer is made."""
    return read_once(("platform admin", user_id), lambda: is_platform_admin(user_id))


def visible_tenants() -> models.QuerySet[Tenant]:
    """The scope's own tenant; every tenant for the platform."""
    scope = current_scope()
    rows = Tenant.objects.all()
    return rows if is_platform(scope.actor) else rows.filter(pk=scope.tenant_id)


def sees_whole_tenant() -> bool:
    """Say whether the actor is limited to no list of organizations."""
    return current_scope().actor.access.organization_ids is None


def visible_organizations() -> models.QuerySet[Organization]:
    """Living organizations of the tenant that the actor may work in, whatever is selected at present."""
    rows: models.QuerySet[Organization] = Organization.objects.filter(deleted_at__isnull=True)
    if sees_whole_tenant():
        return rows
    return rows.filter(pk__in=allowed_organizations(current_scope().actor, service(OrganizationTree)))


def suggested_slug(name: str) -> str:
    """A free handle for a new organization of the tenant."""
    wanted = organization_slug(service_profile().slug, name, longest=SLUG_LENGTH)
    return free_slug(wanted, _taken_near(wanted), longest=SLUG_LENGTH, first=1)


def _taken_near(wanted: str) -> set[str]:
    # Suggestions that were shortened to make room for their number begin a little differently.
    stem = wanted[: SLUG_LENGTH - 10]
    rows = HandleIndex.objects.filter(Q(value=wanted) | Q(value__startswith=stem), kind="slug")
    return set(rows.values_list("value", flat=True))


def is_slug_taken(slug: str) -> bool:
    """Say whether an organization of any tenant has the handle."""
    return HandleIndex.objects.filter(kind="slug", value=slug).exists()


def service_profile() -> TenantProfile:
    """Settings of the scope's tenant. Raises RowNotFound."""
    return StoredTenantBook().profile()


class StoredTenantBook:
    """`TenantBook` from the table."""

    def profile(self) -> TenantProfile:
        """The tenant of the open scope. Raises RowNotFound when there is none yet."""
        tenant = Tenant.objects.filter(pk=current_scope().tenant_id).first()
        if tenant is None:
            raise RowNotFound
        return TenantProfile(
            id=tenant.pk,
            name=tenant.name,
            slug=tenant.slug,
            locale=tenant.locale,
            time_zone=tenant.time_zone,
            base_currency=tenant.base_currency,
        )


def organization_rows(organization_id: UUID) -> dict[type[models.Model], models.QuerySet[models.Model]]:
    """For each kind of organization row those that belong to the organization, hidden ones included.

    The open scope must contain the organization: row-level security hides the rows from any other.
    """
    kinds = [model for model in apps.get_models() if issubclass(model, OrganizationModel) and not model._meta.proxy]
    return {model: model._default_manager.filter(organization_id=organization_id) for model in kinds}


def made_together_with(row_id: UUID) -> models.QuerySet[RowImage]:
    """Images of the rows that were inserted by the same change as the row; none for a row without history."""
    first = RowImage.objects.filter(row_id=row_id, operation="I").order_by("-seq").first()
    if first is None:
        return RowImage.objects.none()
    action = Action.objects.get(pk=first.action_id)
    while action.parent_id is not None:
        action = Action.objects.get(pk=action.parent_id)
    return RowImage.objects.filter(action_id__in=action_tree(action.pk), operation="I")
