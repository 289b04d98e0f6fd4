"""Ends of jobs. There is one end for each job: whatever comes after it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q

from apps.kernel import clock
from apps.kernel.work.queueing import enqueue
from apps.progress.contracts import ACTIVE, JobStatus
from apps.progress.models import LONGEST_ERROR, Job
from apps.progress.services.apart import apart, joined
from apps.progress.services.families import gather, held, parent_of, since_first
from apps.progress.services.hearing import EARS
from apps.progress.services.looking import LOOK_AFTER, keep_until
from apps.progress.services.notices import tell_owner
from apps.progress.services.telling import tell_ended

ANY = Q()


def end(job_id: UUID, status: JobStatus, *, only: Q = ANY, waiting: bool = True, **changes: Any) -> bool:
    """End a job that has not ended; say whether it did.

    `only` narrows what is ended. Without waiting, a job that somebody holds is left alone.
    """
    parent_id, now = parent_of(job_id), clock.now()
    if not all(held(item, waiting=waiting) for item in (parent_id, job_id) if item is not None):
        return False
    rows = Job.objects.filter(only, pk=job_id, status__in=ACTIVE)
    if not rows.update(status=status, ended_at=now, updated_at=now, values={}, **changes):
        return False
    if parent_id is not None:
        gather(parent_id, waiting=True)
    else:
        tell_ended(job_id, status)
    enqueue(LOOK_AFTER, job_id, keep_until(now))
    tell_owner(job_id, status)
    return True


def complete(job_id: UUID, result: Mapping[str, Any]) -> None:
    """End the job well, in the caller's transaction where there is one: it is done when its effect is there.

    The file for a job that has ended otherwise is deleted, because nobody could ever fetch it.
    """
    changes = {"result": dict(result), "started_at": since_first("started_at", clock.now()), **_last_count(job_id)}
    ended = joined(partial(end, job_id, JobStatus.COMPLETED, **changes))
    if not ended and (file := str(result.get("file") or "")):
        joined(partial(_drop_lost_file, job_id, file))


def cancelled(job_id: UUID) -> None:
    """Note that the job has stopped, in the caller's transaction where there is one."""
    joined(partial(end, job_id, JobStatus.CANCELLED, **_last_count(job_id)))


def fail(job_id: UUID, message: str) -> None:
    """End the job badly, at once: the transaction that failed may be about to be rolled back.

    A job that only the caller's own transaction can see or write is ended there.
    """
    write = partial(end, job_id, JobStatus.FAILED, error=message[:LONGEST_ERROR], **_last_count(job_id))
    if not apart(partial(write, waiting=False)) and not connection.needs_rollback:
        joined(write)


def _last_count(job_id: UUID) -> dict[str, Any]:
    """What this process has heard last: a count that has waited for a write must not get lost."""
    return EARS.of(job_id).changes()


def _drop_lost_file(job_id: UUID, file: str) -> None:
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not (job.is_active or job.file == file):
        transaction.on_commit(partial(default_storage.delete, file), robust=True)
