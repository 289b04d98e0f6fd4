from apps.kernel.expressions.dump import dump
from apps.kernel.expressions.errors import (
    EvaluationTooCostly,
    ExpressionError,
    InvalidExpression,
    NotCompilable,
)
from apps.kernel.expressions.evaluator import evaluate, explain
from apps.kernel.expressions.nodes import ALWAYS, Expression
from apps.kernel.expressions.parser import Limits, parse
from apps.kernel.expressions.schema import json_schema
from apps.kernel.expressions.trace import Trace

__all__ = [
    "ALWAYS",
    "EvaluationTooCostly",
    "Expression",
    "ExpressionError",
    "InvalidExpression",
    "Limits",
    "NotCompilable",
    "Trace",
    "dump",
    "evaluate",
    "explain",
    "json_schema",
    "parse",
]
