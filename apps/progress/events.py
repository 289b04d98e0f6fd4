"""Events of long jobs, told to whoever asked for them. Parts are told of by what becomes of their whole."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.eventbus.declarations import Event, Text, event
from apps.progress.contracts import JobMoved, JobStatus


def _job_event(verb: str, label: Text, *, triggers_workflows: bool = True) -> Event[JobMoved]:
    name = f"progress.job.{verb}"
    return event(name, payload=JobMoved, label=label, broadcast="staff", triggers_workflows=triggers_workflows)


JOB_CREATED = _job_event("created", _("A long job was asked for"))
JOB_STARTED = _job_event("started", _("A long job was begun"))
JOB_UPDATED = _job_event("updated", _("A long job got on"), triggers_workflows=False)
ENDS: dict[str, Event[JobMoved]] = {
    JobStatus.COMPLETED: _job_event("completed", _("A long job was done")),
    JobStatus.FAILED: _job_event("failed", _("A long job failed")),
    JobStatus.CANCELLED: _job_event("cancelled", _("A long job was stopped")),
}
