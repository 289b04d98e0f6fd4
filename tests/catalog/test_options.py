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
    is_fitting,
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
        ({"colour": "BLUE", "size": "L"}, {"size": "l", "colour": "blue"}),
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
        ({"size": "l", "colour": "blue", "weight": "1"}, [Fault("weight", Wrong.UNKNOWN)]),
        ({}, [Fault("size", Wrong.REQUIRED), Fault("colour", Wrong.REQUIRED)]),
    ],
)
def test_what_is_wrong_with_choices_is_said(value: dict[str, Any], faults: list[Fault]) -> None:
    assert judged(OPTIONS, value)[1] == faults


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        *((1, "1"), (Decimal("1.0"), "1"), (1.0, "1"), ("1", "1"), (" 01.00 ", "1"), ("+1", "1"), ("1e0", "1")),
        *((Decimal("2.50"), "2.5"), ("2.50", "2.5"), (-3, "-3"), ("-3", "-3"), (Decimal("0.1"), "0.1"), (0.1, "0.1")),
        *((0, "0"), ("0.00", "0"), ("-0", "0"), (-0.0, "0"), (100, "100"), ("1E2", "100")),
        (999999999999999, "999999999999999"),
    ],
)
def test_a_number_has_one_stored_form(value: Any, stored: str) -> None:
    assert judged(MIXED, {"length": value}) == ({"length": stored}, [])


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (True, "true"),
        (False, "false"),
        ("true", "true"),
        ("Yes", "true"),
        ("1", "true"),
        ("NO", "false"),
        ("0", "false"),
    ],
)
def test_a_boolean_has_one_stored_form(value: Any, stored: str) -> None:
    assert judged(MIXED, {"length": 1, "lined": value}) == ({"length": "1", "lined": stored}, [])


def test_a_label_names_a_choice_that_it_alone_has() -> None:
    written = [("red", "Warm"), ("amber", "warm"), ("navy", "Dark blue"), ("dark", "navy")]
    choices = [{"code": code, "label": label} for code, label in written]
    [option] = options_of([{"code": "colour", "choices": choices}])
    named = {name: judged([option], {"colour": name}) for name in ("warm", "DARK  blue", "Navy", "amber")}
    assert named == {
        "warm": ({}, [Fault("colour", Wrong.CHOICE)]),
        "DARK  blue": ({"colour": "navy"}, []),
        "Navy": ({"colour": "navy"}, []),
        "amber": ({"colour": "amber"}, []),
    }


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        *(
            ({"length": text}, Fault("length", Wrong.TYPE))
            for text in ("long", "1,5", "1_0", "²", "٣", "inf", "nan", "1.", ".5")
        ),
        *(
            ({"length": text}, Fault("length", Wrong.LENGTH))
            for text in ("1e15", "1e999", "1" * 300, "1.0000000000000001")
        ),
        ({"length": [1]}, Fault("length", Wrong.TYPE)),
        ({"length": Decimal("sNaN")}, Fault("length", Wrong.LENGTH)),
        ({"length": Decimal("1e999999")}, Fault("length", Wrong.LENGTH)),
        ({"length": True}, Fault("length", Wrong.TYPE)),
        ({"length": 10**15}, Fault("length", Wrong.LENGTH)),
        ({"length": Decimal("0.1234567890123456")}, Fault("length", Wrong.LENGTH)),
        ({"length": Decimal("1e-300")}, Fault("length", Wrong.LENGTH)),
        ({"length": float("inf")}, Fault("length", Wrong.LENGTH)),
        ({"length": 1, "engraving": "x" * 256}, Fault("engraving", Wrong.LENGTH)),
        ({"length": 1, "engraving": 5}, Fault("engraving", Wrong.TYPE)),
        ({"length": 1, "lined": "perhaps"}, Fault("lined", Wrong.TYPE)),
        ({"length": 1, "lined": 1}, Fault("lined", Wrong.TYPE)),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(values: dict[str, Any], fault: Fault) -> None:
    assert judged(MIXED, values)[1] == [fault]


def test_variants_are_called_by_their_values() -> None:
    assert name_of(OPTIONS, {"colour": "blue", "size": "l"}) == "L / Blue"
    assert name_of(MIXED, {"length": "2.5", "lined": "true", "engraving": "Ada"}) == "Ada / 2.5 / Lined ✓"
    assert name_of(MIXED, {"length": "2", "lined": "false"}) == "2 / Lined ✗"


def test_false_is_a_value_and_not_the_number_zero() -> None:
    assert judged(MIXED, {"length": 0, "lined": False}) == ({"length": "0", "lined": "false"}, [])
    assert key_of({"a": "0"}) != key_of({"a": "false"})
    assert key_of({"a": "1", "b": "2"}) == key_of({"b": "2", "a": "1"})


ANYTHING = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(max_size=20)),
    st.from_regex(r"[+-]?[0-9]{1,17}(\.[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(["s", "S", "Blue", "BLUE", "yes", "False", [], {}]),
)


@given(st.dictionaries(st.sampled_from(["size", "colour", "engraving", "length", "lined", "cut"]), ANYTHING))
def test_what_is_stored_is_taken_again_as_it_is(given_values: dict[str, Any]) -> None:
    options = (*OPTIONS, *MIXED)
    values, _faults = judged(options, given_values)
    assert all(isinstance(value, str) for value in values.values())
    again, faults = judged(options, values)
    assert (again, {fault.reason for fault in faults} <= {Wrong.REQUIRED}) == (values, True)
    assert is_fitting(options, values) == (faults == [])


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=3))
def test_a_number_is_the_same_as_json_and_as_text(number: Decimal) -> None:
    assert judged(MIXED, {"length": number}) == judged(MIXED, {"length": f"{number:f}"})


@given(st.sampled_from([option.code for option in (*OPTIONS, *MIXED)]), ANYTHING)
def test_the_builder_takes_what_a_variant_takes(code: str, value: Any) -> None:
    options = [option for option in (*OPTIONS, *MIXED) if option.code == code]
    values, faults = judged(options, {code: value})
    chosen, wrong = chosen_values(options, {code: [value]})
    assert (chosen, wrong) == ({name: [item] for name, item in values.items()}, faults)


@pytest.mark.parametrize(
    ("values", "is_so"),
    [
        ({"size": "s", "colour": "red"}, True),
        ({"size": "s"}, False),
        ({"size": "xl", "colour": "red"}, False),
        ({"size": "s", "colour": "red", "cut": "slim"}, False),
        ({"size": "S", "colour": "red"}, False),
        ({"size": 1, "colour": True}, False),
    ],
)
def test_stored_values_fit_as_they_are_or_not(values: dict[str, Any], is_so: bool) -> None:
    assert is_fitting(OPTIONS, values) is is_so


def test_a_text_that_is_a_number_fits_an_option_that_becomes_one() -> None:
    numbers = options_of([{"code": "length", "input_type": "number"}])
    assert [is_fitting(numbers, {"length": text}) for text in ("2.5", "2.50", "long")] == [True, False, False]


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
