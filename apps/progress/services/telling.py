"""Telling whoever asked for a job what becomes of it; of a job that goes on, once a second at most."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from apps.kernel import clock
from apps.kernel.eventbus.declarations import Event
from apps.kernel.eventbus.uncommanded import emit_uncommanded
from apps.kernel.tenancy.scope import ActorKind
from apps.progress.contracts import JobMoved
from apps.progress.events import ENDS, JOB_CREATED, JOB_STARTED, JOB_UPDATED
from apps.progress.models import Job
from apps.progress.services.hearing import EARS

BETWEEN = timedelta(seconds=1)
LISTENERS = frozenset({ActorKind.STAFF.value, ActorKind.API_KEY.value})


def tell_created(job: Job) -> None:
    """Tell of a job that has just been asked for; parts are told of by their whole."""
    if job.parent_id is None:
        _say(JOB_CREATED, job)


def tell_started(job_id: UUID) -> None:
    """Tell that somebody works on the job."""
    _tell(JOB_STARTED, job_id)


def tell_updated(job_id: UUID) -> None:
    """Tell how far the job is, unless this process has told within the last second."""
    heard, now = EARS.of(job_id), clock.now()
    if heard.told_at is not None and abs(now - heard.told_at) < BETWEEN:
        return
    heard.told_at = now
    _tell(JOB_UPDATED, job_id)


def tell_ended(job_id: UUID, status: str) -> None:
    """Tell how the job ended: never left out, never twice, because a job ends once."""
    _tell(ENDS[status], job_id)


def _tell(event: Event[JobMoved], job_id: UUID) -> None:
    job = Job.objects.filter(pk=job_id, parent_id__isnull=True).defer("values", "result").first()
    if job is not None:
        _say(event, job)


def _say(event: Event[JobMoved], job: Job) -> None:
    listens = job.owner_id is not None and job.owner_kind in LISTENERS
    emit_uncommanded(
        event,
        recipients=[job.owner_id] if listens and job.owner_id else [],
        resource_id=job.pk,
        kind=job.kind,
        status=str(job.status),
        processed=job.processed,
        total=job.total,
    )
