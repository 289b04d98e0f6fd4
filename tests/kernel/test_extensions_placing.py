"""Places of items, rules of visibility, and the checks of added fields: tables."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from apps.kernel.extensions.checks import judge_fields
from apps.kernel.extensions.entities import faults_of
from apps.kernel.extensions.fields import FormField, Kind, form_fields
from apps.kernel.extensions.placing import Placing, Position, after, arranged, before, first
from apps.kernel.extensions.rules import VisibleWhen, worded
from tests.kernel.loans import ADDED, LOANS

LAST = Placing()


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({"a": None, "b": None}, "ab"),
        ({"a": None, "b": None, "x": LAST}, "abx"),
        ({"x": LAST, "a": None, "b": None}, "abx"),
        ({"a": None, "b": None, "x": first()}, "xab"),
        ({"a": None, "b": None, "x": first(), "y": first()}, "xyab"),
        ({"a": None, "b": None, "x": before("b")}, "axb"),
        ({"a": None, "b": None, "x": after("a")}, "axb"),
        ({"a": None, "b": None, "x": after("a"), "y": after("a")}, "axyb"),
        ({"a": None, "b": None, "x": before("b"), "y": before("b")}, "axyb"),
        ({"a": None, "x": after("y"), "y": after("a"), "b": None}, "ayxb"),
        ({"a": None, "x": after("nowhere"), "b": None}, "abx"),
        ({"a": None, "x": after("y"), "y": before("x")}, "axy"),
        ({}, ""),
    ],
)
def test_items_stand_where_they_wish(wishes: dict[str, Placing | None], expected: str) -> None:
    found, _lost = arranged(wishes, name=str, wish=wishes.__getitem__)
    assert "".join(found) == expected


def test_a_neighbour_that_is_not_there_is_told() -> None:
    wishes = {"a": None, "x": after("nowhere"), "y": before("a")}
    assert arranged(wishes, name=str, wish=wishes.__getitem__) == (["y", "a", "x"], ["x"])


@pytest.mark.parametrize(("position", "neighbour"), [("before", ""), ("after", ""), ("first", "a"), ("last", "a")])
def test_a_side_needs_a_neighbour_and_no_other_place_has_one(position: str, neighbour: str) -> None:
    with pytest.raises(ValueError, match="do not go together"):
        Placing(Position(position), neighbour)


@pytest.mark.parametrize(
    ("operator", "value", "given", "holds"),
    [
        ("eq", "post", "post", True),
        ("eq", "post", "desk", False),
        ("eq", "", None, True),
        ("eq", True, True, True),
        ("eq", 2, Decimal("2.00"), True),
        ("neq", "post", "desk", True),
        ("neq", "post", "post", False),
        ("in", ("a", "b"), "b", True),
        ("in", ("a", "b"), "c", False),
        ("in", ("a", None), "", True),
        ("notIn", ("a", "b"), "c", True),
        ("notIn", ("a", "b"), "a", False),
        ("truthy", "", True, True),
        ("truthy", "", "false", False),
        ("truthy", "", 0, False),
        ("truthy", "", None, False),
        ("falsy", "", None, True),
        ("falsy", "", "x", False),
    ],
)
def test_a_rule_decides(operator: str, value: Any, given: Any, holds: bool) -> None:
    assert VisibleWhen("other", operator, value).holds(given) is holds


@pytest.mark.parametrize(("operator", "value"), [("in", "a"), ("notIn", "a"), ("eq", ("a",)), ("like", "a")])
def test_a_rule_that_cannot_be_meant_is_none(operator: str, value: Any) -> None:
    with pytest.raises(ValueError, match=operator):
        VisibleWhen("other", operator, value)


def test_values_are_worded_as_browsers_have_them() -> None:
    assert [worded(item) for item in (None, True, False, Decimal("1.50"), Decimal("1E+2"), "x")] == [
        "", "true", "false", "1.5", "100", "x",
    ]  # fmt: skip


def faults(*more: FormField) -> list[str]:
    found = judge_fields(replace(ADDED, fields=(*ADDED.fields, *more)))
    return [f"{item.id}: {item.msg.partition('work: ')[2]}" for item in found]


def test_fields_that_cannot_work_are_found() -> None:
    assert faults() == []
    assert faults(FormField("reader", "Again")) == ["kernel.E052: the field 'reader' is declared twice."]
    assert faults(FormField("colour", "Colour")) == ["kernel.E052: the command takes no 'colour'."]
    lost = replace(ADDED, fields=(FormField("reader", "R", visible_when=VisibleWhen("nowhere")),))
    assert [item.id for item in judge_fields(lost)] == ["kernel.E052"]
    bare = replace(ADDED, fields=(FormField("reader", "R", Kind.CUSTOM),))
    assert [item.id for item in judge_fields(bare)] == ["kernel.E052"]


def test_an_extension_that_cannot_work_is_found() -> None:
    assert faults_of(LOANS) == []
    assert faults_of(replace(LOANS, many=True)) == []
    assert "no field named 'colour'" in faults_of(replace(LOANS, fields=("colour",)))[0]
    assert faults_of(replace(LOANS, base="shelf.shelf")) == ["book_id is no ReferenceField to shelf.shelf"]


@pytest.mark.parametrize("changes", [{"extension": None}, {"read": lambda ids: {}}])
def test_fields_say_where_their_values_are(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either read or extension"):
        form_fields(replace(ADDED, **changes))
