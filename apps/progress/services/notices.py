"""Tells whoever asked for a job that took long how it ended: they have gone on to other things meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from apps.kernel.ports import Notifier
from apps.kernel.registry.notices import STAFF
from apps.kernel.services import service
from apps.progress.contracts import JobStatus
from apps.progress.models import Job
from apps.progress.notifications import JOB_COMPLETED, JOB_FAILED

LONG: Final = timedelta(seconds=60)
TOLD: Final = {JobStatus.COMPLETED: JOB_COMPLETED, JobStatus.FAILED: JOB_FAILED}


def tell_owner(job_id: UUID, status: JobStatus) -> None:
    """Tell the owner, in the transaction that ended the job; of parts and of what people have stopped nobody hears."""
    if status not in TOLD:
        return
    job = Job.objects.filter(pk=job_id, parent__isnull=True, owner_kind=STAFF, started_at__isnull=False).first()
    if job is None or job.owner_id is None or job.ended_at is None or job.started_at is None:
        return
    took = job.ended_at - job.started_at
    if took <= LONG:
        return
    variables = {"name": job.name, "minutes": round(took / timedelta(minutes=1))}
    service(Notifier).notify(TOLD[status], [job.owner_id], variables, about=(Job.entity_id, job_id))
