"""What a condition means: operators by kind of value, missing and null, dates, lists, cost."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from apps.kernel.expressions import EvaluationTooCostly, evaluate, parse

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")


class Status(StrEnum):
    NEW = "new"


class Level(Enum):
    HIGH = 3


def holds(condition: object, record: object = None, now: datetime = NOW) -> bool:
    return evaluate(parse(condition), {} if record is None else record, now=now)


def compare(left: object, operator: str, right: object, now: datetime = NOW) -> bool:
    """Compare two values of a record, so that neither is checked at save."""
    return holds({"field": "a", "operator": operator, "value_field": "b"}, {"a": left, "b": right}, now)


EQUAL: list[tuple[Any, Any]] = [
    (1, 1.0),
    (1, Decimal("1.00")),
    (0.1, Decimal("0.1")),
    (-0.0, 0),
    ("a", "a"),
    (Status.NEW, "new"),
    (Level.HIGH, 3),
    (UUID(int=7), str(UUID(int=7))),
    (None, None),
    (True, True),
    ([1, "a", None], (1.0, "a", None)),
    ({"a": [1]}, {"a": [Decimal(1)]}),
    (date(2026, 3, 1), "2026-03-01"),
    (date(2026, 3, 1), datetime(2026, 3, 1, 15, tzinfo=UTC)),
    ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 11, tzinfo=timezone(timedelta(hours=1)))),
    (datetime(2026, 3, 1, 10), datetime(2026, 3, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_values_are_equal_both_ways(left: object, right: object) -> None:
    assert compare(left, "=", right)
    assert compare(right, "=", left)
    assert not compare(left, "!=", right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, "1"),
        (1, True),
        (0, False),
        (0, None),
        ("", None),
        ("A", "a"),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"b": 1}),
        ([], {}),
        (float("nan"), float("nan")),
        (Decimal("NaN"), Decimal("NaN")),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        (date(2026, 3, 1), "1 March"),
        (date(2026, 3, 1), 20260301),
        (object(), object()),
        (b"a", "a"),
    ],
)
def test_values_of_two_kinds_are_never_equal(left: object, right: object) -> None:
    assert not compare(left, "=", right)
    assert compare(left, "!=", right)


ASCENDING: list[tuple[Any, Any]] = [
    (1, 1.5),
    (Decimal("-1e30"), 0),
    ("B", "a"),
    ("a", "ä"),
    (date(2026, 2, 28), date(2026, 3, 1)),
    ("2026-03-01T23:30:00+01:00", NOW),
    (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), date(2026, 3, 1)),
    ("2026-02-28", datetime(2026, 3, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("low", "high"), ASCENDING)
def test_order_by_kind(low: object, high: object) -> None:
    assert [compare(low, sign, high) for sign in ("<", "<=", "=", ">=", ">")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [compare(high, sign, low) for sign in ("<", "<=", "=", ">=", ">")] == [
        False,
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
@pytest.mark.parametrize(
    ("left", "right"),
    [(None, 1), (1, None), (None, None), (True, False), ("1", 2), ([1], [2]), ({}, {}), ("x", NOW)],
)
def test_what_has_no_order_is_neither_less_nor_more(operator: str, left: object, right: object) -> None:
    assert not compare(left, operator, right)


def test_a_date_beside_a_moment_compares_days_in_the_zone_of_now() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert compare(late, "=", date(2026, 3, 1))
    assert compare(late, "=", date(2026, 3, 2), now=NOW.astimezone(WARSAW))
    assert not compare(late, ">", date(2026, 3, 1))


@pytest.mark.parametrize("moment", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_do_no_harm(moment: datetime) -> None:
    for zone in (timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))):
        assert compare(moment, "=", moment.date(), now=NOW.astimezone(zone))


MISSING_AND_NULL = [
    ("exists", None, False, True),
    ("is_empty", None, True, True),
    ("is_not_empty", None, False, False),
    ("=", None, False, True),
    ("!=", None, True, False),
    ("=", 1, False, False),
    ("!=", 1, True, True),
    ("in", [None, 1], False, True),
    ("not_in", [None, 1], True, False),
    ("contains", "a", False, False),
    ("not_contains", "a", True, True),
    ("matches", ".*", False, False),
]


@pytest.mark.parametrize(("operator", "value", "on_missing", "on_null"), MISSING_AND_NULL)
def test_missing_is_not_null(operator: str, value: object, on_missing: bool, on_null: bool) -> None:
    condition: dict[str, object] = {"field": "a", "operator": operator}
    if operator not in ("exists", "is_empty", "is_not_empty"):
        condition["value"] = value
    assert holds(condition, {}) is on_missing
    assert holds(condition, {"a": None}) is on_null


@pytest.mark.parametrize(
    ("value", "empty"),
    [
        ("", True),
        ([], True),
        ({}, True),
        (" ", False),
        (0, False),
        (False, False),
        ([None], False),
        (NOW, False),
    ],
)
def test_only_what_holds_nothing_is_empty(value: object, empty: bool) -> None:
    assert holds({"field": "a", "operator": "is_empty"}, {"a": value}) is empty


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        ("Agora", "contains", "gor", True),
        ("Agora", "contains", "GOR", False),
        ("100%", "contains", "%", True),
        ("100", "contains", "%", False),
        ("Agora", "contains", "", True),
        ("5", "contains", 5, False),
        ([1, 2], "contains", 2.0, True),
        (["ab"], "contains", "a", False),
        ({"a": 1}, "contains", "a", False),
        ([1], "not_contains", 2, True),
        ("Agora", "starts_with", "Ag", True),
        ("Agora", "ends_with", "ra", True),
        (["A"], "starts_with", "A", False),
        (2, "in", [1, 2], True),
        ("a", "in", "abc", False),
        ("a", "not_in", "abc", True),
        (2, "between", [1, 2], True),
        (2, "between", [3, 1], False),
        (2, "between", [1], False),
        (2, "between", "12", False),
        ("2026-03-01", "between", [date(2026, 3, 1), NOW], True),
    ],
)
def test_operators_of_text_and_lists(left: object, operator: str, right: object, expected: bool) -> None:
    assert compare(left, operator, right) is expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SO-2026-001", True),
        ("so-2026-001", False),
        ("xSO-2026-001", False),
        ("SO-2026-001\n", False),
        (7, False),
    ],
)
def test_patterns_are_found_in_text_only(text: object, found: bool) -> None:
    condition = {"field": "number", "operator": "matches", "value": r"^SO-\d{4}-\d+$"}
    assert holds(condition, {"number": text}) is found


RECORD = {"a": {"b": [{"c": 1}, {"d": None}], "0": "zero"}, "list": ["x", "y"], "dots": {"a.b": 1}}


@pytest.mark.parametrize("path", ["a.b[0].c", "a.b.0.c", "a.b[1].d", "a.0", "list[1]", "list.1"])
def test_paths_lead_through_objects_and_lists(path: str) -> None:
    assert holds({"field": path, "operator": "exists"}, RECORD)


@pytest.mark.parametrize(
    "path",
    [
        "a.c",
        "a.b[2]",
        "a.b[0].c.d",
        "list.x",
        "a[0]",
        "dots.a.b",
        "a.__class__",
        "list.__len__",
        "a.keys",
        "list.append",
    ],
)
def test_attributes_and_methods_are_out_of_reach(path: str) -> None:
    assert not holds({"field": path, "operator": "exists"}, RECORD)


@pytest.mark.parametrize("record", [None, 5, "text", [1], object(), OrderedDict(a=1), {"a": {1: 2}}, {"a": {None}}])
def test_any_record_gets_an_answer(record: object) -> None:
    assert not evaluate(parse({"field": "a.b", "operator": "exists"}), record, now=NOW)


LINES = {"lines": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 5}, "junk"], "limit": 3, "tags": ["x", "y"]}


def line(operator: str, value: object, field: str = "line.qty") -> dict[str, Any]:
    return {"list": "lines", "as": "line", "where": {"field": field, "operator": operator, "value": value}}


def test_any_and_all_look_at_each_element() -> None:
    assert holds({"any": line(">", 4)}, LINES)
    assert not holds({"any": line(">", 5)}, LINES)
    assert holds({"all": line("not_in", [9])}, LINES)
    assert not holds({"all": line(">", 0)}, LINES)


def test_elements_that_are_values_go_by_the_name_item() -> None:
    condition = {"any": {"list": "tags", "where": {"field": "item", "operator": "=", "value": "y"}}}
    assert holds(condition, LINES)


def test_the_record_stays_in_sight_inside_a_list() -> None:
    where = {"field": "line.qty", "operator": ">", "value_field": "limit"}
    assert holds({"any": {"list": "lines", "as": "line", "where": where}}, LINES)


def test_names_end_with_their_quantifier() -> None:
    condition = {"and": [{"any": line(">", 0)}, {"field": "line", "operator": "exists"}]}
    assert not holds(condition, LINES)


def test_inner_names_hide_outer_ones_and_give_them_back() -> None:
    inner = {"any": {"list": "item.parts", "where": {"field": "item", "operator": "=", "value": "p"}}}
    where = {"and": [inner, {"field": "item.ok", "operator": "=", "value": True}]}
    record = {"rows": [{"parts": ["p"], "ok": True}]}
    assert holds({"any": {"list": "rows", "where": where}}, record)


@pytest.mark.parametrize("lines", [[], None, "text", {}, 5])
def test_what_is_no_list_has_no_elements(lines: object) -> None:
    record = {"lines": lines}
    assert not holds({"any": line(">", 0)}, record)
    assert holds({"all": line(">", 0)}, record)
    assert holds({"field": {"count": {"list": "lines"}}, "operator": "=", "value": 0}, record)


def test_count_counts_all_or_those_that_satisfy() -> None:
    assert holds({"field": {"count": {"list": "lines"}}, "operator": "=", "value": 3}, LINES)
    assert holds({"field": {"count": line(">=", 1)}, "operator": "=", "value": 2}, LINES)


def test_lists_within_lists_are_stopped_by_the_step_limit() -> None:
    condition: dict[str, Any] = {"field": "item", "operator": "<", "value": 0}
    for _ in range(4):
        condition = {"any": {"list": "rows", "where": condition}}
    with pytest.raises(EvaluationTooCostly) as refusal:
        holds(condition, {"rows": list(range(100))})
    assert (refusal.value.status, refusal.value.context) == (422, {"limit": 100_000})


def test_the_step_limit_is_the_callers() -> None:
    expression = parse({"field": "a", "operator": "in", "value": list(range(100))})
    assert evaluate(expression, {"a": 99}, now=NOW, max_steps=101)
    with pytest.raises(EvaluationTooCostly):
        evaluate(expression, {"a": 99}, now=NOW, max_steps=100)


def test_long_texts_cost_steps_too() -> None:
    condition = {"any": {"list": "rows", "where": {"field": "text", "operator": "contains", "value": "b"}}}
    with pytest.raises(EvaluationTooCostly):
        holds(condition, {"rows": [1] * 200, "text": "a" * 2_000_000})


def test_values_that_contain_themselves_are_refused_not_followed() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(EvaluationTooCostly):
        compare(endless, "=", [endless])


def test_a_naive_now_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        holds({}, now=datetime(2026, 1, 1))  # noqa: DTZ001
