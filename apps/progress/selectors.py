"""Reads of long jobs: whose they are, who sees them, what a worker needs to know."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from apps.kernel.ports import JobInput
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope
from apps.progress.contracts import ACTIVE, JobStatus
from apps.progress.features import MANAGE, VIEW_ALL
from apps.progress.models import Job

# Nobody waits for these any more: their worker may as well stop.
GIVEN_UP = (JobStatus.FAILED, JobStatus.CANCELLED)


def owned() -> Q:
    """The condition of jobs that the actor asked for; nothing meets it for somebody without an id."""
    actor = current_scope().actor
    return Q(pk__in=()) if actor.id is None else Q(owner_kind=actor.kind.value, owner_id=actor.id)


def own_jobs() -> QuerySet[Job]:
    """Jobs that the actor asked for."""
    rows: QuerySet[Job] = Job.objects.filter(owned())
    return rows


def visible_jobs() -> QuerySet[Job]:
    """Own jobs, or all of the tenant for whoever may see everybody's."""
    rows: QuerySet[Job] = Job.objects.all()
    return rows if current_scope().actor.access.allows(VIEW_ALL) else own_jobs()


def is_own(job: Job) -> bool:
    """Say whether the actor asked for the job."""
    actor = current_scope().actor
    return actor.id is not None and (job.owner_kind, job.owner_id) == (actor.kind.value, actor.id)


def is_visible(job: Job) -> bool:
    """Say whether the actor may know of the job."""
    return is_own(job) or current_scope().actor.access.allows(VIEW_ALL)


def may_cancel(job: Job) -> bool:
    """Say whether the actor may ask the job to stop, if it can be stopped at all."""
    return is_own(job) or current_scope().actor.access.allows(MANAGE)


def input_of(job_id: UUID) -> JobInput | None:
    """What the job was opened with, None when there is no such job or it has ended.

    The actor comes without access: what they may do is asked again where the work is done.
    """
    job = Job.objects.filter(pk=job_id, status__in=ACTIVE).first()
    if job is None:
        return None
    kind = ActorKind(job.owner_kind)
    return JobInput(
        kind=job.kind,
        actor=Actor(kind, job.owner_id, job.owner_label, on_behalf_of=job.on_behalf_of),
        organization_id=job.owner_organization_id,
        organization_ids=frozenset(job.owner_organization_ids),
        values=job.values,
    )


def is_cancellation_requested(job_id: UUID) -> bool:
    """Say whether somebody asked to stop, or the job has been given up meanwhile."""
    found = Job.objects.filter(pk=job_id).values_list("cancel_requested_at", "status").first()
    return found is not None and (found[0] is not None or found[1] in GIVEN_UP)


def unfinished_children(parent_id: UUID) -> int:
    """How many parts of the job have not ended."""
    return Job.objects.filter(parent_id=parent_id, status__in=ACTIVE).count()
