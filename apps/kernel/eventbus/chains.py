"""The events before an event: from each to the one that it followed from."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from apps.kernel.tenancy.scope import current_scope

# Depth ends every chain: what goes deeper is parked.
BEFORE = """
WITH RECURSIVE chain AS (
    SELECT id, causation_id FROM outbox WHERE id = %(event)s AND tenant_id = %(tenant)s
    UNION ALL
    SELECT cause.id, cause.causation_id FROM chain JOIN outbox cause
        ON cause.id = chain.causation_id AND cause.tenant_id = %(tenant)s
)
SELECT id FROM chain WHERE id <> %(event)s
"""


def causes_of(event_id: UUID) -> list[UUID]:
    """Ids of the events from which it followed, as far as they are kept and the scope sees them."""
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"event": event_id, "tenant": current_scope().tenant_id})
        return [row_id for (row_id,) in cursor.fetchall()]
