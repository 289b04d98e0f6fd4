"""Percent, time left, and when a step is worth a write: pure functions of values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.progress.contracts import JobStatus

USUAL_GAP = timedelta(milliseconds=250)
SHORTEST_GAP = timedelta(milliseconds=200)  # five writes a second, however fast a job gets on
FOLLOWING: dict[str, tuple[str, ...]] = {
    JobStatus.PENDING: (JobStatus.RUNNING, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED),
    JobStatus.RUNNING: (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job was at a moment; `total` None is unknown."""

    at: datetime
    done: int
    total: int | None


def percent_of(done: int, total: int | None, *, status: str = JobStatus.RUNNING) -> int | None:
    """Whole percent, rounded down so that 100 means all; None while the total is unknown.

    A job that went well is at 100 whatever it counted. Nothing to do is all done.
    """
    if status == JobStatus.COMPLETED:
        return 100
    if total is None:
        return None
    return 100 if done >= total else done * 100 // total


def eta_seconds(step: Step, *, started_at: datetime | None) -> int | None:
    """Seconds that are left at the average rate since the start, rounded up.

    None while the rate or the total is unknown: before the start, before anything is done.
    """
    if started_at is None or step.total is None or step.done <= 0:
        return None
    elapsed = (step.at - started_at) // timedelta(microseconds=1)
    if elapsed <= 0:
        return None
    left = max(0, step.total - step.done)
    return -(-left * elapsed // (step.done * 1_000_000))


def worth_writing(former: Step | None, step: Step) -> bool:
    """Say whether to write this step: the first one, then after 250 ms, or after 200 ms where a percent is full."""
    if former is None or abs(step.at - former.at) >= USUAL_GAP:
        return True
    is_further = percent_of(former.done, former.total) != percent_of(step.done, step.total)
    return is_further and abs(step.at - former.at) >= SHORTEST_GAP


def following(status: str, *, is_cancellable: bool) -> list[str]:
    """States that may follow; none after an end."""
    states = FOLLOWING.get(status, ())
    return [str(state) for state in states if is_cancellable or state != JobStatus.CANCELLED]
