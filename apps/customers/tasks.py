"""Work of the customers module."""

from __future__ import annotations

from uuid import UUID

from apps.customers.services.handing_out import WORK, write_export
from apps.customers.services.reminders import REMIND, remind
from apps.customers.services.retention import UPKEEP, look_after_customers
from apps.kernel.api.jobs import carry_out
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(REMIND, sees_organizations=True)
def remind_of_interaction(interaction_id: UUID, lease: Lease) -> None:
    """Remind those who are concerned, once, and plan the next reminder of a series."""
    remind(interaction_id, lease)


@work_kind(WORK, attempts=3)
def write_subject_export(job_id: UUID, lease: Lease) -> None:
    """Write the file with everything about a person."""
    carry_out(job_id, lease, write_export)


@work_kind(UPKEEP)
def purge_customers(tenant_id: UUID, lease: Lease) -> None:
    """Delete for good what the tenant has deleted long ago."""
    look_after_customers(lease)
