"""The last change of each of many records, in one statement whatever their number and however often they changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.kernel.commands.history.privacy import holds
from apps.kernel.commands.history.visibility import VIEW_ANY
from apps.kernel.tenancy.scope import current_scope

# Two steps of the index for each record: its newest image, and the action of that. Written as sub-selects with a
# limit, because a join is planned from the tenant's actions, of which there are as many as there were writes.
LATEST = """
SELECT wanted.id, action.actor_label, action.created_at, action.organizations
FROM unnest(%s::uuid[]) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT action_id FROM row_image WHERE row_id = wanted.id ORDER BY seq DESC LIMIT 1) image
CROSS JOIN LATERAL (
    SELECT actor_label, created_at, organizations FROM action WHERE id = image.action_id LIMIT 1) action
"""


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed a record last, and when."""

    who: str
    when: datetime


def last_changes(ids: Iterable[UUID]) -> dict[UUID, LastChange]:
    """The last change of each record, of records that the actor sees; nothing without the feature to see all changes.

    Left out are records that nobody changed, and for actors of some organizations those whose last change also
    touched others: what was done there is not for them.
    """
    if not holds(VIEW_ANY):
        return {}
    scope = current_scope()
    sees_all = scope.actor.access.organization_ids is None
    with connection.cursor() as cursor:
        cursor.execute(LATEST, [list(ids)])
        return {
            record_id: LastChange(who, when)
            for record_id, who, when, organizations in cursor.fetchall()
            if sees_all or scope.organization_ids.issuperset(organizations)
        }
