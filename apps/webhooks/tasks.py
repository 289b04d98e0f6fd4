"""Work of the webhooks module: one row for each delivery and message, large replays, and the hourly tidying up."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.kernel.api.jobs import Result, Watch, carry_out, work_in_batches
from apps.kernel.commands.executor import demand_feature
from apps.kernel.ports import JobInput
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.webhooks.features import MANAGE
from apps.webhooks.selectors import RECEIPT_WORK, SEND_WORK
from apps.webhooks.services.processing import process
from apps.webhooks.services.replay import REPLAY_WORK, asked_range, batches_of, replay_batch
from apps.webhooks.services.sending import deliver, whole_tenant
from apps.webhooks.services.upkeep import UPKEEP_WORK, look_after_ledgers

QUEUE: Final = "webhooks"  # receivers may be slow: nothing else of the house waits behind them
PATIENT: Final = 10_000  # tries of the row of work: what it is about counts its own, and gives up by itself


@work_kind(SEND_WORK, queue=QUEUE, attempts=PATIENT)
def send_delivery(delivery_id: UUID, lease: Lease) -> None:
    """Try one delivery, and note in its row what became of it."""
    with whole_tenant(SEND_WORK):
        deliver(delivery_id, lease)


@work_kind(RECEIPT_WORK, attempts=PATIENT)
def process_receipt(receipt_id: UUID, lease: Lease) -> None:
    """Have one incoming message handled."""
    with whole_tenant(RECEIPT_WORK):
        process(receipt_id, lease)


@work_kind(REPLAY_WORK, attempts=3)
def replay(job_id: UUID, lease: Lease) -> None:
    """Send a large range again, in the name of who asked for it."""
    carry_out(job_id, lease, _replayed)


def _replayed(job_id: UUID, job: JobInput, watch: Watch) -> Result:
    """Batch by batch. A try after a crash begins anew and leaves alone what has moved since it was asked for."""
    demand_feature(current_scope(), MANAGE)
    wanted, asked_at = asked_range(job.values)
    with scoped_transaction():
        total = wanted.count()
    return {"count": work_in_batches(batches_of(wanted, before=asked_at), replay_batch, watch, total=total)}


@work_kind(UPKEEP_WORK)
def tidy_ledgers(tenant_id: UUID, lease: Lease) -> None:
    """Bring lost deliveries of the tenant back, and remove what ended long ago."""
    with whole_tenant(UPKEEP_WORK):
        look_after_ledgers(lease)
