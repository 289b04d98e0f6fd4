"""The hours of a day: where things stand among them, in which lanes, and which times the clocks skip."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.customers.calculations import Lane, Span, in_lanes, is_there, moment_of, on_the_wall, skipped, span_on

WARSAW, LORD_HOWE = ZoneInfo("Europe/Warsaw"), ZoneInfo("Australia/Lord_Howe")
FORWARD, BACK, USUAL = date(2027, 3, 28), date(2027, 10, 31), date(2027, 3, 15)


def utc(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "span"),
    [
        (USUAL, utc(15, 9), utc(15, 10), Span(40, 4)),  # ten o'clock in Warsaw
        (USUAL, utc(15, 9, 7), utc(15, 9, 50), Span(40, 4)),  # whole quarters
        (USUAL, utc(15, 9), utc(15, 9), Span(40, 2)),  # no length: half an hour
        (USUAL, utc(15, 22, 50), utc(15, 23), Span(94, 2)),  # the last half hour
        (USUAL, utc(14, 20), utc(15, 3), Span(0, 16)),  # since the evening before
        (USUAL, utc(15, 21), utc(16, 3), Span(88, 8)),  # into the next day
        (FORWARD, utc(28, 0, 30), utc(28, 1, 30), Span(6, 8)),  # half past one to half past three
        (BACK, utc(31, 0, 45, month=10), utc(31, 1, 15, month=10), Span(11, 2)),  # a quarter to three, twice
    ],
)
def test_things_stand_where_the_clock_shows_them(day: date, starts: datetime, ends: datetime, span: Span) -> None:
    assert span_on(day, starts, ends, WARSAW) == span


@pytest.mark.parametrize(
    ("spans", "lanes"),
    [
        ([], []),
        ([Span(40, 4)], [Lane(0, 1)]),
        ([Span(40, 4), Span(44, 4)], [Lane(0, 1), Lane(0, 1)]),
        ([Span(40, 4), Span(42, 4)], [Lane(0, 2), Lane(1, 2)]),
        ([Span(42, 2), Span(40, 8), Span(44, 4)], [Lane(1, 2), Lane(0, 2), Lane(1, 2)]),
        ([Span(40, 8), Span(40, 2), Span(42, 2), Span(60, 2)], [Lane(0, 2), Lane(1, 2), Lane(1, 2), Lane(0, 1)]),
        ([Span(40, 4)] * 14, [Lane(number % 12, 12) for number in range(14)]),
    ],
)
def test_what_is_at_the_same_time_stands_side_by_side(spans: list[Span], lanes: list[Lane]) -> None:
    assert in_lanes(spans) == lanes


@given(st.lists(st.builds(Span, st.integers(0, 94), st.integers(2, 12)), max_size=11))
def test_no_two_of_one_time_share_a_lane(spans: list[Span]) -> None:
    placed = list(zip(spans, in_lanes(spans), strict=True))
    for place, (span, lane) in enumerate(placed):
        assert 0 <= lane.number < lane.of
        for other, its in placed[place + 1 :]:
            if span.start < other.end and other.start < span.end:
                assert (lane.of, lane.number != its.number) == (its.of, True)


def test_skipped_times_are_those_of_the_day_on_which_clocks_go_forward() -> None:
    assert skipped(FORWARD, WARSAW) == [8, 9, 10, 11]
    assert (skipped(BACK, WARSAW), skipped(USUAL, WARSAW)) == ([], [])
    assert skipped(date(2026, 10, 4), LORD_HOWE) == [8, 9]  # half an hour


def test_a_skipped_time_is_as_much_later_and_of_two_the_first_counts() -> None:
    half_past_two = datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001 - on the wall
    assert not is_there(half_past_two, WARSAW)
    assert on_the_wall(moment_of(half_past_two, WARSAW), WARSAW) == half_past_two + timedelta(hours=1)
    twice = datetime(2027, 10, 31, 2, 30)  # noqa: DTZ001 - on the wall
    assert is_there(twice, WARSAW)
    assert moment_of(twice, WARSAW) == utc(31, 0, 30, month=10)
