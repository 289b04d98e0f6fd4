"""AppConfig of the progress module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class ProgressConfig(ModuleConfig):
    """Long jobs that people can watch."""

    name = "apps.progress"
    label = "progress"
    manifest = Manifest(
        id="progress",
        label=_("Progress"),
        description=_("Long jobs: how far they are, how they ended, and what they left to download."),
    )

    def ready(self) -> None:
        """Keep long jobs: answer the kernel's port, and what only their handlers need."""
        from apps.kernel.ports import ProgressReporter  # noqa: PLC0415
        from apps.progress.contracts import LongJobs  # noqa: PLC0415
        from apps.progress.services import StoredProgress  # noqa: PLC0415

        jobs = StoredProgress()
        provide(ProgressReporter, jobs, name="progress", aliases=("progressService",))
        provide(LongJobs, jobs, name="progress.jobs")
