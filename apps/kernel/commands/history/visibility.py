"""Which actions somebody may read: features, and organizations that they touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from apps.kernel.commands.history.privacy import holds
from apps.kernel.commands.history.restriction import unless_hidden, without_hidden
from apps.kernel.commands.models import Action
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

VIEW_OWN = "audit_logs.view_self"
VIEW_ANY = "audit_logs.view_tenant"
TREES = """
WITH RECURSIVE tree AS (
    SELECT id AS root, id FROM action WHERE id = ANY(%s)
    UNION ALL SELECT tree.root, child.id FROM action child JOIN tree ON child.parent_id = tree.id)
SELECT root, array_agg(id) FROM tree GROUP BY root
"""


def may_see_history() -> bool:
    """Say whether the actor may read any history at all."""
    return holds(VIEW_ANY) or holds(VIEW_OWN)


def readable_actions() -> QuerySet[Any]:
    """Actions that the actor may read, outermost and inner ones: all of the tenant, own ones, or none."""
    return without_hidden(_permitted())


def readable_action(action_id: UUID) -> QuerySet[Any]:
    """The action, if it is among `readable_actions`; costs two small queries instead of one that asks every kind."""
    rows = _permitted().filter(pk=action_id)
    resource = rows.values_list("resource_entity", "resource_id").first()
    return rows.none() if resource is None else unless_hidden(rows, resource)


def _permitted() -> QuerySet[Any]:
    """Actions that the actor may read, whatever they are about."""
    rows = within_sight(_owned(), "organizations")
    if holds(VIEW_ANY):
        return rows
    own = current_scope().actor.id
    return rows.filter(actor_id=own) if holds(VIEW_OWN) and own else rows.none()


def visible_actions() -> QuerySet[Any]:
    """Outermost actions that the actor may read, newest first."""
    return readable_actions().filter(parent_id=None).order_by("-created_at", "-id")


def _owned() -> QuerySet[Any]:
    """Actions that were done in one of the scope's organizations, or in none.

    The wall sees to that as well; said here it lets the planner find those of a small organization by index.
    """
    scope = current_scope()
    rows: QuerySet[Any] = Action.objects.all()
    if scope.actor.access.organization_ids is None:
        return rows
    return rows.filter(Q(organization_id__in=sorted(scope.organization_ids)) | Q(organization_id=None))


def within_sight(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Rows whose organizations (an array column) the scope sees, all of them.

    Organizations that are no more are seen by those who may see the whole tenant, so that their creation and
    deletion can be read and taken back.
    """
    scope = current_scope()
    if scope.actor.access.organization_ids is not None:
        return rows.filter(**{f"{column}__contained_by": sorted(scope.organization_ids)})
    unseen = service(OrganizationTree).all_living() - scope.organization_ids
    return rows.exclude(**{f"{column}__overlap": sorted(unseen)}) if unseen else rows


def trees_of(action_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Each action with all actions inside it."""
    with connection.cursor() as cursor:
        cursor.execute(TREES, [list(action_ids)])
        return dict(cursor.fetchall())
