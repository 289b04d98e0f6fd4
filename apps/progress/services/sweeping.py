"""Looking after a job: failing it when its worker is silent, removing it and its file when its days are over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils.translation import gettext_noop

from apps.kernel import clock
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue
from apps.progress.contracts import JobStatus
from apps.progress.models import Job
from apps.progress.selectors import unfinished_children
from apps.progress.services.ending import end
from apps.progress.services.looking import LOOK_AFTER, SILENCE, keep_until

SILENT = gettext_noop("The job stopped answering and was given up. Start it again.")
SOON, LATER = timedelta(seconds=1), timedelta(hours=1)


def look_after(job_id: UUID, lease: Lease) -> None:
    """Do what is due for a job now, and come back when something will be.

    A job that waits is left alone: its start queues the next look.
    """
    with scoped_transaction():
        job = Job.objects.filter(pk=job_id).first()
    if job is None or job.status == JobStatus.PENDING:
        return
    if job.is_active:
        _judge(job, lease)
    else:
        _keep_or_remove(job, lease)


def _judge(job: Job, lease: Lease) -> None:
    """Fail the job if there was no sign of life for too long; its parts count as one while any of them goes on."""
    now = clock.now()
    with scoped_transaction():
        silent = Q(status=JobStatus.RUNNING, heartbeat_at__lte=now - SILENCE)
        if unfinished_children(job.pk) or not end(job.pk, JobStatus.FAILED, only=silent, error=SILENT):
            heard_at = job.heartbeat_at or now
            enqueue(LOOK_AFTER, job.pk, max(heard_at + SILENCE, now + SOON))
        lease.complete()


def _keep_or_remove(job: Job, lease: Lease) -> None:
    now = clock.now()
    until = keep_until(job.ended_at or now)
    with scoped_transaction():
        parts = list(Job.objects.filter(parent_id=job.pk))
        if _is_needed(job, parts):
            until = max(until, now + LATER)
        if now < until:
            enqueue(LOOK_AFTER, job.pk, until)
            lease.complete()
            return
    family = [*parts, job]
    lease.check()
    _delete_files(item.file for item in family)
    with scoped_transaction():
        Job.objects.filter(pk__in=[item.pk for item in family]).delete()
        lease.complete()


def _is_needed(job: Job, parts: Iterable[Job]) -> bool:
    """Say whether a part still goes on, or a parent that counts this part."""
    return any(part.is_active for part in parts) or (job.parent is not None and job.parent.is_active)


def _delete_files(names: Iterable[str]) -> None:
    """Delete files before the rows that name them, so that a crash in between leaves nothing that nobody knows of."""
    for name in names:
        if name:
            default_storage.delete(name)
