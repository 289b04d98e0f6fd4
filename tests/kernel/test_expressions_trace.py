"""Explanations: which branch decided, with the values it saw."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.kernel.expressions import Trace, explain, parse

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def trace(condition: object, record: object) -> Trace:
    return explain(parse(condition), record, now=NOW)


def equals(field: str, value: object) -> dict[str, object]:
    return {"field": field, "operator": "=", "value": value}


def test_the_last_child_is_the_one_that_decided() -> None:
    shown = trace({"and": [equals("a", 1), equals("b", 2), equals("c", 3)]}, {"a": 1, "b": 0, "c": 3})
    assert (shown.outcome, [child.at for child in shown.children]) == (False, ["and[0]", "and[1]"])
    assert shown.children[-1].seen == (0, 2)


def test_groups_within_groups_keep_their_paths() -> None:
    shown = trace({"or": [{"not": equals("a", 1)}, {"and": [equals("b", 2)]}]}, {"a": 1, "b": 2})
    assert shown.as_json() == {
        "path": "",
        "word": "or",
        "outcome": True,
        "children": [
            {
                "path": "or[0]",
                "word": "not",
                "outcome": False,
                "children": [{"path": "or[0].not", "word": "=", "outcome": True, "seen": [1, 1]}],
            },
            {
                "path": "or[1]",
                "word": "and",
                "outcome": True,
                "children": [{"path": "or[1].and[0]", "word": "=", "outcome": True, "seen": [2, 2]}],
            },
        ],
    }


@pytest.mark.parametrize(
    ("condition", "record", "note"),
    [
        (equals("a", 1), {}, "the left side is missing"),
        ({"field": "a", "operator": ">", "value_field": "b"}, {"a": 1}, "the right side is missing"),
        (equals("a", 1), {"a": "1"}, "text against number"),
        ({"field": "a", "operator": "!=", "value": "x"}, {"a": None}, "null against text"),
        ({"field": "a", "operator": "<", "value": {"today": []}}, {"a": "soon"}, "text against date"),
        ({"field": "a", "operator": "<", "value": {"today": []}}, {"a": "2026-05-01"}, ""),
        ({"field": "a", "operator": "in", "value": [1]}, {"a": 2}, ""),
        ({"field": "a", "operator": "exists"}, {}, ""),
    ],
)
def test_a_note_says_why_two_sides_do_not_meet(condition: object, record: object, note: str) -> None:
    assert trace(condition, record).note == note


def test_elements_are_numbered_and_only_the_last_twenty_kept() -> None:
    condition = {"any": {"list": "rows", "where": equals("item", 29)}}
    shown = trace(condition, {"rows": list(range(30))})
    assert [child.element for child in shown.children] == list(range(10, 30))
    assert (shown.skipped, shown.children[-1].outcome) == (10, True)


def test_a_count_shows_the_elements_it_looked_at() -> None:
    condition = {
        "field": {"count": {"list": "rows", "where": equals("item", 2)}},
        "operator": ">",
        "value": 1,
    }
    shown = trace(condition, {"rows": [2, 3]})
    assert shown.seen == (1, 1)
    assert [(child.element, child.outcome) for child in shown.children] == [(0, True), (1, False)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 1, 2), "2026-01-02"),
        ("x" * 300, "x" * 200 + "…"),
        (list(range(20)), list(range(10))),
        ({"a": 1, "b": 2}, {"object": 2}),
        (b"x", "bytes"),
    ],
)
def test_values_are_shown_short(value: Any, shown: object) -> None:
    assert trace(equals("a", 1), {"a": value}).as_json()["seen"] == [shown, 1]


def test_an_unconditional_condition_explains_itself() -> None:
    assert trace({}, {}).as_json() == {"path": "", "word": "and", "outcome": True}
