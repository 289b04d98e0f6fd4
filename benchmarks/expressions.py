"""Conditions: microseconds to evaluate one, to explain it, and to parse it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.kernel.expressions import evaluate, explain, parse
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.timing import microseconds_each, take_turns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORD: Mapping[str, Any] = {
    "status": "open",
    "total": Decimal("1250.00"),
    "customer": {"name": "Acme Group", "country": "PL", "vip": True},
    "lines": [{"sku": f"S-{number}", "quantity": number} for number in range(20)],
    "placed_at": "2026-02-27T10:00:00Z",
}
REPEAT, ROUNDS, WARM_UP = 200, 40, 5
PYTHON = "the same test written in Python"


@dataclass(frozen=True, slots=True)
class Question:
    """A condition, and the same test in Python."""

    name: str
    condition: Mapping[str, Any]
    python: Callable[[Mapping[str, Any]], bool]


def _is(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


QUESTIONS = (
    Question("one comparison", _is("status", "=", "open"), lambda record: record["status"] == "open"),
    Question(
        "five comparisons",
        {
            "and": [
                _is("status", "in", ["open", "new"]),
                _is("total", ">=", 1000),
                _is("customer.country", "=", "PL"),
                _is("customer.name", "contains", "Group"),
                _is("customer.vip", "=", True),
            ]
        },
        lambda record: (
            record["status"] in {"open", "new"}
            and record["total"] >= 1000
            and record["customer"]["country"] == "PL"
            and "Group" in record["customer"]["name"]
            and record["customer"]["vip"] is True
        ),
    ),
    Question(
        "a date and a pattern",
        {"and": [_is("placed_at", "<", "2026-03-01T00:00:00Z"), _is("customer.name", "matches", "^A[a-z]+ Group$")]},
        lambda record: (
            datetime.fromisoformat(record["placed_at"]) < datetime(2026, 3, 1, tzinfo=UTC)
            and record["customer"]["name"].startswith("A")
        ),
    ),
    Question(
        "any of 20 lines",
        {"any": {"list": "lines", "as": "line", "where": _is("line.quantity", ">", 18)}},
        lambda record: any(line["quantity"] > 18 for line in record["lines"]),
    ),
)


def run(options: Options) -> Iterator[Figure]:
    """Measure evaluation beside Python, then explaining and parsing beside evaluation."""
    for question in QUESTIONS:
        readings = {name: microseconds_each(call, repeat=REPEAT) for name, call in _calls(question).items()}
        taken = {name: samples.median for name, samples in take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP).items()}
        yield Figure(f"{question.name}, evaluate", taken["evaluate"], "µs", taken["python"], PYTHON)
        for name in ("explain", "parse"):
            yield Figure(f"{question.name}, {name}", taken[name], "µs", taken["evaluate"], "its evaluation")


def _calls(question: Question) -> dict[str, Callable[[], object]]:
    expression = parse(question.condition)
    assert evaluate(expression, RECORD, now=NOW) is question.python(RECORD) is True
    return {
        "evaluate": lambda: evaluate(expression, RECORD, now=NOW),
        "python": lambda: question.python(RECORD),
        "explain": lambda: explain(expression, RECORD, now=NOW),
        "parse": lambda: parse(question.condition),
    }
