"""Looking after jobs: silent ones are failed, old ones removed with their files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.work.models import Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from apps.progress.services.sweeping import SILENT
from tests.auth.factories import reading_in
from tests.progress.factories import jobs, open_job, open_part, stored, working_in
from tests.support.scopes import House

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def started(house: House, user: User, **details: Any) -> UUID:
    job_id = open_job(house, user, **details)
    with working_in(house):
        jobs().start(job_id)
    return job_id


def with_file(house: House, job_id: UUID, name: str) -> str:
    file = default_storage.save(name, ContentFile(b"a,b"))
    with working_in(house):
        jobs().complete(job_id, {"rows": 1, "file": file, "file_name": "things.csv"})
    return file


def left(house: House) -> set[UUID]:
    with reading_in(house):
        return set(Job.objects.values_list("pk", flat=True))


def test_a_silent_job_is_failed_after_a_minute(house: House, bob: User, noon: clock.FrozenClock) -> None:
    job_id = started(house, bob)
    noon.tick(59.9)
    assert sweep() == {}
    noon.tick(0.1)
    assert sweep() == {Outcome.DONE: 1}
    job = stored(house, job_id)
    assert (job.status, job.error, job.ended_at) == ("failed", SILENT, noon.at)


def test_a_sign_of_life_counts_without_any_progress(house: House, bob: User, noon: clock.FrozenClock) -> None:
    job_id = started(house, bob)
    for _ in range(4):
        noon.tick(40)
        with working_in(house):
            jobs().start(job_id)
        sweep()
    assert stored(house, job_id).status == "running"
    [row] = Work.objects.filter(ref_id=job_id)
    assert row.due_at <= noon.at + timedelta(seconds=60)
    noon.tick(60)
    sweep()
    assert stored(house, job_id).status == "failed"


def test_a_job_that_nobody_starts_is_left(house: House, bob: User, noon: clock.FrozenClock) -> None:
    job_id = open_job(house, bob)
    noon.tick(DAY * 30)
    assert sweep() == {}
    assert stored(house, job_id).status == "pending"


def test_the_worker_of_a_job_that_was_given_up_can_end_it_no_more(
    house: House, bob: User, noon: clock.FrozenClock
) -> None:
    job_id = started(house, bob)
    noon.tick(60)
    sweep()
    with working_in(house):
        assert jobs().is_cancellation_requested(job_id) is True
        file = with_file(house, job_id, "late.csv")
    assert stored(house, job_id).status == "failed"
    assert stored(house, job_id).result == {}
    assert default_storage.exists(file)  # deleted when the transaction commits: see the next test


def test_the_file_of_a_job_that_was_given_up_is_not_kept(
    house: House, bob: User, noon: clock.FrozenClock, django_capture_on_commit_callbacks: Any
) -> None:
    given_up, done = started(house, bob), started(house, bob)
    kept = with_file(house, done, "kept.csv")
    noon.tick(60)
    sweep()
    with django_capture_on_commit_callbacks(execute=True):
        lost = with_file(house, given_up, "lost.csv")
        again = with_file(house, done, "again.csv")
    with working_in(house), django_capture_on_commit_callbacks(execute=True):
        jobs().complete(done, {"file": kept})
    assert [default_storage.exists(name) for name in (lost, again, kept)] == [False, False, True]


def test_a_whole_lives_while_a_part_of_it_waits_or_runs(house: House, bob: User, noon: clock.FrozenClock) -> None:
    whole = open_job(house, bob)
    first, second = open_part(house, whole, "1"), open_part(house, whole, "2")
    with working_in(house):
        jobs().start(first)
        jobs().complete(first, {})
    noon.tick(300)
    sweep()
    assert stored(house, whole).status == "running"
    with working_in(house):
        jobs().start(second)
    noon.tick(60)
    sweep()
    assert (stored(house, second).status, stored(house, whole).status) == ("failed", "running")
    noon.tick(61)
    sweep()
    assert stored(house, whole).status == "failed"


def test_an_ended_job_goes_after_a_week_with_its_file(house: House, bob: User, noon: clock.FrozenClock) -> None:
    job_id, other = started(house, bob), open_job(house, bob)
    file = with_file(house, job_id, "things.csv")
    noon.tick(DAY * 7 - timedelta(seconds=1))
    sweep()
    assert (left(house), default_storage.exists(file)) == ({job_id, other}, True)
    noon.tick(1)
    sweep()
    assert (left(house), default_storage.exists(file)) == ({other}, False)
    assert Work.objects.filter(ref_id=job_id).count() == 0


def test_how_long_jobs_are_kept_is_a_setting(house: House, bob: User, noon: clock.FrozenClock, settings: Any) -> None:
    settings.PROGRESS_RETENTION_DAYS = 1
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().fail(job_id, "No.")
    noon.tick(DAY)
    sweep()
    assert left(house) == set()


def test_a_file_that_is_gone_already_keeps_nothing(house: House, bob: User, noon: clock.FrozenClock) -> None:
    file = with_file(house, started(house, bob), "things.csv")
    default_storage.delete(file)
    noon.tick(DAY * 7)
    assert sweep()[Outcome.DONE] >= 1
    assert left(house) == set()


def test_parts_go_with_their_whole_and_not_before_it_has_ended(
    house: House, bob: User, noon: clock.FrozenClock
) -> None:
    whole = open_job(house, bob)
    part, late = open_part(house, whole, "1", total=5), open_part(house, whole, "2", total=5)
    with working_in(house):
        jobs().advance(part, 5)
    file = with_file(house, part, "part.csv")
    noon.tick(DAY * 8)
    sweep()
    assert left(house) == {whole, part, late}
    with working_in(house):
        jobs().start(late)
        jobs().complete(late, {})
        jobs().complete(whole, {})
    assert stored(house, whole).processed == 5
    noon.tick(DAY * 7)
    sweep()
    sweep()
    assert (left(house), default_storage.exists(file)) == (set(), False)


def test_looking_is_for_the_row_s_own_tenant(
    house: House, other_house: House, bob: User, noon: clock.FrozenClock
) -> None:
    job_id = started(house, bob)
    with working_in(other_house):
        jobs().start(job_id)
    noon.tick(60)
    sweep()
    assert stored(house, job_id).status == "failed"
