"""Options: which values do, and that generation is the Cartesian product and nothing else."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.calculations.variant_options import (
    Fault,
    Wrong,
    chosen_values,
    combinations,
    count_of,
    every_choice,
    judged,
    key_of,
    name_of,
    options_of,
)
from tests.catalog.factories import SIZES

OPTIONS = options_of(SIZES)
MIXED = options_of(
    [
        {"code": "engraving", "label": "Engraving", "input_type": "text"},
        {"code": "length", "label": "Length", "input_type": "number", "is_required": True},
        {"code": "lined", "label": "Lined", "input_type": "boolean"},
    ]
)
CODES = st.text("abcdef", min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"size": "l", "colour": "blue"}, {"size": "l", "colour": "blue"}),
        ({"colour": "blue", "size": " l "}, {"size": "l", "colour": "blue"}),
    ],
)
def test_values_are_kept_in_the_order_of_the_options(value: dict[str, Any], expected: dict[str, Any]) -> None:
    found, faults = judged(OPTIONS, value)
    assert (list(found.items()), faults) == (list(expected.items()), [])


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ({"size": "l"}, [Fault("colour", Wrong.REQUIRED)]),
        ({"size": "l", "colour": ""}, [Fault("colour", Wrong.REQUIRED)]),
        ({"size": "xl", "colour": "blue"}, [Fault("size", Wrong.CHOICE)]),
        ({"size": 3, "colour": "blue"}, [Fault("size", Wrong.TYPE)]),
        ({"size": "L", "colour": "blue"}, [Fault("size", Wrong.CHOICE)]),
        ({"size": "l", "colour": "blue", "weight": "1"}, [Fault("weight", Wrong.UNKNOWN)]),
        ({}, [Fault("size", Wrong.REQUIRED), Fault("colour", Wrong.REQUIRED)]),
    ],
)
def test_what_is_wrong_with_choices_is_said(value: dict[str, Any], faults: list[Fault]) -> None:
    assert judged(OPTIONS, value)[1] == faults


@pytest.mark.parametrize(
    ("value", "stored"),
    [(1, 1), (Decimal("1.0"), 1), (1.0, 1), (Decimal("2.50"), 2.5), (-3, -3), (Decimal("0.1"), 0.1), (0, 0)],
)
def test_a_number_has_one_stored_form(value: Any, stored: Any) -> None:
    found, faults = judged(MIXED, {"length": value})
    assert (found, faults) == ({"length": stored}, [])
    assert type(found["length"]) is type(stored)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"length": "12"}, Fault("length", Wrong.TYPE)),
        ({"length": True}, Fault("length", Wrong.TYPE)),
        ({"length": 10**15}, Fault("length", Wrong.LENGTH)),
        ({"length": Decimal("0.1234567890123456")}, Fault("length", Wrong.LENGTH)),
        ({"length": Decimal("1e-300")}, Fault("length", Wrong.LENGTH)),
        ({"length": float("inf")}, Fault("length", Wrong.LENGTH)),
        ({"length": 1, "engraving": "x" * 256}, Fault("engraving", Wrong.LENGTH)),
        ({"length": 1, "engraving": 5}, Fault("engraving", Wrong.TYPE)),
        ({"length": 1, "lined": "true"}, Fault("lined", Wrong.TYPE)),
        ({"length": 1, "lined": 1}, Fault("lined", Wrong.TYPE)),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(values: dict[str, Any], fault: Fault) -> None:
    assert judged(MIXED, values)[1] == [fault]


def test_variants_are_called_by_their_values() -> None:
    assert name_of(OPTIONS, {"colour": "blue", "size": "l"}) == "L / Blue"
    assert name_of(MIXED, {"length": 2.5, "lined": True, "engraving": "Ada"}) == "Ada / 2.5 / Lined ✓"
    assert name_of(MIXED, {"length": 2, "lined": False}) == "2 / Lined ✗"


def test_false_is_a_value_and_not_the_number_zero() -> None:
    assert judged(MIXED, {"length": 0, "lined": False}) == ({"length": 0, "lined": False}, [])
    assert key_of({"a": 0}) != key_of({"a": False})
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})


def test_choices_that_do_not_exist_make_nothing() -> None:
    found, faults = chosen_values(OPTIONS, {"size": ["s", "xl", "s"], "cut": ["wide"]})
    assert found == {"size": ["s"]}
    assert faults == [Fault("cut", Wrong.UNKNOWN), Fault("size", Wrong.CHOICE), Fault("colour", Wrong.REQUIRED)]


def test_without_a_choice_all_choices_are_meant() -> None:
    chosen, faults = chosen_values(OPTIONS, every_choice(OPTIONS))
    assert (chosen, faults) == ({"size": ["s", "m", "l"], "colour": ["blue", "red"]}, [])
    assert [name_of(OPTIONS, item) for item in combinations(chosen)] == [
        "S / Blue",
        "S / Red",
        "M / Blue",
        "M / Red",
        "L / Blue",
        "L / Red",
    ]
    assert (count_of({}), list(combinations({}))) == (0, [])


@given(st.dictionaries(CODES, st.lists(CODES, min_size=1, max_size=4), max_size=4))
def test_generation_is_the_cartesian_product(wanted: dict[str, list[str]]) -> None:
    written = [
        {"code": code, "input_type": "select", "choices": [{"code": item} for item in sorted(set(choices))]}
        for code, choices in wanted.items()
    ]
    chosen, faults = chosen_values(options_of(written), wanted)
    expected = itertools.product(*(dict.fromkeys(choices) for choices in wanted.values())) if wanted else ()
    made = list(combinations(chosen))
    assert faults == []
    assert [tuple(item.values()) for item in made] == list(expected)
    assert count_of(chosen) == len(made) == len({key_of(item) for item in made})
    assert all(judged(options_of(written), item) == (item, []) for item in made)
