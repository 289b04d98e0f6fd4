"""The worker's side of large orders from lists of the back office, in the name of who asked."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.admin.bulk_edit import task_again
from apps.kernel.admin.many import KIND, UPDATE, carry_out, missing, page_at, task_named
from apps.kernel.admin.selections import Chosen, read_chosen, seen_rows
from apps.kernel.api.jobs import Result, Watch
from apps.kernel.api.jobs import carry_out as carry_out_job
from apps.kernel.commands.bulk import BulkOutcome, BulkRefused
from apps.kernel.errors import FeatureRequired, FieldError
from apps.kernel.ports import JobInput
from apps.kernel.tenancy.transactions import reading
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(KIND, attempts=3)
def work_on_many(job_id: UUID, lease: Lease) -> None:
    """Carry out an order for many records."""
    carry_out_job(job_id, lease, _worked)


def _worked(job_id: UUID, job: JobInput, watch: Watch) -> Result:
    page, request = page_at(job.values["address"])
    chosen, name = read_chosen(job.values["chosen"]), job.values["task"]
    with reading():
        rows = seen_rows(page, request, chosen)
        task = task_again(page, request, rows, job.values["form"]) if name == UPDATE else task_named(page, name)
    if not rows:
        raise BulkRefused(errors=_gone(chosen), count=len(chosen.ids), total=len(chosen.ids))
    if task is None:
        raise FeatureRequired(feature=page.manage_feature)
    outcome = carry_out(rows, chosen, task, watch=watch)
    if not outcome.done:
        raise BulkRefused(errors=outcome.errors, count=len(outcome.refused), total=len(chosen.ids))
    return {"count": len(outcome.done), "refused": len(outcome.refused)}


def _gone(chosen: Chosen) -> tuple[FieldError, ...]:
    return BulkOutcome(refused=missing({}, chosen)).errors
