"""Work of the events module: large ranges that are delivered again, and the hourly tidying up."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from apps.events.features import MANAGE_DELIVERIES
from apps.events.services.ranges import REPLAY_WORK, asked_range, batches_of, replay_batch
from apps.events.services.telling import tell_operators
from apps.events.services.upkeep import UPKEEP_WORK, remove_old_events
from apps.kernel.api.jobs import Result, Watch, carry_out, work_in_batches
from apps.kernel.commands.executor import demand_feature
from apps.kernel.ports import JobInput
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(REPLAY_WORK, attempts=3)
def replay(job_id: UUID, lease: Lease) -> None:
    """Take the events of a range to a subscriber again, in the name of who asked for it."""
    carry_out(job_id, lease, _replayed)


def _replayed(job_id: UUID, job: JobInput, watch: Watch) -> Result:
    """Batch by batch. A try after a crash begins anew and leaves alone what has moved since it was asked for."""
    demand_feature(current_scope(), MANAGE_DELIVERIES)
    wanted, asked_at = asked_range(job.values)
    with scoped_transaction():
        total = wanted.count()
    again = partial(replay_batch, wanted, before=asked_at)
    return {"count": work_in_batches(batches_of(wanted), again, watch, total=total)}


@work_kind(UPKEEP_WORK)
def tidy_events(tenant_id: UUID, lease: Lease) -> None:
    """Remove old events of the tenant, and tell operators of deliveries that were given up."""
    remove_old_events(lease)
    tell_operators()
