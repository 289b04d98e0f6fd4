"""What other modules may know of long jobs, and the bar that command line tools show."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, Self, TextIO, cast
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from tqdm import tqdm

from apps.kernel.ports import ProgressReporter


class JobStatus(TextChoices):
    """Where a job stands. The last three are ends: an ended job never changes again."""

    PENDING = "pending", _("waiting")
    RUNNING = "running", _("running")
    COMPLETED = "completed", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE = (JobStatus.PENDING, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class JobMoved:
    """What is told of a long job: its dotted kind, its state, and how far it is; `total` None is unknown."""

    resource_id: UUID
    kind: str
    status: str
    processed: int
    total: int | None


class LongJobs(ProgressReporter, Protocol):
    """The port of the kernel and what only handlers of long jobs need beside it."""

    def start(self, job_id: UUID) -> None:
        """Note that somebody works on the job; the first `advance` does so as well."""
        ...

    def watched(self, job_id: UUID) -> AbstractContextManager[None]:
        """Start the job and give a sign of life every 5 s for the length of the block, however long a step takes."""
        ...

    def open_child(
        self,
        parent_id: UUID,
        *,
        partition: str,
        name: str = "",
        total: int | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Note a part of a job, in the caller's transaction; the parent counts what all of its parts count.

        Kind, owner, organizations and whether it may be cancelled come from the parent. Raises RowNotFound for
        a parent that is not there, JobEnded for one that takes no parts any more, PartRefused for a part of a part.
        """
        ...

    def unfinished_children(self, parent_id: UUID) -> int:
        """How many parts have not ended. Who ends a part and then reads 0 ends the parent; a second end is ignored."""
        ...


class Bar(Protocol):
    """A bar in a terminal; it is closed at the end of the `with` block."""

    total: float | None

    def update(self, n: float | None = 1) -> bool | None:
        """Go on by so many."""
        ...

    def set_description(self, desc: str | None = None, refresh: bool | None = True) -> None:
        """Say what is being done now."""
        ...

    def __enter__(self) -> Self:
        """Show the bar."""
        ...

    def __exit__(self, *details: object) -> None:
        """Leave the bar as it stands."""
        ...


def progress_bar(total: int | None, description: str, *, stream: TextIO | None = None) -> Bar:
    """A bar on standard error for a management command: `with progress_bar(len(rows), "Rotating keys") as bar:`.

    Without a terminal nothing is written. `total` None shows counts and rate only.
    """
    bar = tqdm(total=total, desc=description, file=stream, disable=None, dynamic_ncols=True)
    return cast("Bar", bar)
