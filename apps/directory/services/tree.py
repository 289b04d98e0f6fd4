"""Changes of the tree itself: moving a subtree, deleting a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from apps.directory.errors import LastOrganization, OrganizationLoop, OrganizationNotEmpty
from apps.directory.features import ORGANIZATIONS_MANAGE
from apps.directory.models import Organization
from apps.directory.selectors import organization_rows
from apps.directory.services.hooks import equipment
from apps.directory.services.loading import lock_tree, organization_for_update, parent_for
from apps.directory.services.organizations import living_children, new_organization_id
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.errors import FieldError
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.usages import usages
from apps.kernel.tenancy.scope import Scope, current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction


def _move_example(scope: Scope) -> dict[str, Any]:
    return {"organization_id": new_organization_id(), "parent_id": new_organization_id()}


@command("directory.organization.move", feature=ORGANIZATIONS_MANAGE, example=_move_example, retryable=True)
def move_organization(organization_id: UUID, *, parent_id: UUID | None) -> Organization:
    """Hang an organization and everything below it under another one, or at the top with None.

    Raises RowNotFound, OrganizationLoop, ParentInactive, TopLevelRefused, InvalidInput for an unknown parent.
    """
    lock_tree()
    organization = organization_for_update(organization_id)
    if organization.parent_id == parent_id:
        return organization
    parent = parent_for(parent_id)
    if parent is not None and parent.path.startswith(organization.path):
        text = _("Choose a parent outside of the organization.")
        raise OrganizationLoop(errors=(FieldError("parent_id", OrganizationLoop.code, text),))
    _replant(organization, parent)
    organization.refresh_from_db()
    return organization


def _replant(organization: Organization, parent: Organization | None) -> None:
    """One statement for the whole subtree, deleted nodes included: their paths stay right as well."""
    former = organization.path
    path = f"{parent.path if parent else ''}{organization.pk}/"
    depth = parent.depth + 1 if parent else 0
    target = Value(parent.pk if parent else None, output_field=models.UUIDField())
    Organization.objects.filter(path__startswith=former).update(
        parent_id=Case(When(pk=organization.pk, then=target), default=F("parent_id")),
        path=Concat(Value(path), Substr("path", len(former) + 1)),
        depth=F("depth") + (depth - organization.depth),
        version=F("version") + 1,
        updated_at=clock.now(),
    )


def _deletion_example(scope: Scope) -> dict[str, Any]:
    return {"organization_id": new_organization_id()}


@command("directory.organization.delete", feature=ORGANIZATIONS_MANAGE, example=_deletion_example)
def delete_organization(organization_id: UUID) -> Organization:
    """Hide an empty organization; rows that modules call its equipment go and come back with it.

    Raises RowNotFound, LastOrganization, OrganizationNotEmpty with counts.
    """
    lock_tree()
    organization = organization_for_update(organization_id)
    keep_pointers_out(organization)
    if not Organization.objects.filter(deleted_at__isnull=True).exclude(pk=organization.pk).exists():
        raise LastOrganization
    _demand_empty(organization)
    hide(organization)
    return organization


def _demand_empty(organization: Organization) -> None:
    children = living_children(organization).count()
    rows = living_rows(organization.pk)
    pointing = {
        f"{usage.model._meta.label_lower}.{usage.field}": usage
        for usage in usages(Organization.entity_id, [organization.pk])
        if usage.on_deletion is OnDeletion.PROTECT
    }
    if not (children or rows or pointing):
        return
    said = [f"{children} × {Organization._meta.verbose_name_plural}"] if children else []
    said += [f"{count} × {model._meta.verbose_name_plural}" for model, count in rows.items()]
    raise OrganizationNotEmpty(
        summary=", ".join([*said, *map(str, pointing.values())]),
        children=children,
        rows={model._meta.label_lower: count for model, count in rows.items()},
        usages={name: usage.count for name, usage in pointing.items()},
    )


def living_rows(organization_id: UUID) -> Mapping[type[models.Model], int]:
    """How many living rows of each kind the organization holds; equipment and kinds without rows are left out."""
    kept = equipment()
    with using_scope(in_organization(current_scope(), organization_id)), scoped_transaction():
        counted = {
            model: _living(rows).count()
            for model, rows in organization_rows(organization_id).items()
            if getattr(model, "entity_id", "") not in kept
        }
    return {model: count for model, count in counted.items() if count}


def _living(rows: models.QuerySet[models.Model]) -> models.QuerySet[models.Model]:
    fields = {field.name for field in rows.model._meta.local_concrete_fields}
    return rows.filter(deleted_at__isnull=True) if "deleted_at" in fields else rows
