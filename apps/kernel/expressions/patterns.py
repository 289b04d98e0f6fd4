"""The regular expressions a condition may use: one grammar, whatever engine runs them.

Literals, `.`, classes such as `[^a-z\\d]`, `\\d \\w \\s` and their opposites (ASCII), `( )`, `(?: )`, `|`,
`* + ?`, `{m,n}`, `^` and `$` (start and end of the whole text). Everything else, such as back-references,
look-around and flags, is refused. The meaning is RE2's: a pattern accepted on one machine runs alike on all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

MAX_PATTERN: Final = 200
MAX_REPEAT: Final = 200
_MAX_NESTING: Final = 20
_LAST: Final = 0x10FFFF
_COUNTS: Final = re.compile(r"\{([0-9]{1,4})(,([0-9]{0,4}))?\}")

_QUANTIFIERS: Final = ("*", "+", "?", "{")
_SIGNS: Final[dict[str, tuple[int, int | None]]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}

Ranges: TypeAlias = tuple[tuple[int, int], ...]

_CLASSES: Final[dict[str, Ranges]] = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": ((9, 10), (12, 13), (32, 32)),
}
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class PatternError(ValueError):
    """The pattern is outside the grammar; the message names the position, from 0."""


@dataclass(frozen=True, slots=True)
class One:
    """Exactly one character out of the ranges of code points."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Edge:
    """The start or the end of the text."""

    side: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces one after another."""

    pieces: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the branches."""

    branches: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A piece `least` to `most` times; None is without limit."""

    piece: Pattern
    least: int
    most: int | None


Pattern: TypeAlias = One | Edge | Row | Choice | Repeat


def read_pattern(text: str) -> Pattern:
    """Parse a pattern; PatternError says what is wrong and where."""
    if len(text) > MAX_PATTERN:
        raise PatternError(f"a pattern has at most {MAX_PATTERN} characters")
    reader = _Reader(text)
    pattern = reader.choice(0)
    if reader.position < len(text):
        raise reader.error("a bracket is closed that was never opened")
    return pattern


def opposite(ranges: Ranges) -> Ranges:
    """Return every code point that is not in `ranges`."""
    gaps, start = [], 0
    for first, last in sorted(ranges):
        if start < first:
            gaps.append((start, first - 1))
        start = max(start, last + 1)
    if start <= _LAST:
        gaps.append((start, _LAST))
    return tuple(gaps)


ANY: Final = One(opposite(((10, 10),)))


class _Reader:
    """A recursive descent over one pattern; `position` is the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def error(self, problem: str) -> PatternError:
        return PatternError(f"{problem} (position {self.position})")

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def take(self, expected: str) -> bool:
        if not self.text.startswith(expected, self.position):
            return False
        self.position += len(expected)
        return True

    def choice(self, nesting: int) -> Pattern:
        branches = [self.row(nesting)]
        while self.take("|"):
            branches.append(self.row(nesting))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def row(self, nesting: int) -> Pattern:
        pieces = []
        while self.peek() not in ("", "|", ")"):
            at_edge = self.peek() in ("^", "$")
            piece = self.piece(nesting)
            bounds = self.bounds()
            if bounds is not None and at_edge:
                raise self.error("the start or the end of the text cannot be repeated")
            pieces.append(piece if bounds is None else Repeat(piece, *bounds))
        return pieces[0] if len(pieces) == 1 else Row(tuple(pieces))

    def bounds(self) -> tuple[int, int | None] | None:
        """Read a quantifier, if one follows, as the least and the most."""
        if self.peek() not in _QUANTIFIERS:
            return None
        bounds = self.counts() if self.peek() == "{" else _SIGNS[self.peek()]
        self.position += 1
        self.take("?")  # a lazy quantifier matches the same texts
        if self.peek() in _QUANTIFIERS:
            raise self.error("two quantifiers follow each other")
        return bounds

    def counts(self) -> tuple[int, int | None]:
        found = _COUNTS.match(self.text, self.position)
        if found is None:
            raise self.error("write { as \\{ unless it counts, as in {2,5}")
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise self.error(f"a count goes up, to at most {MAX_REPEAT}")
        self.position = found.end() - 1
        return least, most

    def piece(self, nesting: int) -> Pattern:
        if self.take("("):
            return self.group(nesting + 1)
        if self.take("["):
            return One(self.char_class())
        if self.take("."):
            return ANY
        if self.take("^"):
            return Edge("start")
        if self.take("$"):
            return Edge("end")
        if self.peek() in (*_QUANTIFIERS, "}", "]"):
            raise self.error(f"write {self.peek()} as \\{self.peek()} here")
        return One(self.character())

    def group(self, nesting: int) -> Pattern:
        if nesting > _MAX_NESTING:
            raise self.error(f"brackets nest at most {_MAX_NESTING} deep")
        if self.peek() == "?" and not self.take("?:"):
            raise self.error("of the groups that start with (? only (?: is known")
        inner = self.choice(nesting)
        if not self.take(")"):
            raise self.error("a bracket is not closed")
        return inner

    def character(self) -> Ranges:
        char = self.peek()
        self.position += 1
        if char != "\\":
            return ((ord(char), ord(char)),)
        escaped = self.peek()
        self.position += 1
        if escaped.lower() in _CLASSES:
            ranges = _CLASSES[escaped.lower()]
            return ranges if escaped.islower() else opposite(ranges)
        plain = _CONTROLS.get(escaped, escaped)
        if not plain or (plain == escaped and (escaped.isalnum() or not escaped.isascii())):
            raise self.error("a back-slash stands before punctuation or one of d D w W s S n r t f only")
        return ((ord(plain), ord(plain)),)

    def char_class(self) -> Ranges:
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        while not self.take("]"):
            ranges.extend(self.class_item())
        if not ranges:
            raise self.error("a class in [ ] is empty")
        return opposite(tuple(ranges)) if negated else tuple(ranges)

    def class_item(self) -> Ranges:
        if self.peek() in ("", "[", "-", "^"):
            raise self.error("inside [ ] write [ - ^ with a back-slash, and close it with ]")
        first = self.character()
        if self.peek() != "-":
            return first
        self.position += 1
        if self.peek() in ("", "]", "["):
            raise self.error("a range such as a-z lacks its end; write \\- for the character")
        last = self.character()
        if len(first) != 1 or len(last) != 1 or not first[0][0] == first[0][1] <= last[0][0] == last[0][1]:
            raise self.error("a range such as a-z goes from one character up to another")
        return ((first[0][0], last[0][0]),)
