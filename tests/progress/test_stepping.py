"""Counts and signs of life: few writes, no lost count, visible to others while a long transaction runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.progress.services import stepping
from apps.progress.services.hearing import EARS, MOST_JOBS
from tests.auth.factories import acting_as
from tests.directory.callers import member
from tests.kernel.events_probes import names
from tests.progress.factories import jobs, open_job, stored, working_in
from tests.support.scopes import House

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


@contextmanager
def counted_updates() -> Iterator[list[str]]:
    """Updates of the table of jobs by this connection."""
    found: list[str] = []

    def note(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if statement.startswith('UPDATE "progress_job"'):
            found.append(statement)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def test_the_first_step_starts_the_job(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with clock.frozen(NOON), working_in(house):
        jobs().advance(job_id, 3, 10)
    job = stored(house, job_id)
    assert (job.status, job.processed, job.total) == ("running", 3, 10)
    assert (job.started_at, job.heartbeat_at) == (NOON, NOON)


def test_a_fast_job_is_written_five_times_a_second(house: House, bob: User) -> None:
    job_id = open_job(house, bob, total=100_000)
    with clock.frozen(NOON) as frozen, working_in(house), counted_updates() as updates:
        for done in range(20, 100_001, 20):  # five seconds in all, a percent every 50 ms
            frozen.tick(MOMENT)
            jobs().advance(job_id, done)
    assert len(updates) == 25
    assert stored(house, job_id).processed == 96_020  # the last word goes with the end


def test_a_million_rows_cost_no_more_writes_than_their_time(house: House, bob: User) -> None:
    """By the real clock: five writes a second, and the event of one second, however many steps are told."""
    job_id = open_job(house, bob, total=1_000_000)
    with working_in(house), counted_updates() as updates:
        began = time.monotonic()
        for done in range(1, 1_000_001, 10):
            jobs().advance(job_id, done)
        seconds = time.monotonic() - began
        jobs().complete(job_id, {"rows": 1_000_000})
    assert len(updates) <= 2 + 5 * seconds  # the first one, and the end
    told = names(house.scope())
    assert told.count("progress.job.updated") <= 1 + seconds
    assert stored(house, job_id).processed == 999_991


def test_the_time_left_is_known_after_a_tenth_of_a_steady_job(house: House, bob: User) -> None:
    job_id = open_job(house, bob, total=10_000)
    with clock.frozen(NOON) as frozen, working_in(house):
        jobs().start(job_id)
        for done in range(10, 1_001, 10):  # 100 rows a second: 90 s will be left
            frozen.tick(0.1)
            jobs().advance(job_id, done)
        left = stored(house, job_id).eta_seconds
    assert left is not None
    assert 72 <= left <= 108


def test_steps_without_a_total_are_written_every_quarter_of_a_second(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with clock.frozen(NOON) as frozen, working_in(house), counted_updates() as updates:
        for done in range(1, 1001):  # one second in all
            frozen.tick(MOMENT)
            jobs().advance(job_id, done)
    assert len(updates) == 4
    assert stored(house, job_id).processed == 751


@pytest.mark.parametrize("how", ["complete", "fail", "cancelled"])
def test_the_last_count_is_not_lost_at_the_end(house: House, bob: User, how: str) -> None:
    job_id = open_job(house, bob)
    with clock.frozen(NOON), working_in(house), counted_updates() as updates:
        jobs().advance(job_id, 1, 9000)
        jobs().advance(job_id, 42)
        assert len(updates) == 1
        {"complete": lambda: jobs().complete(job_id, {}), "fail": lambda: jobs().fail(job_id, "No.")}.get(
            how, lambda: jobs().cancelled(job_id)
        )()
    job = stored(house, job_id)
    assert (job.processed, job.total) == (42, 9000)


def test_a_count_below_nothing_is_nothing(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().advance(job_id, -5, -1)
    assert (stored(house, job_id).processed, stored(house, job_id).total) == (0, 0)


def test_a_second_try_counts_anew(house: House, bob: User) -> None:
    job_id = open_job(house, bob, total=100)
    with clock.frozen(NOON) as frozen, working_in(house):
        jobs().advance(job_id, 60)
        frozen.tick(0.2)
        jobs().advance(job_id, 2)
    assert stored(house, job_id).processed == 2


def test_a_step_of_no_job_is_nothing(house: House, other_house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with working_in(other_house):
        jobs().advance(job_id, 5)
        jobs().complete(job_id, {})
        jobs().fail(job_id, "x")
        assert jobs().input_of(job_id) is None
        assert jobs().is_cancellation_requested(job_id) is False
    assert (stored(house, job_id).status, stored(house, job_id).processed) == ("pending", 0)


def test_only_so_many_jobs_are_remembered(house: House) -> None:
    with working_in(house):
        for _ in range(MOST_JOBS + 10):
            EARS.of(uuid7())
    assert len(EARS._heard) == MOST_JOBS


def test_the_first_step_queues_the_first_look_and_the_others_none(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    assert Work.objects.filter(ref_id=job_id).count() == 0
    with clock.frozen(NOON) as frozen, working_in(house):
        jobs().advance(job_id, 1)
        frozen.tick(30)
        jobs().advance(job_id, 2)
    [row] = Work.objects.filter(ref_id=job_id)
    assert (row.kind, row.due_at) == ("progress.look_after", NOON + timedelta(seconds=60))


def test_what_a_worker_gets_is_what_was_asked_for(house: House, bob: User) -> None:
    job_id = open_job(house, bob, values={"ids": ["1"], "format": "csv"})
    with acting_as(house, bob):
        expected = jobs().input_of(job_id)
    with working_in(house):
        given = jobs().input_of(job_id)
    assert given == expected
    assert given is not None
    assert (given.kind, given.values) == ("tests.thing.export", {"ids": ["1"], "format": "csv"})
    assert (given.actor.kind, given.actor.id, given.actor.label) == ("staff", bob.pk, "Alice")
    assert given.actor.access.granted == frozenset()
    assert given.organization_id == house.root.pk
    assert given.organization_ids == {house.root.pk, house.north.pk, house.south.pk}


def test_long_names_are_cut(house: House, bob: User) -> None:
    assert len(stored(house, open_job(house, bob, name="x" * 400)).name) == 255


def lonely_jobs(house: House) -> UUID:
    return open_job(house, member(house))


def seen_by_others(house: House, job_id: UUID) -> tuple[str, int]:
    """State and count as another connection sees them."""
    from tests.support import databases

    with databases.admin(connection.settings_dict["NAME"]) as other:
        row = other.execute("SELECT status, processed FROM progress_job WHERE id = %s", [job_id]).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.committed
def test_a_step_inside_a_long_transaction_is_seen_before_it_ends(house: House) -> None:
    job_id = lonely_jobs(house)
    with working_in(house):
        with pytest.raises(ZeroDivisionError), scoped_transaction():
            jobs().advance(job_id, 40, 100)
            assert seen_by_others(house, job_id) == ("running", 40)
            _ = 1 / 0
        assert seen_by_others(house, job_id) == ("running", 40)


@pytest.mark.committed
def test_a_step_of_a_job_that_is_not_committed_yet_goes_with_a_later_write(house: House) -> None:
    user = member(house)
    with acting_as(house, user), scoped_transaction():
        job_id = jobs().open("tests.thing.export", name="Export")
        jobs().advance(job_id, 40, 100)
        jobs().complete(job_id, {"rows": 100})
    job = stored(house, job_id)
    assert (job.status, job.processed, job.total) == ("completed", 40, 100)


@pytest.mark.committed
def test_a_step_waits_for_nobody(house: House) -> None:
    """Not even for the caller's own lock, which it would wait for without end."""
    job_id = lonely_jobs(house)
    began = time.monotonic()
    with working_in(house), scoped_transaction():
        jobs().complete(job_id, {})
        jobs().advance(job_id, 40, 100)
    assert time.monotonic() - began < 2
    assert (stored(house, job_id).status, stored(house, job_id).processed) == ("completed", 0)


@pytest.mark.committed
def test_the_second_connection_comes_back_after_it_was_cut(house: House) -> None:
    from tests.support import databases

    job_id = lonely_jobs(house)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'agora_app'"
    with working_in(house):
        with scoped_transaction():
            jobs().advance(job_id, 1, 100)
        assert seen_by_others(house, job_id) == ("running", 1)
        connection.close()
        with databases.admin() as other:
            other.execute(cut, [connection.settings_dict["NAME"]])
        time.sleep(0.25)  # two counts in quick succession are one write
        with scoped_transaction():
            jobs().advance(job_id, 50)
            assert seen_by_others(house, job_id) == ("running", 50)


@pytest.mark.committed
def test_signs_of_life_come_while_a_step_takes_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "BEAT", 0.05)
    job_id = lonely_jobs(house)
    with working_in(house), jobs().watched(job_id):
        first = stored(house, job_id).heartbeat_at
        jobs().advance(job_id, 1)
        jobs().advance(job_id, 2)
        deadline = time.monotonic() + 5
        while stored(house, job_id).processed != 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        job = stored(house, job_id)
    assert first is not None
    assert job.heartbeat_at is not None
    assert (job.processed, job.heartbeat_at > first) == (2, True)


@pytest.mark.committed
def test_the_end_of_the_watch_writes_the_last_count_and_leaves_the_state(house: House) -> None:
    job_id = lonely_jobs(house)
    with working_in(house), pytest.raises(ZeroDivisionError), jobs().watched(job_id):
        jobs().advance(job_id, 1)
        jobs().advance(job_id, 2)
        _ = 1 / 0
    assert (stored(house, job_id).status, stored(house, job_id).processed) == ("running", 2)
