"""The kind of record `progress.job`. The palette does not search it: it would name other people's jobs."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.progress.models import Job

entity(Job, icon="hourglass_top", url="admin:progress_job_change")
