"""Percent, time left, and which steps are worth a write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.progress.calculations import Step, eta_seconds, following, percent_of, worth_writing

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
COUNTS = st.integers(0, 10**12)
SPANS = st.timedeltas(timedelta(microseconds=1), timedelta(days=400))


@pytest.mark.parametrize(
    ("done", "total", "status", "expected"),
    [
        (0, None, "running", None),
        (7, None, "completed", 100),
        (0, 0, "running", 100),
        (0, 3, "running", 0),
        (2, 3, "running", 66),
        (999, 1000, "running", 99),
        (1000, 1000, "running", 100),
        (1001, 1000, "running", 100),
        (1, 3, "completed", 100),
        (1, 3, "cancelled", 33),
    ],
)
def test_percent(done: int, total: int | None, status: str, expected: int | None) -> None:
    assert percent_of(done, total, status=status) == expected


@given(COUNTS, COUNTS)
def test_percent_is_between_0_and_100_and_100_means_all(done: int, total: int) -> None:
    percent = percent_of(done, total)
    assert percent is not None
    assert 0 <= percent <= 100
    assert (percent == 100) == (done >= total)


@given(COUNTS, COUNTS, COUNTS)
def test_percent_never_falls_while_the_count_grows(done: int, more: int, total: int) -> None:
    before, after = percent_of(done, total), percent_of(done + more, total)
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize(
    ("done", "total", "seconds", "expected"),
    [
        (50, 200, 10.0, 30),
        (1, 3, 1.0, 2),
        (3, 7, 1.0, 2),  # 1.33 s, rounded up
        (200, 200, 10.0, 0),
        (300, 200, 10.0, 0),
        (0, 200, 10.0, None),
        (50, None, 10.0, None),
        (50, 200, 0.0, None),
        (50, 200, -1.0, None),
    ],
)
def test_time_left(done: int, total: int | None, seconds: float, expected: int | None) -> None:
    step = Step(NOON + timedelta(seconds=seconds), done, total)
    assert eta_seconds(step, started_at=NOON) == expected


def test_nothing_is_known_before_the_start() -> None:
    assert eta_seconds(Step(NOON, 5, 10), started_at=None) is None


@given(st.integers(1, 10**9), COUNTS, SPANS)
def test_time_left_is_the_rest_at_the_rate_so_far(done: int, total: int, elapsed: timedelta) -> None:
    left = eta_seconds(Step(NOON + elapsed, done, total), started_at=NOON)
    assert left is not None
    exact = max(0, total - done) * (elapsed // timedelta(microseconds=1))
    assert (left - 1) * done * 1_000_000 < exact <= left * done * 1_000_000 or (left, exact) == (0, 0)


@given(st.integers(1, 10**9), st.integers(0, 10**9), COUNTS, SPANS)
def test_more_done_in_the_same_time_leaves_no_more_time(done: int, more: int, total: int, elapsed: timedelta) -> None:
    slow = eta_seconds(Step(NOON + elapsed, done, total), started_at=NOON)
    fast = eta_seconds(Step(NOON + elapsed, done + more, total), started_at=NOON)
    assert slow is not None
    assert fast is not None
    assert fast <= slow


@pytest.mark.parametrize(
    ("milliseconds", "done", "total", "expected"),
    [
        (0, 10, 1000, False),
        (249, 14, 1000, False),
        (250, 10, 1000, True),
        (199, 20, 1000, False),
        (200, 20, 1000, True),
        (200, 19, 1000, False),
        (200, 0, 1000, True),  # counted anew by a second try
        (249, 999, None, True),  # the total has become unknown
        (-249, 10, 1000, False),
        (-250, 10, 1000, True),  # the clock was set back
    ],
)
def test_steps_worth_a_write(milliseconds: int, done: int, total: int | None, expected: bool) -> None:
    former = Step(NOON, 10, 1000)
    step = Step(NOON + timedelta(milliseconds=milliseconds), done, total)
    assert worth_writing(former, step) is expected


def test_the_first_step_is_always_written() -> None:
    assert worth_writing(None, Step(NOON, 0, None)) is True


def test_without_a_total_only_time_counts() -> None:
    assert worth_writing(Step(NOON, 0, None), Step(NOON + timedelta(milliseconds=249), 10**6, None)) is False


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400)), max_size=300))
def test_there_are_five_writes_a_second_at_most(moves: list[tuple[int, int]]) -> None:
    at, done, written = NOON, 0, list[Step]()
    for more, milliseconds in moves:
        at, done = at + timedelta(milliseconds=milliseconds), done + more
        step = Step(at, done, 100)
        if worth_writing(written[-1] if written else None, step):
            written.append(step)
    gaps = [later.at - former.at for former, later in pairwise(written)]
    assert all(gap >= timedelta(milliseconds=200) for gap in gaps)


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_a_steady_job_is_reckoned_up_after_a_tenth(total: int, each: int) -> None:
    """The time left is right to 20 %, and to the second that it is rounded up to."""
    done = -(-total // 10)
    spent = timedelta(microseconds=done * each)
    left = (total - done) * each / 1_000_000
    found = eta_seconds(Step(NOON + spent, done, total), started_at=NOON)
    assert found is not None
    assert left * 0.8 <= found <= left * 1.2 + 1


def test_what_may_follow() -> None:
    assert following("pending", is_cancellable=True) == ["running", "completed", "failed", "cancelled"]
    assert following("running", is_cancellable=False) == ["completed", "failed"]
    for end in ("completed", "failed", "cancelled"):
        assert following(end, is_cancellable=True) == []
