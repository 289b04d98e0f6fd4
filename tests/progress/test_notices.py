"""Owners of jobs that took long hear how they ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.work.sweeper import sweep
from tests.directory.callers import member
from tests.notifications.notices import notifications
from tests.progress.factories import jobs, open_job, open_part, working_in
from tests.support.scopes import House

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ended(house: House, bob: User, *, after: timedelta, how: str) -> None:
    """A job of Bob's that ended so and took that long."""
    with clock.frozen(NOON) as frozen:
        job_id = open_job(house, bob)
        with working_in(house):
            jobs().start(job_id)
            frozen.tick(after)
            {
                "completed": lambda: jobs().complete(job_id, {"rows": 1}),
                "failed": lambda: jobs().fail(job_id, "The disk is full."),
                "cancelled": lambda: jobs().cancelled(job_id),
            }[how]()
        sweep()


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("completed", ("progress.job_completed", "success", "Done: Export of things")),
        ("failed", ("progress.job_failed", "error", "Failed: Export of things")),
    ],
)
def test_the_owner_of_a_long_one_is_told(house: House, bob: User, how: str, told: tuple[str, str, str]) -> None:
    member(house, "*")
    ended(house, bob, after=3 * MINUTE, how=how)
    [row] = notifications(house)
    assert (row.type, row.severity, row.title) == told
    assert (row.recipient_id, row.source_entity) == (bob.pk, "progress.job")
    assert row.link == f"/backend/progress/job/{row.source_id}/change/"
    assert "3 min" in row.body


@pytest.mark.parametrize(("after", "how"), [(MINUTE, "completed"), (MINUTE, "failed"), (3 * MINUTE, "cancelled")])
def test_of_short_ones_and_those_that_were_stopped_nobody_hears(
    house: House, bob: User, after: timedelta, how: str
) -> None:
    ended(house, bob, after=after, how=how)
    assert notifications(house) == []


def test_of_a_part_nobody_hears(house: House, bob: User) -> None:
    with clock.frozen(NOON) as frozen:
        part = open_part(house, open_job(house, bob), "north")
        with working_in(house):
            jobs().start(part)
            frozen.tick(3 * MINUTE)
            jobs().complete(part, {})
        sweep()
    assert notifications(house) == []
