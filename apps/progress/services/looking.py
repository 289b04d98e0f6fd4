"""When somebody looks after a job: a row of work for each, while it runs and until it is removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

LOOK_AFTER = "progress.look_after"
SILENCE = timedelta(seconds=60)  # without a sign of life for so long a running job counts as dead
DAYS_KEPT = 7


def keep_until(ended_at: datetime) -> datetime:
    """When an ended job and its file are removed: after the days of the setting PROGRESS_RETENTION_DAYS."""
    return ended_at + timedelta(days=getattr(settings, "PROGRESS_RETENTION_DAYS", DAYS_KEPT))
