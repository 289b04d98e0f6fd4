"""Cron expressions, changes of the clock, intervals and delays: tables and properties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.work.calculations import Backoff, next_times, retry_delay
from apps.kernel.work.cron import Cron, occurrences, parse_cron
from apps.kernel.work.errors import ScheduleInvalid

MINUTE = timedelta(minutes=1)
ZONES = ("UTC", "Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana")
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@dataclass(frozen=True)
class Rule:
    """A schedule's values."""

    cron: str = ""
    interval_seconds: int = 0
    time_zone: str = "UTC"
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local_times(cron: str, zone: str, after: str, n: int) -> list[str]:
    found = next_times(Rule(cron=cron, time_zone=zone), at(after), n)
    return [moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") for moment in found]


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("* * * * *", "2026-01-01T00:00:30Z", ["2026-01-01T00:01", "2026-01-01T00:02"]),
        ("*/15 * * * *", "2026-01-01T00:00Z", ["2026-01-01T00:15", "2026-01-01T00:30"]),
        ("5,10 9-10 * * *", "2026-01-01T09:05Z", ["2026-01-01T09:10", "2026-01-01T10:05"]),
        ("30 2 * * 1-5", "2026-01-02T03:00Z", ["2026-01-05T02:30", "2026-01-06T02:30"]),
        ("0 0 * * sun", "2026-01-01T00:00Z", ["2026-01-04T00:00", "2026-01-11T00:00"]),
        ("0 0 * * 7", "2026-01-01T00:00Z", ["2026-01-04T00:00", "2026-01-11T00:00"]),
        ("0 0 * * FRI-SUN", "2026-01-01T00:00Z", None),
        ("0 0 1 jan,jul *", "2026-01-01T00:00Z", ["2026-07-01T00:00", "2027-01-01T00:00"]),
        ("0 0 29 2 *", "2096-03-01T00:00Z", ["2104-02-29T00:00", "2108-02-29T00:00"]),
        ("0 0 13 * fri", "2026-01-10T00:00Z", ["2026-01-13T00:00", "2026-01-16T00:00"]),
        ("0 0 13 * */5", "2026-01-10T00:00Z", ["2026-02-13T00:00", "2026-03-13T00:00"]),
        ("0 12/6 * * *", "2026-01-01T00:00Z", ["2026-01-01T12:00", "2026-01-01T18:00"]),
        ("0 0 31 * *", "2026-01-31T00:00Z", ["2026-03-31T00:00", "2026-05-31T00:00"]),
    ],
)
def test_a_cron_expression_means(cron: str, after: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(ScheduleInvalid):
            parse_cron(cron)
        return
    found = next_times(Rule(cron=cron), at(after), 2)
    assert [moment.strftime("%Y-%m-%dT%H:%M") for moment in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "-1 * * * *",
        "1,,2 * * * *",
        "a * * * *",
        "* * * foo *",
        "1.5 * * * *",
        "*/ * * * *",
        "1-2-3 * * * *",
        "٣ * * * *",
        "@daily",
        "0 0 30 2 *",
        "0 0 31 4,6,9,11 *",
    ],
)
def test_what_is_no_cron_expression_is_refused(text: str) -> None:
    with pytest.raises(ScheduleInvalid) as refusal:
        parse_cron(text)
    assert refusal.value.errors[0].field == "cron"


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        # 29 March 2026: the clock jumps from 02:00 to 03:00.
        (
            "30 2 * * *",
            "Europe/Warsaw",
            "2026-03-28T12:00Z",
            ["2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00"],
        ),
        ("0 * * * *", "Europe/Warsaw", "2026-03-29T00:30Z", ["2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00"]),
        ("30 2,3 * * *", "Europe/Warsaw", "2026-03-29T00:30Z", ["2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00"]),
        # 25 October 2026: from 03:00 back to 02:00.
        (
            "30 2 * * *",
            "Europe/Warsaw",
            "2026-10-24T12:00Z",
            ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"],
        ),
        ("30 * * * *", "Europe/Warsaw", "2026-10-25T00:15Z", ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"]),
        # Half an hour, in the other hemisphere.
        (
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T00:00Z",
            ["2026-10-04T02:45+11:00", "2026-10-05T02:15+11:00"],
        ),
        # Midnight itself is skipped.
        ("0 0 * * *", "America/Havana", "2026-03-07T12:00Z", ["2026-03-08T01:00-04:00", "2026-03-09T00:00-04:00"]),
        # A whole day is skipped: 30 December 2011 was not.
        ("0 9 * * *", "Pacific/Apia", "2011-12-29T12:00Z", ["2011-12-29T09:00-10:00", "2011-12-31T09:00+14:00"]),
    ],
)
def test_the_clock_changes(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert local_times(cron, zone, after, 2) == expected


def items(least: int, most: int) -> st.SearchStrategy[str]:
    numbers = st.integers(least, most)
    spans = st.tuples(numbers, numbers).map(lambda pair: f"{min(pair)}-{max(pair)}")
    return st.one_of(
        numbers.map(str), spans, st.tuples(spans | st.just("*"), st.integers(1, most)).map(lambda p: f"{p[0]}/{p[1]}")
    )


def fields(least: int, most: int) -> st.SearchStrategy[str]:
    return st.one_of(st.just("*"), st.lists(items(least, most), min_size=1, max_size=3).map(",".join))


expressions = st.tuples(*(fields(least, most) for least, most in BOUNDS)).map(" ".join)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# The days around the changes of the clock in these zones.
changes = st.tuples(
    st.sampled_from([date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 4), date(2026, 10, 3), date(2026, 10, 25)]),
    st.integers(-1440, 1440),
).map(lambda pair: datetime(pair[0].year, pair[0].month, pair[0].day, tzinfo=UTC) + pair[1] * MINUTE)
zones = st.sampled_from(ZONES)


def readable(text: str) -> Cron | None:
    try:
        return parse_cron(text)
    except ScheduleInvalid:
        return None


def reads(cron: Cron, local: datetime) -> bool:
    return local.minute in cron.minutes and local.hour in cron.hours and cron.allows(local.date())


def by_hand(cron: Cron, zone: ZoneInfo, after: datetime, limit: datetime) -> list[datetime]:
    """Look at the zone's clock every minute."""
    start = after.replace(second=0, microsecond=0)
    every = (start + number * MINUTE for number in range((limit - start) // MINUTE + 2))
    return [moment for moment in every if after < moment < limit and reads(cron, moment.astimezone(zone))]


def by_rule(cron: Cron, zone: ZoneInfo, after: datetime, limit: datetime) -> list[datetime]:
    return list(takewhile(lambda moment: moment < limit, occurrences(cron, zone, after=after)))


@settings(max_examples=60, deadline=None)
@given(expressions, moments)
def test_in_utc_it_runs_exactly_when_the_clock_reads_so(text: str, after: datetime) -> None:
    cron = readable(text)
    if cron is None:
        return
    limit, zone = after + timedelta(days=1), ZoneInfo("UTC")
    assert by_rule(cron, zone, after, limit) == by_hand(cron, zone, after, limit)


@settings(max_examples=60, deadline=None)
@given(fields(0, 59), fields(0, 7), changes, zones)
def test_every_hour_means_every_hour_in_any_zone(minute: str, weekday: str, after: datetime, zone: str) -> None:
    cron, limit = parse_cron(f"{minute} * * * {weekday}"), after + timedelta(hours=12)
    assert by_rule(cron, ZoneInfo(zone), after, limit) == by_hand(cron, ZoneInfo(zone), after, limit)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 59), st.integers(0, 23), st.integers(2020, 2031), zones)
def test_a_daily_time_runs_once_each_day_whatever_the_clock_does(minute: int, hour: int, year: int, zone: str) -> None:
    place = ZoneInfo(zone)
    start = datetime(year, 1, 1, tzinfo=place) - MINUTE
    cron = parse_cron(f"{minute} {hour} * * *")
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    found = list(islice(occurrences(cron, place, after=start), days))
    assert len({moment.astimezone(place).date() for moment in found}) == days
    normal = [moment.astimezone(place) for moment in found if reads(cron, moment.astimezone(place))]
    assert len(normal) >= days - 1


@settings(max_examples=60, deadline=None)
@given(expressions, moments, zones)
def test_runs_lie_after_the_moment_and_grow(text: str, after: datetime, zone: str) -> None:
    cron = readable(text)
    if cron is None:
        return
    found = list(islice(occurrences(cron, ZoneInfo(zone), after=after), 5))
    assert all(earlier < later for earlier, later in pairwise([after, *found]))
    assert all(moment.second == 0 and moment.tzinfo is UTC for moment in found)


@given(st.integers(1, 10**8), moments, moments)
def test_an_interval_keeps_its_rhythm(seconds: int, created: datetime, after: datetime) -> None:
    rule = Rule(interval_seconds=seconds, created_at=created)
    found = next_times(rule, after, 3)
    assert all(moment > after and (moment - created) % timedelta(seconds=seconds) == timedelta() for moment in found)
    assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(seconds=seconds)] * 2
    assert found[0] > created
    assert found[0] - max(after, created) <= timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("attempt", "roll", "seconds"),
    [(1, 0.5, 1), (2, 0.5, 2), (5, 0.5, 16), (12, 0.5, 2048), (13, 0.5, 3600), (10**6, 0.5, 3600), (4, 0, 6)],
)
def test_delays_double_up_to_an_hour(attempt: int, roll: float, seconds: float) -> None:
    assert retry_delay(Backoff(), attempt, roll=roll).total_seconds() == seconds


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_jitter_spreads_a_delay_by_a_quarter(attempt: int, roll: float) -> None:
    nominal = min(2.0 ** (attempt - 1), 3600.0)
    assert 0.75 * nominal <= retry_delay(Backoff(), attempt, roll=roll).total_seconds() <= 1.25 * nominal
