"""Recurrence rules: those of dateutil with time zones, wall clocks over changes of the clock, and refusals."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule  # type: ignore[import-untyped]
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.customers.calculations.recurrence import (
    DAYS,
    RuleRefused,
    first_start,
    last_start,
    parse_rule,
    rule_text,
    starts,
)

ZONES = ("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "UTC")
WARSAW = ZoneInfo("Europe/Warsaw")
MOST = 40


@st.composite
def rules(draw: Any) -> str:
    """A rule that can be followed, with the parts that its frequency takes."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    days = draw(st.lists(st.sampled_from(DAYS), max_size=3, unique=True))
    if days and frequency == "MONTHLY":
        days = [f"{draw(st.sampled_from(['', '1', '2', '-1']))}{day}" for day in days]
    if days and frequency != "YEARLY":
        parts.append(f"BYDAY={','.join(days)}")
    elif frequency == "MONTHLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.sampled_from(['15', '-1', '1,31', '30']))}")
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, MOST))}")
    elif ending == "UNTIL":
        parts.append(f"UNTIL=202{draw(st.integers(4, 9))}{draw(st.sampled_from(['0331', '1031']))}T120000Z")
    return ";".join(parts)


@given(
    text=rules(),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    wall=st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - a wall has no zone
    ahead=st.integers(0, 2000),
)
@settings(max_examples=300, deadline=None)
def test_series_are_those_of_dateutil_in_the_zone(text: str, zone: ZoneInfo, wall: datetime, ahead: int) -> None:
    # A moment that is on the clock: dateutil would begin a series in a gap, which is no moment.
    first = wall.replace(microsecond=0, tzinfo=zone).astimezone(UTC).astimezone(zone).replace(fold=0)
    rule = parse_rule(text)
    since = first.astimezone(UTC) + timedelta(days=ahead)
    until = since + timedelta(days=1200)
    moments = (item.astimezone(UTC) for item in theirs(text, first))
    expected = [item for item in _before(moments, until) if item >= since]
    assert list(islice(starts(rule, first, zone, since=since, until=until), 400)) == expected[:400]
    assert parse_rule(rule_text(rule)) == rule


def theirs(text: str, first: datetime) -> Any:
    """dateutil's series. It has `SA,2TU` mean days that are both, so each kind of weekdays is a series of its own."""
    parts = dict(part.split("=") for part in text.split(";"))
    days = parts.get("BYDAY", "").split(",")
    kinds = [[day for day in days if (len(day) > 2) is numbered] for numbered in (False, True)]
    if not all(kinds):
        return rrule.rrulestr(text, dtstart=first)
    count, both = parts.pop("COUNT", None), rrule.rruleset()
    for kind in kinds:
        own = {**parts, "BYDAY": ",".join(kind)}
        both.rrule(rrule.rrulestr(";".join(f"{name}={value}" for name, value in own.items()), dtstart=first))
    return islice(both, int(count) if count else None)


def _before(moments: Any, until: datetime) -> Any:
    for moment in moments:
        if moment > until + timedelta(days=2):
            return
        if moment < until:
            yield moment


@given(zone=st.sampled_from(ZONES).map(ZoneInfo), hour=st.integers(0, 23), start=st.integers(1, 28))
def test_the_time_of_day_stays_when_the_clocks_change(zone: ZoneInfo, hour: int, start: int) -> None:
    first = datetime(2026, 3, start, hour, 30, tzinfo=zone)
    assume(first.astimezone(UTC).astimezone(zone).hour == hour)
    found = list(starts(parse_rule("FREQ=DAILY"), first, zone, since=first, until=first + timedelta(days=300)))
    walls = {moment.astimezone(zone).strftime("%H:%M") for moment in found}
    assert walls <= {f"{hour:02}:30", f"{(hour + 1) % 24:02}:30", f"{hour:02}:00", f"{(hour + 1) % 24:02}:00"}
    assert all(timedelta(hours=22) < later - earlier < timedelta(hours=26) for earlier, later in pairwise(found))
    assert 299 <= len(found) <= 301


def test_a_time_that_the_clock_skips_is_an_hour_later_and_one_that_comes_twice_is_the_first() -> None:
    spring = datetime(2026, 3, 28, 2, 30, tzinfo=WARSAW)
    found = list(starts(parse_rule("FREQ=DAILY;COUNT=3"), spring, WARSAW, since=spring, until=spring + timedelta(9)))
    assert [f"{moment:%d %H:%M}" for moment in found] == ["28 01:30", "29 01:30", "30 00:30"]
    autumn = datetime(2026, 10, 24, 2, 30, tzinfo=WARSAW)
    found = list(starts(parse_rule("FREQ=DAILY;COUNT=3"), autumn, WARSAW, since=autumn, until=autumn + timedelta(9)))
    assert [f"{moment:%d %H:%M}" for moment in found] == ["24 00:30", "25 00:30", "26 01:30"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", ["05", "08", "12", "15"]),
        ("FREQ=MONTHLY;COUNT=3", ["05", "05", "05"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", ["30", "27", "27"]),
        ("FREQ=MONTHLY;BYDAY=SA,2TU;COUNT=7", ["10", "13", "17", "24", "31", "07", "10"]),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=SA,2TU;COUNT=5", ["07", "10", "14", "21", "28"]),
        ("FREQ=YEARLY;BYDAY=53TH,SA;COUNT=2", ["10", "17"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", ["30", "27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["31", "31", "31"]),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20260125", ["05", "15", "25"]),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20260125T080000", ["05", "15"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", ["29", "29"]),
    ],
)
def test_days_of_series(text: str, expected: list[str]) -> None:
    first = datetime(2026, 1, 5, 9, tzinfo=WARSAW)
    found = starts(parse_rule(text), first, WARSAW, since=first, until=first + timedelta(days=4000))
    assert [f"{moment.astimezone(WARSAW):%d}" for moment in found] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "NAME=VALUE"),
        ("every Monday", "NAME=VALUE"),
        ("FREQ=HOURLY", "DAILY, WEEKLY"),
        ("INTERVAL=2", "DAILY, WEEKLY"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR is not understood"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260101", "not both"),
        ("FREQ=DAILY;COUNT=0", "from 1 to 1000"),
        ("FREQ=DAILY;COUNT=1001", "from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=1e3", "from 1 to 999"),
        ("FREQ=DAILY;INTERVAL=٣", "from 1 to 999"),
        ("FREQ=DAILY;UNTIL=20261301", "UNTIL is a day"),
        ("FREQ=DAILY;UNTIL=99991231", "UNTIL is a day"),
        ("FREQ=WEEKLY;BYDAY=XX", "Weekdays are"),
        ("FREQ=WEEKLY;BYDAY=2MO", "second Monday"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "no days of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "no 0"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "from -31 to 31"),
        ("FREQ=MONTHLY;BYSETPOS=1", "chooses among"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(text: str, words: str) -> None:
    with pytest.raises(RuleRefused, match=words):
        parse_rule(text)


@given(st.text(max_size=60))
def test_nothing_else_comes_of_any_text(text: str) -> None:
    for given_text in (text, f"FREQ=DAILY;{text}", f"FREQ=MONTHLY;BYDAY={text}"):
        try:
            rule = parse_rule(given_text)
        except RuleRefused:
            continue
        assert parse_rule(rule_text(rule)) == rule


def test_the_end_of_a_series_is_known_and_a_rule_that_never_comes_true_is_found_at_once() -> None:
    first = datetime(2026, 1, 5, 9, tzinfo=WARSAW)
    assert last_start(parse_rule("FREQ=DAILY"), first, WARSAW) is None
    last = last_start(parse_rule("FREQ=WEEKLY;COUNT=3"), first, WARSAW)
    assert last == datetime(2026, 1, 19, 8, tzinfo=UTC)
    before = time.monotonic()
    assert first_start(parse_rule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"), first, WARSAW) is None
    assert first_start(parse_rule("FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30"), first, WARSAW) is None
    assert time.monotonic() - before < 2


def test_a_window_far_ahead_costs_no_more_than_one_nearby() -> None:
    first, rule = datetime(1980, 1, 1, 9, tzinfo=WARSAW), parse_rule("FREQ=DAILY")
    since = datetime(2080, 1, 1, tzinfo=UTC)
    before = time.monotonic()
    for _again in range(50):
        assert len(list(starts(rule, first, WARSAW, since=since, until=since + timedelta(days=7)))) == 7
    assert time.monotonic() - before < 2
