"""Writes a condition back as JSON; `parse` reads it as the same tree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

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


def dump(expression: Expression) -> dict[str, Any]:
    """Return the JSON of a condition."""
    if isinstance(expression, Group):
        return {expression.word: [dump(condition) for condition in expression.conditions]}
    if isinstance(expression, Not):
        return {"not": dump(expression.condition)}
    if isinstance(expression, Quantified):
        return {expression.word: _elements(expression)}
    return _comparison(expression)


def _comparison(node: Comparison) -> dict[str, Any]:
    left = str(node.left) if isinstance(node.left, Field) else _operand(node.left)
    body = {"field": left, "operator": node.operator}
    if isinstance(node.right, Field):
        body["value_field"] = str(node.right)
    elif node.right is not None:
        body["value"] = _operand(node.right)
    return body


def _elements(node: Quantified | Count) -> dict[str, Any]:
    body: dict[str, Any] = {"list": str(node.source), "as": node.name}
    return body if node.where is None else {**body, "where": dump(node.where)}


def _operand(operand: Operand) -> Any:
    if isinstance(operand, Value):
        return float(operand.value) if isinstance(operand.value, Decimal) else operand.value
    if isinstance(operand, Field):
        return {"field": str(operand)}
    if isinstance(operand, Items):
        return [_operand(item) for item in operand.items]
    if isinstance(operand, Call):
        return {operand.function: [_operand(argument) for argument in operand.arguments]}
    return {"count": _elements(operand)}
