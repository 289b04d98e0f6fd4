"""Conditions as JSON: what is accepted, and every complaint with its path."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.kernel.expressions import ALWAYS, InvalidExpression, Limits, dump, parse
from apps.kernel.expressions.functions import FUNCTIONS
from apps.kernel.expressions.nodes import Comparison, Field, Group, Items, Value
from apps.kernel.expressions.parser import LIMITS
from apps.kernel.expressions.paths import read_path

IS_NEW = {"field": "status", "operator": "=", "value": "new"}


def complaints(value: object, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    with pytest.raises(InvalidExpression) as refusal:
        parse(value, limits=limits)
    assert refusal.value.status == 400
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_comparison_becomes_a_typed_tree() -> None:
    tree = parse({"field": "lines[0].price", "operator": "between", "value": [1, 2.5]})
    bounds = Items((Value(1), Value(Decimal("2.5"))))
    assert tree == Comparison(Field(("lines", 0, "price")), "between", bounds)


@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_is_the_condition_that_always_holds(nothing: object) -> None:
    assert parse(nothing) == ALWAYS == Group("and", ())


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        ("text", [("", "expected_object")]),
        ([IS_NEW], [("", "expected_object")]),
        ({1: 2}, [("", "wrong_type")]),
        ({"and": IS_NEW}, [("and", "expected_list")]),
        ({"or": []}, [("or", "empty_or")]),
        ({"not": [IS_NEW]}, [("not", "expected_object")]),
        ({"not": {}}, [("not", "expected_object")]),
        ({"and": [IS_NEW], "or": [IS_NEW]}, [("or", "unknown_key")]),
        ({**IS_NEW, "note": 1}, [("note", "unknown_key")]),
        ({**IS_NEW, "operator": "~"}, [("operator", "unknown_operator")]),
        ({**IS_NEW, "operator": ["="]}, [("operator", "unknown_operator")]),
        ({**IS_NEW, "value_field": "b"}, [("", "missing_key")]),
        ({"field": "a", "operator": "="}, [("", "missing_key")]),
        ({"field": "a", "operator": "exists", "value": 1}, [("value", "unknown_key")]),
        (
            {**IS_NEW, "value": {"a": 1, "b": 2}},
            [("value.b", "unknown_key"), ("value.a", "unknown_function")],
        ),
        ({**IS_NEW, "value": {}}, [("value", "expected_object")]),
        ({**IS_NEW, "value": object()}, [("value", "wrong_type")]),
        ({**IS_NEW, "value": "\x00"}, [("value", "bad_text")]),
        ({**IS_NEW, "value": "\ud800"}, [("value", "bad_text")]),
        ({**IS_NEW, "value": float("nan")}, [("value", "bad_number")]),
        ({**IS_NEW, "value": Decimal("Infinity")}, [("value", "bad_number")]),
        ({**IS_NEW, "value": 10**38}, [("value", "bad_number")]),
        ({**IS_NEW, "value": Decimal("1e999999")}, [("value", "bad_number")]),
        ({**IS_NEW, "value": Decimal("0.1234567890123456789")}, [("value", "bad_number")]),
    ],
)
def test_malformed_conditions_are_refused_at_their_path(value: object, errors: list[tuple[str, str]]) -> None:
    assert complaints(value) == errors


def test_all_complaints_come_at_once() -> None:
    value = {
        "and": [
            {"field": "a..b", "operator": "=", "value": 1},
            IS_NEW,
            {"or": [{"field": "x", "operator": "matches", "value": "(a"}, {"not": {"field": "y"}}]},
            {"any": {"list": "lines", "as": "", "where": IS_NEW}},
        ]
    }
    assert complaints(value) == [
        ("and[0].field", "bad_path"),
        ("and[2].or[0].value", "bad_pattern"),
        ("and[2].or[1].not.operator", "unknown_operator"),
        ("and[3].any.as", "bad_name"),
    ]


@pytest.mark.parametrize(
    ("operator", "value", "error"),
    [
        (">", None, ("value", "wrong_kind")),
        ("<=", True, ("value", "wrong_kind")),
        (">", [1], ("value", "wrong_kind")),
        ("in", "abc", ("value", "wrong_kind")),
        ("not_in", 1, ("value", "wrong_kind")),
        ("starts_with", 1, ("value", "wrong_kind")),
        ("matches", {"lower": [{"field": "a"}]}, ("value.lower", "expected_pattern")),
        ("between", [1, 2, 3], ("value", "expected_pair")),
        ("between", [None, 2], ("value[0]", "wrong_kind")),
        ("between", 5, ("value", "wrong_kind")),
    ],
)
def test_right_sides_suit_their_operator(operator: str, value: object, error: tuple[str, str]) -> None:
    assert complaints({"field": "a", "operator": operator, "value": value}) == [error]


@pytest.mark.parametrize(
    ("left", "operator", "value"),
    [
        ({"length": [{"field": "a"}]}, "=", "5"),
        ({"lower": [{"field": "a"}]}, ">", 5),
        ({"today": []}, "<", 20260101),
        ({"today": []}, "<", "tomorrow"),
        ({"count": {"list": "lines"}}, "!=", True),
    ],
)
def test_kinds_that_never_meet_are_refused(left: object, operator: str, value: object) -> None:
    assert complaints({"field": left, "operator": operator, "value": value}) == [("value", "kinds_never_meet")]


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ({"round": []}, ("field.round", "wrong_arity")),
        ({"today": [1]}, ("field.today", "wrong_arity")),
        ({"add_days": ["soon", 1]}, ("field.add_days[0]", "wrong_kind")),
        ({"add": [1, "2"]}, ("field.add[1]", "wrong_kind")),
        ({"lower": "A"}, ("field.lower", "expected_list")),
        ({"eval": ["1"]}, ("field.eval", "unknown_function")),
        (
            {"count": {"list": "a", "where": {"field": "b"}}},
            ("field.count.where.operator", "unknown_operator"),
        ),
        ({"count": {"where": IS_NEW}}, ("field.count.list", "bad_path")),
    ],
)
def test_functions_are_checked_at_save(function: object, error: tuple[str, str]) -> None:
    assert complaints({"field": function, "operator": "=", "value": None}) == [error]


def test_text_that_reads_as_a_date_may_stand_for_one() -> None:
    parse({"field": {"add_days": ["2026-02-28", 1]}, "operator": "<=", "value": "2026-03-01T10:00+01:00"})


@pytest.mark.parametrize("path", ["a", "_a.b-c", "a.0.b", "a[0][12].b", "a" * 200])
def test_paths_are_names_and_indexes(path: str) -> None:
    assert read_path(path) is not None


@pytest.mark.parametrize(
    "path",
    ["", "1a", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a b", "a\n", "ä", "a()", "a" * 201, 5, None],
)
def test_everything_else_is_no_path(path: object) -> None:
    assert complaints({"field": path, "operator": "exists"}) == [("field", "bad_path")]


def nested(depth: int) -> dict[str, Any]:
    return IS_NEW if depth == 1 else {"not": nested(depth - 1)}


def test_ten_levels_are_enough() -> None:
    parse(nested(10))
    assert complaints(nested(11)) == [(".".join(["not"] * 10), "too_deep")]


@pytest.mark.parametrize("wrap", [lambda x: {"not": x}, lambda x: {"and": [x]}, lambda x: [x]])
def test_absurd_nesting_neither_recurses_nor_crashes(wrap: Any) -> None:
    value: Any = IS_NEW
    for _ in range(20_000):
        value = wrap(value)
    assert len(complaints(value)) == 1
    assert len(complaints({**IS_NEW, "value": value})) == 1


def test_functions_and_lists_count_as_levels() -> None:
    value: Any = {"field": "a"}
    for _ in range(20):
        value = {"trim": [value]}
    assert [code for _, code in complaints({**IS_NEW, "value": value})] == ["too_deep"]


def test_a_group_holds_fifty_conditions() -> None:
    parse({"or": [IS_NEW] * 50})
    assert complaints({"or": [IS_NEW] * 51}) == [("or", "too_many")]


def test_a_condition_is_at_most_64_kilobytes() -> None:
    parse({**IS_NEW, "value": "x" * 65_000})
    assert complaints({**IS_NEW, "value": "x" * 65_536}) == [("", "too_large")]
    assert complaints({**IS_NEW, "value": [1] * 70_000}) == [("", "too_large")]


def test_a_value_that_contains_itself_is_too_large() -> None:
    endless: dict[str, Any] = {}
    endless["and"] = [endless, endless]
    assert complaints(endless) == [("", "too_large")]


def test_callers_may_set_narrower_limits() -> None:
    narrow = Limits(depth=3, group=15, conditions=5)
    parse({"and": [IS_NEW] * 4}, limits=narrow)
    assert complaints({"and": [IS_NEW] * 5}, narrow) == [("and[4]", "too_many")]
    assert complaints(nested(4), narrow) == [("not.not.not", "too_deep")]


def test_complaints_are_capped() -> None:
    wrong = {"and": [{"and": [{"field": 1}] * 50}] * 50}
    assert len(complaints(wrong)) == 100


@pytest.mark.parametrize(
    "value",
    [
        {"and": []},
        {"field": "a", "operator": "is_empty"},
        {"field": "a", "operator": "=", "value_field": "b[0].c"},
        {"field": "a", "operator": "in", "value": ["x", 1, 2.5, True, None, {"field": "b"}, [1]]},
        {
            "all": {
                "list": "lines",
                "as": "line",
                "where": {"field": "line.ok", "operator": "=", "value": True},
            }
        },
        {"field": {"count": {"list": "lines", "as": "item"}}, "operator": ">", "value": 1},
        {"field": {"add_days": [{"today": []}, -30]}, "operator": "<", "value_field": "at"},
    ],
)
def test_dumping_gives_the_json_back(value: object) -> None:
    assert dump(parse(value)) == value


def test_a_decimal_is_dumped_as_the_json_number_it_came_from() -> None:
    assert dump(parse({**IS_NEW, "value": Decimal("2.50")})) == {**IS_NEW, "value": 2.5}


def test_every_function_says_what_it_does() -> None:
    assert all(function.summary.endswith(".") for function in FUNCTIONS.values())
