"""Laws that hold for every condition and every record, and the promise that junk does no harm."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from apps.kernel.expressions import (
    EvaluationTooCostly,
    Expression,
    InvalidExpression,
    Limits,
    dump,
    evaluate,
    explain,
    json_schema,
    parse,
)
from apps.kernel.expressions.functions import FUNCTIONS
from apps.kernel.expressions.operators import OPERATORS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = Draft202012Validator(json_schema())
NAMES = ["a", "b", "rows", "item", "a.b", "rows[0]", "item.a", "gone"]
JsonMap = dict[str, Any]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, -1.0, 1e30])
    | st.sampled_from(["", "a", "ab", "2026-03-01", "2026-03-01T12:00:00Z", "é"])
)
RECORD_SCALARS = SCALARS | st.sampled_from([Decimal("0.50"), Decimal("NaN"), date(2026, 3, 1), NOW, float("inf"), b""])
RECORDS = st.dictionaries(
    st.sampled_from(["a", "b", "rows", "item"]),
    st.recursive(
        RECORD_SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
        max_leaves=6,
    ),
)
PATHS = st.sampled_from(NAMES)
CALLS = st.sampled_from(
    [
        {"add": [{"field": "a"}, 1]},
        {"divide": [1, {"field": "a"}]},
        {"lower": [{"field": "b"}]},
        {"length": [{"field": "rows"}]},
        {"count": {"list": "rows", "as": "item"}},
        {"add_days": [{"today": []}, {"field": "a"}]},
        {"now": []},
    ]
)
ORDERED = st.integers(-3, 3) | st.sampled_from(["", "a", "2026-03-01", 0.5]) | CALLS


def right_side(operator: str) -> st.SearchStrategy[JsonMap]:
    values: dict[str, st.SearchStrategy[Any]] = {
        "one": SCALARS | CALLS,
        "ordered": ORDERED,
        "list": st.lists(SCALARS | CALLS, max_size=3),
        "pair": st.lists(ORDERED, min_size=2, max_size=2),
        "text": st.sampled_from(["", "a", "ab"]),
        "pattern": st.sampled_from(["^a", "b$", "(a+)+", r"\d"]),
    }
    takes = OPERATORS[operator].takes
    if takes == "nothing":
        return st.just({})
    written = st.fixed_dictionaries({"value": values[takes]})
    return written if takes == "pattern" else written | st.fixed_dictionaries({"value_field": PATHS})


COMPARISONS = st.sampled_from(sorted(OPERATORS)).flatmap(
    lambda operator: st.builds(
        lambda left, right: {"field": left, "operator": operator, **right}, PATHS, right_side(operator)
    )
)


def _quantified(inner: st.SearchStrategy[JsonMap]) -> st.SearchStrategy[JsonMap]:
    body = st.fixed_dictionaries({"list": PATHS, "as": st.sampled_from(["item", "a"]), "where": inner})
    return st.builds(lambda word, value: {word: value}, st.sampled_from(["any", "all"]), body)


CONDITIONS: st.SearchStrategy[JsonMap] = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds(lambda condition: {"not": condition}, inner)
        | st.builds(lambda conditions: {"and": conditions}, st.lists(inner, max_size=3))
        | st.builds(lambda conditions: {"or": conditions}, st.lists(inner, min_size=1, max_size=3))
        | _quantified(inner)
    ),
    max_leaves=6,
)


def tree_of(condition: object) -> Expression:
    """A law holds at any depth; what is made here may be deeper than a caller may go."""
    return parse(condition, limits=Limits(depth=100))


def holds(condition: JsonMap, record: JsonMap) -> bool:
    return evaluate(tree_of(condition), record, now=NOW)


@given(CONDITIONS)
def test_parsing_what_was_dumped_gives_the_same_tree(condition: JsonMap) -> None:
    tree = tree_of(condition)
    assert tree_of(dump(tree)) == tree
    assert tree_of(json.loads(json.dumps(dump(tree)))) == tree


@given(CONDITIONS)
@settings(max_examples=40)
def test_what_is_accepted_satisfies_the_published_schema(condition: JsonMap) -> None:
    tree_of(condition)
    SCHEMA.validate(condition)


@given(CONDITIONS, RECORDS)
def test_the_opposite_of_the_opposite_is_the_condition(condition: JsonMap, record: JsonMap) -> None:
    assert holds({"not": {"not": condition}}, record) is holds(condition, record)
    assert holds({"not": condition}, record) is not holds(condition, record)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), RECORDS)
def test_de_morgan(conditions: list[JsonMap], record: JsonMap) -> None:
    opposites = [{"not": condition} for condition in conditions]
    assert holds({"not": {"and": conditions}}, record) is holds({"or": opposites}, record)
    assert holds({"not": {"or": conditions}}, record) is holds({"and": opposites}, record)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), RECORDS)
def test_the_order_in_a_group_does_not_matter(conditions: list[JsonMap], record: JsonMap) -> None:
    for word in ("and", "or"):
        assert holds({word: conditions}, record) is holds({word: conditions[::-1]}, record)


@given(PATHS, ORDERED, ORDERED, RECORDS)
def test_between_is_at_least_and_at_most(path: str, low: object, high: object, record: JsonMap) -> None:
    at_least = {"field": path, "operator": ">=", "value": low}
    at_most = {"field": path, "operator": "<=", "value": high}
    between = {"field": path, "operator": "between", "value": [low, high]}
    assert holds(between, record) is holds({"and": [at_least, at_most]}, record)


@given(PATHS, st.sampled_from(["=", "in", "contains"]), PATHS, RECORDS)
def test_negative_operators_are_exact_opposites(path: str, operator: str, other: str, record: JsonMap) -> None:
    negative = {"=": "!=", "in": "not_in", "contains": "not_contains"}[operator]
    positive = {"field": path, "operator": operator, "value_field": other}
    assert holds({**positive, "operator": negative}, record) is not holds(positive, record)


@given(PATHS, PATHS, RECORDS)
def test_two_values_are_less_equal_or_more_or_not_comparable(path: str, other: str, record: JsonMap) -> None:
    less, same, more, at_most, at_least = (
        holds({"field": path, "operator": sign, "value_field": other}, record) for sign in ("<", "=", ">", "<=", ">=")
    )
    assert less + same + more <= 1
    assert not (at_most or at_least) or less + same + more == 1
    assert less <= at_most and more <= at_least  # noqa: PT018


@given(CONDITIONS, RECORDS)
def test_all_is_not_any_not_and_any_is_a_count_above_zero(condition: JsonMap, record: JsonMap) -> None:
    body = {"list": "rows", "as": "item", "where": condition}
    opposite = {**body, "where": {"not": condition}}
    counted = {"field": {"count": body}, "operator": ">", "value": 0}
    assert holds({"all": body}, record) is not holds({"any": opposite}, record)
    assert holds({"any": body}, record) is holds(counted, record)


@given(CONDITIONS, RECORDS)
def test_the_explanation_comes_to_the_same_answer_and_is_json(condition: JsonMap, record: JsonMap) -> None:
    tree = tree_of(condition)
    trace = explain(tree, record, now=NOW)
    assert trace.outcome is evaluate(tree, record, now=NOW)
    json.dumps(trace.as_json(), allow_nan=False)


WORDS = [
    "and",
    "or",
    "not",
    "any",
    "all",
    "field",
    "operator",
    "value",
    "value_field",
    "list",
    "as",
    "where",
    "count",
]
KEYS = st.sampled_from([*WORDS, *FUNCTIONS]) | st.text(max_size=3)
ATOMS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=5)
    | st.binary(max_size=2)
    | st.sampled_from([*OPERATORS, *NAMES, "(a+)+$", "\ud800", "\x00", 10**400, "__proto__"])
)
JUNK: st.SearchStrategy[Any] = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.fixed_dictionaries({"field": inner, "operator": st.sampled_from(sorted(OPERATORS)), "value": inner})
    ),
    max_leaves=15,
)


@given(JUNK)
@settings(max_examples=300)
def test_any_json_is_a_condition_or_refused_with_reasons(junk: object) -> None:
    read = read_or_refusal(junk)
    if isinstance(read, InvalidExpression):
        assert read.errors
        assert all(error.code and error.message for error in read.errors)
    else:
        assert SCHEMA.is_valid(dump(read))
        assert evaluate(read, {"a": 1}, now=NOW) in (True, False)


def read_or_refusal(junk: object) -> Expression | InvalidExpression:
    try:
        return parse(junk)
    except InvalidExpression as refusal:
        return refusal


@given(CONDITIONS, JUNK)
def test_any_record_gets_an_answer(condition: JsonMap, junk: object) -> None:
    for record in (junk, {"a": junk, "b": junk, "rows": [junk, junk]}):
        try:
            answer = evaluate(parse(condition), record, now=NOW)
        except EvaluationTooCostly:
            continue
        assert answer in (True, False)


def test_the_schema_itself_is_valid_and_names_every_operator_and_function() -> None:
    Draft202012Validator.check_schema(json_schema())
    text = json.dumps(json_schema())
    assert all(json.dumps(name) in text for name in (*OPERATORS, *FUNCTIONS))
