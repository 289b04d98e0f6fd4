"""Stored exports that a person may stand in: they go with the person."""

from __future__ import annotations

from apps.kernel import clock
from apps.kernel.registry.subjects import Erased, Subject
from apps.progress.models import Job


def erase_exports(subject: Subject) -> Erased:
    """Remove files that jobs have left of records of the person's module: nobody can tell who stands in them."""
    begins = f"{subject.entity.partition('.')[0]}-"
    rows = Job.objects.filter(result__file_name__startswith=begins).select_for_update(of=("self",)).order_by("pk")
    files = []
    for job in rows:
        if stored := job.result.pop("file", ""):
            files.append(str(stored))
        job.result.pop("file_name", None)
        job.updated_at = clock.now()
        job.save(update_fields=["result", "updated_at"])
    return Erased({"progress_job": len(files)}, files=tuple(files))
