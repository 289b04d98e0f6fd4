"""What lines come to, what is lacking, and where something lands in an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.customers.calculations import lacking, sum_of_lines
from apps.kernel.ordering import placed

ORDERS = st.lists(st.integers(0, 50), unique=True, max_size=20)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], "0"),
        ([("2", "1200.50")], "2401.0000"),
        ([("0.3333", "0.0001"), ("0.5", "0.0001")], "0.0001"),
        ([("1", "0.00005"), ("1", "0.00005")], "0.0002"),
    ],
)
def test_each_line_is_rounded_before_they_are_added(lines: list[tuple[str, str]], expected: str) -> None:
    assert sum_of_lines((Decimal(quantity), Decimal(price)) for quantity, price in lines) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "is_lacking"),
    [(None, True), ("", True), ([], True), (Decimal(0), False), (["x"], False), ("x", False), (0, False)],
)
def test_nothing_is_lacking_but_zero_is_something(value: Any, is_lacking: bool) -> None:
    assert lacking(["value"], {"value": value}) == (["value"] if is_lacking else [])


def test_what_nobody_gave_is_lacking_in_the_order_in_which_it_is_demanded() -> None:
    assert lacking(["b", "a"], {}) == ["b", "a"]


@given(ORDERS, st.integers(0, 60), st.none() | st.integers(-5, 30))
def test_one_is_placed_and_the_others_keep_their_order(order: list[int], item: int, place: int | None) -> None:
    found = placed(order, item, place)
    assert [other for other in found if other != item] == [other for other in order if other != item]
    assert found.count(item) == 1
    last = len(found) - 1
    assert found.index(item) == (last if place is None else min(max(place, 0), last))
    assert placed(found, item, place) == found
