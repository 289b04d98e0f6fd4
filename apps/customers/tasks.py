"""Work of the customers module."""

from __future__ import annotations

from uuid import UUID

from apps.customers.services.reminders import REMIND, remind
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(REMIND, sees_organizations=True)
def remind_of_interaction(interaction_id: UUID, lease: Lease) -> None:
    """Remind those who are concerned, once, and plan the next reminder of a series."""
    remind(interaction_id, lease)
