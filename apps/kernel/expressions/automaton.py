"""Runs a pattern in one pass over the text: the engine for machines without RE2.

The pattern becomes a non-deterministic automaton; the set of states it can be in is followed character by
character, so the work is at most states times characters, whatever the pattern. Sets met are remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from apps.kernel.expressions.patterns import (
    Choice,
    Edge,
    One,
    Pattern,
    PatternError,
    Ranges,
    Repeat,
    Row,
)

MAX_STATES: Final = 1000
_REMEMBERED: Final = 256

States: TypeAlias = frozenset[int]


@dataclass(slots=True)
class _State:
    """Waits for a character in `ranges`, or for an `edge`, or passes on to `after` at once."""

    ranges: Ranges | None = None
    edge: str = ""
    after: list[int] = field(default_factory=list)


class Automaton:
    """One compiled pattern. `steps` counts the states visited, for those who measure."""

    def __init__(self, pattern: Pattern) -> None:
        self.steps = 0
        self._states = [_State()]
        self._accept = 0
        self._entry = self._build(pattern, self._accept)
        self._known: dict[tuple[States, str], States] = {}
        self._always = self._reach([self._entry], edges=())

    def matches(self, text: str) -> bool:
        """Say whether the pattern is found anywhere in `text`."""
        current = self._reach([self._entry], edges=("start",) if text else ("start", "end"))
        for character in text:
            if self._accept in current:
                return True
            current = self._advance(current, character)
        return self._accept in self._reach(current, edges=("end",))

    def _advance(self, current: States, character: str) -> States:
        found = self._known.get((current, character))
        if found is None:
            code = ord(character)
            moved = [after for at in current for after in self._after(at, code)]
            found = self._reach(moved, edges=()) | self._always
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[current, character] = found
        return found

    def _after(self, at: int, code: int) -> list[int]:
        state = self._states[at]
        if state.ranges is None or not any(first <= code <= last for first, last in state.ranges):
            return []
        return state.after

    def _reach(self, starts: Iterable[int], *, edges: tuple[str, ...]) -> States:
        """Return the states that wait for a character, an edge or nothing more, from `starts` on."""
        seen: set[int] = set()
        ahead = list(starts)
        while ahead:
            at = ahead.pop()
            if at in seen:
                continue
            seen.add(at)
            self.steps += 1
            state = self._states[at]
            if state.ranges is None and (not state.edge or state.edge in edges):
                ahead.extend(state.after)
        return frozenset(seen)

    def _new(self, state: _State) -> int:
        if len(self._states) >= MAX_STATES:
            raise PatternError("the counts in the pattern multiply to too many states")
        self._states.append(state)
        return len(self._states) - 1

    def _build(self, pattern: Pattern, after: int) -> int:
        """Add the states of `pattern` in front of `after`; return the first of them."""
        if isinstance(pattern, One):
            return self._new(_State(ranges=pattern.ranges, after=[after]))
        if isinstance(pattern, Edge):
            return self._new(_State(edge=pattern.side, after=[after]))
        if isinstance(pattern, Choice):
            return self._new(_State(after=[self._build(branch, after) for branch in pattern.branches]))
        if isinstance(pattern, Row):
            for piece in reversed(pattern.pieces):
                after = self._build(piece, after)
            return after
        return self._build_repeat(pattern, after)

    def _build_repeat(self, repeat: Repeat, after: int) -> int:
        entry = after
        if repeat.most is None:
            entry = self._new(_State(after=[after]))
            self._states[entry].after.append(self._build(repeat.piece, entry))
        else:
            for _ in range(repeat.most - repeat.least):
                entry = self._new(_State(after=[self._build(repeat.piece, entry), after]))
        for _ in range(repeat.least):
            entry = self._build(repeat.piece, entry)
        return entry
