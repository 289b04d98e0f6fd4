"""The functions of conditions: results by table, and nothing instead of an error."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.expressions import evaluate, parse
from apps.kernel.expressions.functions import FUNCTIONS, call
from apps.kernel.expressions.paths import MISSING

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def run(name: str, *arguments: object, now: datetime = NOW) -> object:
    return call(FUNCTIONS[name], list(arguments), now)


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("add", (1, Decimal("0.5"), 2), Decimal("3.5")),
        ("subtract", (1, 3), -2),
        ("multiply", (Decimal("0.1"), 3), Decimal("0.3")),
        ("divide", (1, 8), Decimal("0.125")),
        ("modulo", (-7, 3), -1),
        ("absolute", (-2,), 2),
        ("round", (Decimal("2.345"), 2), Decimal("2.35")),
        ("round", (Decimal("-2.5"),), -3),
        ("now", (), NOW),
        ("today", (), date(2026, 3, 1)),
        ("date", (NOW,), date(2026, 3, 1)),
        ("date", ("2026-02-28T10:00Z",), date(2026, 2, 28)),
        ("add_days", (date(2026, 2, 28), 1), date(2026, 3, 1)),
        ("add_days", (NOW, -1), NOW - timedelta(days=1)),
        ("add_days", ("2028-02-28", 1), date(2028, 2, 29)),
        ("days_between", ("2026-03-01", "2026-02-01"), -28),
        ("days_between", (datetime(2026, 2, 28, 23, tzinfo=UTC), NOW), 1),
        ("lower", ("ÄB",), "äb"),
        ("upper", ("straße",), "STRASSE"),
        ("trim", (" \u00a0a b\n",), "a b"),
        ("concat", ("a", "b", "c"), "abc"),
        ("substring", ("Agora", 1, 3), "gor"),
        ("substring", ("Agora", 4, 99), "a"),
        ("length", ("añ",), 2),
        ("length", ([1, 2, 3],), 3),
        ("number", ("-12.50",), Decimal("-12.5")),
        ("number", (7,), 7),
    ],
)
def test_results(name: str, arguments: tuple[object, ...], result: object) -> None:
    assert run(name, *arguments) == result


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("divide", (1, 0)),
        ("divide", (0, 0)),
        ("modulo", (1, 0)),
        ("multiply", (Decimal("1e90"), Decimal("1e90"))),
        ("add", (1, "2")),
        ("add", (1, None)),
        ("add", (True, 1)),
        ("round", (1, 13)),
        ("round", (1, -1)),
        ("round", (1, Decimal("0.5"))),
        ("round", (Decimal("1e60"), 2)),
        ("add_days", ("soon", 1)),
        ("add_days", (date(2026, 1, 1), 10**7)),
        ("add_days", (date(9999, 12, 31), 1)),
        ("add_days", (date(2026, 1, 1), Decimal("0.5"))),
        ("lower", (5,)),
        ("length", ({},)),
        ("substring", ("a", -1, 1)),
        ("substring", ("a", 0, Decimal("1e30"))),
        ("number", ("1e5",)),
        ("number", ("12,5",)),
        ("number", ("٣",)),
        ("number", (MISSING,)),
    ],
)
def test_what_cannot_be_is_missing(name: str, arguments: tuple[object, ...]) -> None:
    assert run(name, *arguments) is MISSING


def test_a_comparison_with_nothing_does_not_hold() -> None:
    broken = {"divide": [{"field": "a"}, 0]}
    for operator in ("=", "<", ">="):
        assert not evaluate(parse({"field": broken, "operator": operator, "value": 1}), {"a": 1}, now=NOW)
    assert evaluate(parse({"field": broken, "operator": "is_empty"}), {"a": 1}, now=NOW)


def test_days_are_those_of_the_zone_of_now() -> None:
    there = NOW.astimezone(ZoneInfo("Europe/Warsaw"))
    assert run("today", now=there) == date(2026, 3, 2)
    assert run("date", NOW, now=there) == date(2026, 3, 2)


def test_a_day_later_is_the_same_time_of_day_across_a_clock_change() -> None:
    zone = ZoneInfo("Europe/Warsaw")
    before = datetime(2026, 3, 28, 12, tzinfo=zone)
    assert run("add_days", before, 1, now=before) == datetime(2026, 3, 29, 12, tzinfo=zone)


ANYTHING: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=-11))))
    | st.lists(st.integers(), max_size=3)
    | st.sampled_from([MISSING, 10**400, Decimal("1e999999"), Decimal("-1e-999999"), "2026-02-30", "9998-12-31"])
)


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(ANYTHING, min_size=4, max_size=4))
def test_any_arguments_give_a_value_or_nothing(name: str, arguments: list[object]) -> None:
    function = FUNCTIONS[name]
    call(function, arguments[: min(function.most, 4)], NOW)
