"""UUIDv7: the layout of RFC 9562, the order within a process, threads and forks."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel import ids
from apps.kernel.ids import uuid7, uuid7_time

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
).filter(lambda moment: moment >= datetime(1970, 1, 1, tzinfo=UTC))


def test_layout_is_version_7_of_the_rfc_variant() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_ids_made_in_a_row_ascend() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_an_id_carries_the_current_millisecond() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    assert before <= uuid7_time(uuid7()) <= datetime.now(UTC) + timedelta(milliseconds=50)


@given(MOMENTS)
def test_a_given_moment_comes_back_in_whole_milliseconds(moment: datetime) -> None:
    age = moment - uuid7_time(uuid7(moment))
    assert timedelta(0) <= age < timedelta(milliseconds=1)


@given(MOMENTS, MOMENTS)
def test_ids_of_given_moments_sort_like_the_moments(one: datetime, other: datetime) -> None:
    first, second = sorted([one, other])
    if second - first >= timedelta(milliseconds=1):
        assert uuid7(first) < uuid7(second)


def test_a_given_moment_does_not_disturb_the_order_of_current_ids() -> None:
    earlier = uuid7()
    uuid7(datetime(2199, 1, 1, tzinfo=UTC))
    later = uuid7()
    assert earlier < later
    assert uuid7_time(later).year < 2199


@pytest.mark.parametrize("moment", [datetime(1969, 12, 31, tzinfo=UTC), datetime(2026, 1, 1)])  # noqa: DTZ001
def test_moments_before_1970_and_naive_ones_are_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match=r"1970|aware"):
        uuid7(moment)


@pytest.mark.parametrize("value", [uuid4(), UUID(int=0), UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")])
def test_other_ids_have_no_time(value: UUID) -> None:
    with pytest.raises(ValueError, match=r"version 7|date"):
        uuid7_time(value)


def test_a_clock_that_steps_back_does_not_break_the_order() -> None:
    sequence = ids._Sequence()
    made = [sequence.next(at) for at in (1000, 999, 500, 1000, 1001)]
    assert made == sorted(set(made))
    assert made[1].int >> 80 == 1000


def test_a_full_millisecond_borrows_the_next_one() -> None:
    sequence = ids._Sequence()
    first = sequence.next(1000)
    sequence._tail = (1 << 74) - 1
    second = sequence.next(1000)
    assert first < second
    assert second.int >> 80 == 1001


def test_threads_never_share_an_id_and_each_sees_them_ascend() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)))
    assert len({made for batch in batches for made in batch}) == 16_000
    assert all(batch == sorted(batch) for batch in batches)


def _make_in_child(pipe: Connection) -> None:
    pipe.send([uuid7() for _ in range(500)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_makes_other_ids_even_when_the_lock_was_held() -> None:
    uuid7()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    with ids._sequence._lock:
        child = context.Process(target=_make_in_child, args=(there,))
        child.start()
    mine = [uuid7() for _ in range(500)]
    assert here.poll(10), "the child hangs on its parent's lock"
    theirs = here.recv()
    child.join()
    assert not set(mine) & set(theirs)


@pytest.mark.django_db
def test_ids_made_by_postgresql_have_the_same_layout_and_ascend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuid7(), clock_timestamp() FROM generate_series(1, 2000)")
        made = cursor.fetchall()
    assert {(value.version, value.variant) for value, _ in made} == {(7, "specified in RFC 4122")}
    assert all(abs(uuid7_time(value) - at) < timedelta(milliseconds=50) for value, at in made)
    assert len({value for value, _ in made}) == 2000
    assert sum(one > other for (one, _), (other, _) in itertools.pairwise(made)) < 20
