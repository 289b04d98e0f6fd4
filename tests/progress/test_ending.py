"""Ends: there is one for each job, and nothing that comes later changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service, service_named
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.progress.models import Job
from apps.progress.services import cancel_job
from tests.auth.factories import acting_as, reading_in
from tests.directory.callers import member
from tests.progress.factories import jobs, open_job, stored, working_in
from tests.support.crowds import all_at_once
from tests.support.scopes import House

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
Ending = Callable[[UUID], Any]
ENDS: dict[str, Ending] = {
    "completed": lambda job_id: jobs().complete(job_id, {"rows": 1}),
    "failed": lambda job_id: jobs().fail(job_id, "The disk is full."),
    "cancelled": lambda job_id: jobs().cancelled(job_id),
}


def everything_of(house: House, job_id: UUID) -> dict[str, Any]:
    with reading_in(house):
        return dict(Job.objects.filter(pk=job_id).values().get())


def test_the_service_has_its_names() -> None:
    assert service_named("progress") is service_named("progressService") is service(ProgressReporter)
    assert service(ProgressReporter).is_available is True


@pytest.mark.parametrize("status", sorted(ENDS))
def test_an_end(house: House, bob: User, status: str) -> None:
    job_id = open_job(house, bob, values={"ids": [1]})
    with clock.frozen(NOON), working_in(house):
        ENDS[status](job_id)
        assert jobs().input_of(job_id) is None
    job = stored(house, job_id)
    assert (job.status, job.ended_at, job.values) == (status, NOON, {})
    assert job.error == ("The disk is full." if status == "failed" else "")
    assert job.result == ({"rows": 1} if status == "completed" else {})


@pytest.mark.parametrize("first", sorted(ENDS))
@pytest.mark.parametrize("late", [*sorted(ENDS), "advance", "start"])
def test_nothing_changes_an_ended_job(house: House, bob: User, first: str, late: str) -> None:
    job_id = open_job(house, bob)
    more: dict[str, Ending] = {
        "advance": lambda job_id: jobs().advance(job_id, 9, 10),
        "start": lambda job_id: jobs().start(job_id),
    }
    with working_in(house):
        ENDS[first](job_id)
        before = everything_of(house, job_id)
        (ENDS | more)[late](job_id)
    assert everything_of(house, job_id) == before


@pytest.mark.parametrize("status", sorted(ENDS))
def test_only_jobs_that_went_well_are_not_given_up(house: House, bob: User, status: str) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        ENDS[status](job_id)
        assert jobs().is_cancellation_requested(job_id) is (status != "completed")


def test_a_long_message_is_cut(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().fail(job_id, "x" * 5000)
    assert len(stored(house, job_id).error) == 2000


def test_a_result_may_hold_what_json_does_not_know(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().complete(job_id, {"rows": 2, "at": NOON, "by": bob.pk})
    assert stored(house, job_id).result == {"rows": 2, "at": "2026-05-04T12:00:00Z", "by": str(bob.pk)}


def test_an_end_queues_the_removal(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with clock.frozen(NOON), working_in(house):
        jobs().complete(job_id, {})
    [row] = Work.objects.filter(ref_id=job_id)
    assert (row.kind, row.due_at) == ("progress.look_after", datetime(2026, 5, 11, 12, tzinfo=UTC))


@pytest.mark.committed
def test_of_many_ends_at_once_one_holds(house: House) -> None:
    user = member(house)
    for _ in range(4):
        job_id = open_job(house, user, is_cancellable=True)
        with working_in(house):
            jobs().start(job_id)
        names = [*sorted(ENDS), "cancel", "advance"] * 2

        def finish(number: int, names: list[str] = names, job_id: UUID = job_id) -> None:
            name = names[number]
            with acting_as(house, user):
                if name == "cancel":
                    cancel_job(job_id)
                elif name == "advance":
                    jobs().advance(job_id, number, 100)
                else:
                    ENDS[name](job_id)

        answers = all_at_once(len(names), finish)
        job = stored(house, job_id)
        assert [item for item in answers if isinstance(item, DatabaseError)] == []
        assert job.ended_at is not None
        assert (job.status == "failed") == bool(job.error)
        assert (job.status == "completed") == bool(job.result)


@pytest.mark.committed
def test_an_end_commits_with_its_effect(house: House) -> None:
    job_id = open_job(house, member(house))
    with working_in(house):
        with pytest.raises(ZeroDivisionError), scoped_transaction():
            jobs().complete(job_id, {"rows": 1})
            _ = 1 / 0
        assert stored(house, job_id).status == "pending"
        with scoped_transaction():
            jobs().complete(job_id, {"rows": 1})
    assert stored(house, job_id).status == "completed"


@pytest.mark.committed
def test_a_failure_outlives_the_transaction_that_failed(house: House) -> None:
    job_id = open_job(house, member(house))
    with working_in(house), pytest.raises(ZeroDivisionError), scoped_transaction():
        jobs().advance(job_id, 1)
        jobs().advance(job_id, 7)
        jobs().fail(job_id, "Something is wrong with row 8.")
        _ = 1 / 0
    job = stored(house, job_id)
    assert (job.status, job.error, job.processed) == ("failed", "Something is wrong with row 8.", 7)


@pytest.mark.committed
def test_a_failure_is_noted_from_within_a_broken_transaction(house: House) -> None:
    job_id = open_job(house, member(house))
    with working_in(house), pytest.raises(DatabaseError), scoped_transaction():
        try:
            with scoped_transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        finally:
            connection.set_rollback(True)
            jobs().fail(job_id, "The database did not like it.")
    assert stored(house, job_id).status == "failed"


@pytest.mark.committed
def test_a_job_that_is_not_committed_yet_fails_where_it_is(house: House) -> None:
    with acting_as(house, member(house)), scoped_transaction():
        job_id = jobs().open("tests.thing.export", name="Export")
        jobs().fail(job_id, "There is nothing to export.")
    assert stored(house, job_id).status == "failed"
