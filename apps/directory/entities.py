"""Kinds of records of the directory, and what undo may do to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.directory.errors import OrganizationNotEmpty
from apps.directory.models import Organization, Tenant
from apps.directory.selectors import made_together_with, organization_rows, visible_organizations, visible_tenants
from apps.directory.tree import LivingTree
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import Entity, Image, add_entity
from apps.kernel.tenancy.scope import Actor, current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction


def validate_organization_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Refuse an undo that would strand rows or reach beyond what the actor may see; the database judges the path.

    Raises OrganizationNotEmpty when the organization would vanish under rows that came later, RowNotFound.
    """
    if before is not None and after is None:
        _demand_nothing_later(UUID(before["id"]))
    parent_id = after["parent_id"] if after is not None else None
    if parent_id is not None and actor.access.organization_ids is not None:
        _demand_visible(UUID(parent_id))


def _demand_visible(organization_id: UUID) -> None:
    if not visible_organizations().filter(pk=organization_id).exists():
        raise RowNotFound


def _demand_nothing_later(organization_id: UUID) -> None:
    own = made_together_with(organization_id).values("row_id")
    with using_scope(in_organization(current_scope(), organization_id)), scoped_transaction():
        kinds = organization_rows(organization_id).items()
        counted = {model: rows.exclude(pk__in=own).count() for model, rows in kinds}
    left = {model: count for model, count in counted.items() if count}
    if left:
        raise OrganizationNotEmpty(
            summary=", ".join(f"{count} × {model._meta.verbose_name_plural}" for model, count in left.items()),
            children=0,
            rows={model._meta.label_lower: count for model, count in left.items()},
            usages={},
        )


@dataclass(frozen=True, slots=True)
class OrganizationEntity(Entity):
    """Organizations are named on nearly every page, and seldom change: living ones are known by heart."""

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of the tenant's organizations, deleted ones included; one query where one is deleted."""
        wanted, names = set(ids), LivingTree().known_names()
        further = wanted - names.keys()
        return {
            **{item: names[item] for item in wanted & names.keys()},
            **(super(OrganizationEntity, self).labels(further) if further else {}),
        }


@dataclass(frozen=True, slots=True)
class TenantEntity(Entity):
    """Tenants stand in a global table: their list is cut here, not by row-level security."""

    def living(self) -> models.QuerySet[Any]:
        """The tenants that the actor may see."""
        return visible_tenants()

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of the tenants that the actor may see."""
        return {row.pk: row.name for row in visible_tenants().filter(pk__in=set(ids))}


add_entity(
    OrganizationEntity(
        Organization.entity_id,
        Organization,
        Organization._meta.verbose_name or "",
        Organization._meta.verbose_name_plural or "",
        icon="account_tree",
        search=("name", "slug"),
        url="admin:directory_organization_change",
        validate_restore=validate_organization_restore,
    ),
)
add_entity(
    TenantEntity(
        Tenant.entity_id,
        Tenant,
        Tenant._meta.verbose_name or "",
        Tenant._meta.verbose_name_plural or "",
        icon="apartment",
        search=("name", "slug"),
        url="admin:directory_tenant_change",
    ),
)
