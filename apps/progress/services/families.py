"""Jobs and their parts: a parent counts what its parts count. Locks: the parent first, then the part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Coalesce

from apps.kernel import clock
from apps.kernel.work.queueing import enqueue
from apps.progress.contracts import ACTIVE, JobStatus
from apps.progress.models import GOING_ON, Job
from apps.progress.services.looking import LOOK_AFTER, SILENCE, keep_until
from apps.progress.services.telling import tell_ended, tell_started, tell_updated


def parent_of(job_id: UUID) -> UUID | None:
    """The job that it is a part of; None for a whole one."""
    found: UUID | None = Job.objects.filter(pk=job_id).values_list("parent_id", flat=True).first()
    return found


def locked(job_id: UUID, *, waiting: bool) -> Job | None:
    """The job while it goes on, locked; None when it has ended, or is locked and nobody may wait."""
    rows = Job.objects.select_for_update(no_key=True, of=("self",), skip_locked=not waiting)
    found: Job | None = rows.filter(pk=job_id, status__in=ACTIVE).defer("values", "result").first()
    return found


def held(job_id: UUID, *, waiting: bool) -> bool:
    """Lock a job that goes on; False when somebody else has it and nobody may wait."""
    return locked(job_id, waiting=waiting) is not None or waiting or not _goes_on(job_id)


def _goes_on(job_id: UUID) -> bool:
    return Job.objects.filter(pk=job_id, status__in=ACTIVE).exists()


def gather(parent_id: UUID, *, waiting: bool) -> None:
    """Count the parts into their parent, and end it when it was asked to stop and no part goes on.

    Without waiting a busy parent is left alone: whoever writes next counts again.
    """
    parent = locked(parent_id, waiting=waiting)
    if parent is None:
        return
    now, counted = clock.now(), _counted(parent_id)
    parts = {"processed": counted["done"] or 0, "total": None if counted["unknown"] else counted["expected"]}
    changes: dict[str, Any] = {**parts, "heartbeat_at": now, "updated_at": now}
    if counted["started"] is not None and parent.status == JobStatus.PENDING:
        changes |= {"status": JobStatus.RUNNING, "started_at": counted["started"]}
        enqueue(LOOK_AFTER, parent_id, now + SILENCE)
    if parent.is_cancel_requested and not counted["active"]:
        changes |= {"status": JobStatus.CANCELLED, "ended_at": now, "values": {}}
        enqueue(LOOK_AFTER, parent_id, keep_until(now))
    Job.objects.filter(pk=parent_id).update(**changes)
    _tell(parent, str(changes.get("status", parent.status)))


def _tell(parent: Job, status: str) -> None:
    if status not in ACTIVE:
        tell_ended(parent.pk, status)
    elif status != parent.status:
        tell_started(parent.pk)
    elif status == JobStatus.RUNNING:
        tell_updated(parent.pk)


def _counted(parent_id: UUID) -> dict[str, Any]:
    return Job.objects.filter(parent_id=parent_id).aggregate(
        done=models.Sum("processed"),
        expected=models.Sum("total"),
        started=models.Min("started_at"),
        unknown=models.Count("pk", filter=models.Q(total__isnull=True)),
        active=models.Count("pk", filter=GOING_ON),
    )


def since_first(column: str, moment: Any) -> Coalesce:
    """The column as it is, `moment` where it is still empty."""
    return Coalesce(models.F(column), models.Value(moment, output_field=models.DateTimeField()))
