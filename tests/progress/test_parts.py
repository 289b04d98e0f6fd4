"""Jobs in parts: the parent counts what its parts count, and stops with them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import Client

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.progress.errors import JobEnded, PartRefused
from tests.directory.callers import member, send
from tests.progress.factories import jobs, open_job, open_part, stored, working_in
from tests.support.crowds import all_at_once
from tests.support.scopes import House

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def counts(house: House, job_id: UUID) -> tuple[str, int, int | None]:
    job = stored(house, job_id)
    return job.status, job.processed, job.total


def cancel(client: Client, job_id: UUID) -> str:
    answer = send(client, "post", f"/api/progress/jobs/{job_id}/cancel/", {})
    assert answer.status_code == 200
    return str(answer.json()["status"])


def test_a_part_belongs_to_whom_the_whole_belongs(house: House, bob: User) -> None:
    whole = open_job(house, bob, is_cancellable=True)
    part = stored(house, open_part(house, whole, "north", values={"page": 1}))
    assert (part.owner_kind, part.owner_id, part.owner_organization_id) == ("staff", bob.pk, house.root.pk)
    assert (part.kind, part.name, part.partition, part.is_cancellable) == (
        "tests.thing.export",
        "Export of things",
        "north",
        True,
    )
    assert (part.parent_id, part.values, str(part)) == (whole, {"page": 1}, "Export of things (north)")


def test_the_whole_counts_its_parts(house: House, bob: User) -> None:
    whole = open_job(house, bob)
    first, second = open_part(house, whole, "1", total=10), open_part(house, whole, "2", total=30)
    assert counts(house, whole) == ("pending", 0, 40)
    with clock.frozen(NOON) as frozen, working_in(house):
        jobs().advance(first, 5)
        assert counts(house, whole) == ("running", 5, 40)
        frozen.tick(1)
        jobs().advance(second, 7)
        assert counts(house, whole) == ("running", 12, 40)
        jobs().complete(first, {})
    job = stored(house, whole)
    assert (job.status, job.processed, job.percent) == ("running", 12, 30)
    assert (job.started_at, job.heartbeat_at) == (NOON, NOON + (frozen.at - NOON))


def test_one_part_of_unknown_size_makes_the_whole_unknown(house: House, bob: User) -> None:
    whole = open_job(house, bob)
    open_part(house, whole, "1", total=10)
    part = open_part(house, whole, "2")
    assert counts(house, whole) == ("pending", 0, None)
    with working_in(house):
        jobs().advance(part, 1, 5)
    assert counts(house, whole) == ("running", 1, 15)


def test_whoever_ends_the_last_part_ends_the_whole(house: House, bob: User) -> None:
    whole = open_job(house, bob)
    parts = [open_part(house, whole, str(number), total=1) for number in range(2)]
    with working_in(house):
        for part, left in zip(parts, (1, 0), strict=True):
            jobs().advance(part, 1)
            jobs().complete(part, {})
            assert jobs().unfinished_children(whole) == left
        jobs().complete(whole, {"rows": 2})
    assert counts(house, whole) == ("completed", 2, 2)


def test_a_part_has_no_parts_and_an_ended_job_takes_none(house: House, bob: User) -> None:
    whole, ended = open_job(house, bob), open_job(house, bob)
    part = open_part(house, whole, "1")
    with working_in(house):
        jobs().complete(ended, {})
    with pytest.raises(PartRefused):
        open_part(house, part, "1")
    with pytest.raises(JobEnded):
        open_part(house, ended, "1")
    with pytest.raises(RowNotFound):
        open_part(house, uuid7(), "1")


def test_cancelling_a_whole_that_waits_cancels_its_parts(house: House, bob: User, browser: Client) -> None:
    whole = open_job(house, bob, is_cancellable=True)
    parts = [open_part(house, whole, str(number)) for number in range(3)]
    assert cancel(browser, whole) == "cancelled"
    assert [stored(house, part).status for part in parts] == ["cancelled"] * 3
    with working_in(house):
        assert all(jobs().input_of(part) is None for part in parts)


def test_a_whole_is_cancelled_when_its_last_part_has_stopped(house: House, bob: User, browser: Client) -> None:
    whole = open_job(house, bob, is_cancellable=True)
    runs, waits, done = (open_part(house, whole, str(number), total=10) for number in range(3))
    with working_in(house):
        jobs().advance(done, 10)
        jobs().complete(done, {})
        jobs().advance(runs, 4)
        assert cancel(browser, whole) == "running"
        assert [stored(house, item).status for item in (runs, waits, done)] == ["running", "cancelled", "completed"]
        assert jobs().is_cancellation_requested(runs) is True
        with pytest.raises(JobEnded):
            open_part(house, whole, "late")
        jobs().cancelled(runs)
    assert counts(house, whole) == ("cancelled", 14, 30)


def test_a_whole_without_anybody_at_work_is_cancelled_at_once(house: House, bob: User, browser: Client) -> None:
    whole = open_job(house, bob, is_cancellable=True)
    done, _waits = open_part(house, whole, "1"), open_part(house, whole, "2")
    with working_in(house):
        jobs().advance(done, 1)
        jobs().complete(done, {})
    assert counts(house, whole)[0] == "running"
    assert cancel(browser, whole) == "cancelled"


def test_one_part_can_be_cancelled_alone(house: House, bob: User, browser: Client) -> None:
    whole = open_job(house, bob, is_cancellable=True)
    first, second = open_part(house, whole, "1"), open_part(house, whole, "2")
    assert cancel(browser, first) == "cancelled"
    assert (stored(house, whole).status, stored(house, second).status) == ("pending", "pending")


@pytest.mark.committed
def test_parts_that_end_at_once_are_all_counted(house: House) -> None:
    whole = open_job(house, member(house))
    parts = [open_part(house, whole, str(number), total=10) for number in range(6)]

    def work(number: int) -> int:
        with working_in(house):
            for done in range(1, 11):
                jobs().advance(parts[number], done)
            jobs().complete(parts[number], {})
            left = jobs().unfinished_children(whole)
            if left == 0:
                jobs().complete(whole, {"rows": 60})
            return left

    answers = all_at_once(6, work)
    assert 0 in answers
    assert counts(house, whole) == ("completed", 60, 60)


@pytest.mark.committed
def test_cancelling_while_parts_end_neither_hangs_nor_forgets_one(house: House) -> None:
    user = member(house)
    whole = open_job(house, user, is_cancellable=True)
    parts = [open_part(house, whole, str(number), total=1) for number in range(5)]
    from apps.progress.services import cancel_job
    from tests.auth.factories import acting_as

    def work(number: int) -> str:
        with acting_as(house, user):
            if number == 5:
                return str(cancel_job(whole).status)
            jobs().advance(parts[number], 1)
            jobs().cancelled(parts[number])
            return "stopped"

    answers = all_at_once(6, work)
    assert [item for item in answers if isinstance(item, Exception)] == []
    assert counts(house, whole)[0] == "cancelled"
