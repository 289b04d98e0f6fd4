"""Asking a job to stop: what waits is cancelled at once, what runs stops when its worker looks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.work.queueing import enqueue_many
from apps.progress.calculations import following
from apps.progress.contracts import ACTIVE, JobStatus
from apps.progress.errors import JobEnded, NotCancellable
from apps.progress.features import MANAGE
from apps.progress.models import Job
from apps.progress.selectors import is_visible, may_cancel, unfinished_children
from apps.progress.services.ending import end
from apps.progress.services.families import locked, parent_of
from apps.progress.services.looking import LOOK_AFTER, keep_until
from apps.progress.services.telling import tell_updated


@command(
    "progress.job.cancel",
    open_reason="whoever asked for a job may stop it; somebody else's needs progress.jobs.manage, which it checks",
    resource="progress.job",
    undoable=False,
    undo_reason=gettext_lazy("What a job has stopped doing it does not take up again."),
)
def cancel_job(job_id: UUID) -> Job:
    """Ask a job and its parts to stop. A second request changes nothing.

    Raises RowNotFound for a job that the actor does not see, FeatureRequired for somebody else's, JobEnded,
    NotCancellable.
    """
    parent_id = parent_of(job_id)
    if parent_id is not None:
        locked(parent_id, waiting=True)
    job = load_for_update(Job, job_id)
    _demand_cancellable(job)
    if not job.is_cancel_requested:
        _stop(job, clock.now())
        job.refresh_from_db()
    return job


def _demand_cancellable(job: Job) -> None:
    if not is_visible(job):
        raise RowNotFound
    if not may_cancel(job):
        raise FeatureRequired(feature=MANAGE)
    if not job.is_active:
        raise JobEnded(state=job.status, allowed=[])
    if not job.is_cancellable:
        raise NotCancellable(state=job.status, allowed=following(job.status, is_cancellable=False))


def _stop(job: Job, now: datetime) -> None:
    has_parts = _stop_parts(job, now)
    nobody_works = job.status == JobStatus.PENDING or (has_parts and not unfinished_children(job.pk))
    if nobody_works:
        end(job.pk, JobStatus.CANCELLED, cancel_requested_at=now)
    else:
        Job.objects.filter(pk=job.pk).update(cancel_requested_at=now, updated_at=now)
        tell_updated(job.pk)


def _stop_parts(job: Job, now: datetime) -> bool:
    """Cancel the parts that wait and ask those that run to stop; say whether there are parts at all."""
    parts = Job.objects.filter(parent_id=job.pk)
    active = parts.filter(status__in=ACTIVE).order_by("pk").select_for_update(no_key=True, of=("self",))
    found = dict(active.values_list("pk", "status"))
    waiting = [pk for pk, status in found.items() if status == JobStatus.PENDING]
    asked = {"cancel_requested_at": now, "updated_at": now}
    Job.objects.filter(pk__in=found).update(**asked)
    Job.objects.filter(pk__in=waiting).update(status=JobStatus.CANCELLED, ended_at=now, values={})
    enqueue_many(LOOK_AFTER, waiting, keep_until(now))
    return bool(found) or parts.exists()
