"""Evaluates a condition on a record; the trace is recorded by the same code that decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from apps.kernel.expressions.errors import EvaluationTooCostly
from apps.kernel.expressions.functions import FUNCTIONS, call
from apps.kernel.expressions.nodes import (
    Call,
    Comparison,
    Count,
    Expression,
    Field,
    Group,
    Items,
    Not,
    Operand,
    Quantified,
    Value,
)
from apps.kernel.expressions.operators import OPERATORS
from apps.kernel.expressions.paths import follow
from apps.kernel.expressions.state import MAX_STEPS, State
from apps.kernel.expressions.trace import Recorder, Trace
from apps.kernel.expressions.values import plain


def evaluate(expression: Expression, record: object, *, now: datetime, max_steps: int = MAX_STEPS) -> bool:
    """Say whether `expression` holds for `record`, a dict of JSON values, dates, Decimals and UUIDs.

    `now` (aware) is what `now` and `today` mean, and its zone is the zone of days. Whatever the record holds,
    the answer is true or false, or EvaluationTooCostly after `max_steps`.
    """
    return _run(expression, State(record, now, max_steps))


def explain(expression: Expression, record: object, *, now: datetime, max_steps: int = MAX_STEPS) -> Trace:
    """Evaluate and return what was looked at, with the values seen; `outcome` is the answer of `evaluate`."""
    recorder = Recorder()
    _run(expression, State(record, now, max_steps, recorder))
    assert recorder.root is not None  # noqa: S101  every expression begins a trace
    return recorder.root


def _run(expression: Expression, state: State) -> bool:
    try:
        return _holds(expression, state)
    except RecursionError:  # lists within lists, compared with each other
        raise EvaluationTooCostly(limit=state.limit) from None


def _holds(node: Expression, state: State) -> bool:
    state.spend(1)
    rule = _RULES[type(node)]
    if state.recorder is None:
        return rule(node, state)
    word = "not" if isinstance(node, Not) else node.operator if isinstance(node, Comparison) else node.word
    state.recorder.begin(node.at, word)
    outcome = rule(node, state)
    state.recorder.end(outcome=outcome)
    return outcome


def _group(node: Group, state: State) -> bool:
    decisive = node.word == "or"
    for condition in node.conditions:
        if _holds(condition, state) is decisive:
            return decisive
    return not decisive


def _not(node: Not, state: State) -> bool:
    return not _holds(node.condition, state)


def _quantified(node: Quantified, state: State) -> bool:
    if node.word == "any":
        return _tally(node, state, outcome=True, most=1) == 1
    return _tally(node, state, outcome=False, most=1) == 0


def _tally(node: Quantified | Count, state: State, *, outcome: bool, most: int | None = None) -> int:
    """Count the elements for which `where` comes to `outcome`, up to `most`; what is no list has none."""
    elements = read(node.source, state)
    if not isinstance(elements, (list, tuple)):
        return 0
    if node.where is None:
        return len(elements)
    outer, found = state.names, 0
    for position, element in enumerate(elements):
        state.names = {**outer, node.name: element}
        if state.recorder is not None:
            state.recorder.element = position
        found += _holds(node.where, state) is outcome
        if found == most:
            break
    state.names = outer
    return found


def _comparison(node: Comparison, state: State) -> bool:
    operator = OPERATORS[node.operator]
    left = read(node.left, state)
    right = None if node.right is None else read(node.right, state)
    if state.recorder is not None:
        state.recorder.saw((left,) if node.right is None else (left, right))
    return operator.rule(left, right, state) is not bool(operator.opposite_of)


def read(operand: Operand, state: State) -> object:
    """Return the value of an operand; MISSING when there is none."""
    return _READERS[type(operand)](operand, state)


def _value(operand: Value, state: State) -> object:
    return operand.value


def _field(operand: Field, state: State) -> object:
    steps = operand.steps
    bound = steps[0] in state.names
    found = follow(steps[1:], state.names[steps[0]]) if bound else follow(steps, state.record)
    value = plain(found, state.zone)
    if isinstance(value, str):
        state.spend_text(value)
    return value


def _items(operand: Items, state: State) -> object:
    return [read(item, state) for item in operand.items]


def _call(operand: Call, state: State) -> object:
    arguments = [read(argument, state) for argument in operand.arguments]
    return call(FUNCTIONS[operand.function], arguments, state.now)


def _count(operand: Count, state: State) -> object:
    return _tally(operand, state, outcome=True)


_RULES: Final[dict[type, Callable[[Any, State], bool]]] = {
    Group: _group,
    Not: _not,
    Quantified: _quantified,
    Comparison: _comparison,
}
_READERS: Final[dict[type, Callable[[Any, State], object]]] = {
    Value: _value,
    Field: _field,
    Items: _items,
    Call: _call,
    Count: _count,
}
