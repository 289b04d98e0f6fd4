"""The account of an evaluation: which conditions were looked at, with which values, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from typing import Any, Final

from apps.kernel.expressions.paths import MISSING
from apps.kernel.expressions.values import kind_of, order

KEPT_CHILDREN: Final = 20
_ASKS_FOR_NOTHING: Final = frozenset({"exists", "is_empty", "is_not_empty"})
_COMPARES: Final = frozenset({"=", "!=", ">", ">=", "<", "<="})
_SHOWN_TEXT: Final = 200
_SHOWN_ITEMS: Final = 10


@dataclass(slots=True)
class Trace:
    """One condition that was evaluated. What a group did not need to look at has no trace.

    `at` is its place in the JSON, `word` its operator or group, `seen` the two sides of a comparison,
    `element` the index in the list of a quantifier. `children` holds the last twenty looked at, so the last
    one decided; `skipped` counts the ones before them.
    """

    at: str
    word: str
    outcome: bool = False
    seen: tuple[object, ...] = ()
    element: int | None = None
    children: list[Trace] = field(default_factory=list)
    skipped: int = 0

    @property
    def note(self) -> str:
        """Why a comparison could not hold: a side is missing, or the kinds do not meet; else empty."""
        kinds = [kind_of(value) for value in self.seen]
        if "missing" in kinds and self.word not in _ASKS_FOR_NOTHING:
            return f"the {'left' if kinds[0] == 'missing' else 'right'} side is missing"
        if self.word in _COMPARES and kinds[0] != kinds[1] and order(self.seen[0], self.seen[1], UTC) is None:
            return f"{kinds[0]} against {kinds[1]}"
        return ""

    def as_json(self) -> dict[str, Any]:
        """Return the trace for a JSON body; long texts and lists are cut."""
        body: dict[str, Any] = {"path": self.at, "word": self.word, "outcome": self.outcome}
        if self.seen:
            body["seen"] = [_shown(value) for value in self.seen]
        if self.note:
            body["note"] = self.note
        if self.element is not None:
            body["element"] = self.element
        if self.children:
            body["children"] = [child.as_json() for child in self.children]
        if self.skipped:
            body["skipped"] = self.skipped
        return body


class Recorder:
    """Builds the tree while the evaluation runs; `root` is complete when it has ended."""

    def __init__(self) -> None:
        self.root: Trace | None = None
        self.element: int | None = None
        self._open: list[Trace] = []

    def begin(self, at: str, word: str) -> Trace:
        trace = Trace(at, word, element=self.element)
        self.element = None
        if self._open:
            parent = self._open[-1]
            parent.children.append(trace)
            if len(parent.children) > KEPT_CHILDREN:
                del parent.children[0]
                parent.skipped += 1
        else:
            self.root = trace
        self._open.append(trace)
        return trace

    def saw(self, values: Iterable[object]) -> None:
        self._open[-1].seen = tuple(values)

    def end(self, *, outcome: bool) -> None:
        self._open.pop().outcome = outcome


def _shown(value: object) -> object:
    if value is MISSING:
        return {"missing": True}
    if isinstance(value, (str, Decimal, date)):
        text = value if isinstance(value, str) else str(value)
        return text if len(text) <= _SHOWN_TEXT else text[:_SHOWN_TEXT] + "…"
    if isinstance(value, (list, tuple)):
        return [_shown(item) for item in value[:_SHOWN_ITEMS]]
    if isinstance(value, dict):
        return {"object": len(value)}
    return value if isinstance(value, (int, bool, type(None))) else type(value).__name__
