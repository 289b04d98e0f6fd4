"""Work of the progress module."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.progress.services import look_after
from apps.progress.services.looking import LOOK_AFTER


@work_kind(LOOK_AFTER)
def look_after_job(job_id: UUID, lease: Lease) -> None:
    """Fail a job whose worker is silent, remove one whose days are over."""
    look_after(job_id, lease)
