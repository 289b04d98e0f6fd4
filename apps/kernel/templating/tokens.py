"""Reads text with tokens: `Order {{order.number ?? "without number"}}` becomes text and lookups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder
from typing import Final, TypeAlias

from apps.kernel.expressions.paths import PATH_PATTERN, Steps, path_text, read_path

_JSON: Final = JSONDecoder(parse_float=Decimal)
OPEN: Final = "{{"
CLOSE: Final = "}}"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_PATH: Final = re.compile(PATH_PATTERN)
_SCALAR: Final = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?")

Scalar: TypeAlias = str | int | Decimal | bool | None


class TokenError(ValueError):
    """A token that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A path, and the default for when nothing or null stands there."""

    steps: Steps
    default: Scalar = None
    has_default: bool = False

    def __str__(self) -> str:
        return path_text(self.steps)


Part: TypeAlias = str | Lookup


def read_tokens(text: str) -> tuple[Part, ...]:
    """Split `text` into plain parts and lookups, in one pass; TokenError for a token that is not one.

    A token that is a JSON string stands for that string, so `{{"{{"}}` writes two braces.
    """
    parts: list[Part] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        if start > position:
            parts.append(text[position:start])
        part, position = _read_token(text, start)
        parts.append(part)
    if position < len(text):
        parts.append(text[position:])
    return tuple(parts)


def _read_token(text: str, start: int) -> tuple[Part, int]:
    position = _skip(text, start + len(OPEN))
    part: Part
    if text.startswith('"', position):
        part, position = _read_string(text, position)
    else:
        part, position = _read_lookup(text, position)
    position = _skip(text, position)
    if not text.startswith(CLOSE, position):
        raise TokenError(f"the token at {start} is not a path with an optional ?? default, closed by }}}}")
    return part, position + len(CLOSE)


def _read_lookup(text: str, position: int) -> tuple[Lookup, int]:
    found = _PATH.match(text, position)
    steps = read_path(found[0]) if found else None
    if found is None or steps is None:
        raise TokenError(f"at {position} stands no path such as context.order.id")
    position = _skip(text, found.end())
    if not text.startswith("??", position):
        return Lookup(steps), position
    default, position = _read_scalar(text, _skip(text, position + 2))
    return Lookup(steps, default, has_default=True), position


def _read_scalar(text: str, position: int) -> tuple[Scalar, int]:
    if text.startswith('"', position):
        return _read_string(text, position)
    found = _SCALAR.match(text, position)
    if found is None:
        raise TokenError(f"the default at {position} is not a JSON text, number, true, false or null")
    value: Scalar = _JSON.decode(found[0])
    return value, found.end()


def _read_string(text: str, position: int) -> tuple[str, int]:
    try:
        value, end = _JSON.raw_decode(text, position)
    except JSONDecodeError as error:
        raise TokenError(f"the text at {position} is not a JSON text: {error.msg}") from None
    return value, end


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return position if found is None else found.end()
