"""What owners of long jobs are told when one has ended."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import IN_APP, notification_type

JOB_COMPLETED: Final = notification_type(
    "progress.job_completed",
    label=_("A long job is done"),
    title=_("Done: {{ name }}"),
    body=_("It took {{ minutes }} min. What it left to download is kept for some days."),
    severity="success",
    icon="task_alt",
    expires_after=7 * 24,
    channels=(IN_APP,),
).id

JOB_FAILED: Final = notification_type(
    "progress.job_failed",
    label=_("A long job has failed"),
    title=_("Failed: {{ name }}"),
    body=_("It ended after {{ minutes }} min. Its page says what went wrong."),
    severity="error",
    icon="error",
    expires_after=7 * 24,
    channels=(IN_APP,),
).id
