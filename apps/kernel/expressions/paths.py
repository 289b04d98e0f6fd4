"""Paths such as `order.lines[0].price`: read from text, followed through dicts and lists only."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, TypeAlias

Steps: TypeAlias = tuple[str | int, ...]

MAX_PATH: Final = 200
PATH_PATTERN: Final = r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+|\[[0-9]{1,6}\])*"
_PATH: Final = re.compile(PATH_PATTERN)
_STEP: Final = re.compile(r"[A-Za-z0-9_-]+|\[[0-9]+\]")


class Missing(Enum):
    """What a path finds when there is nothing: not the same as null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def read_path(text: str) -> Steps | None:
    """Return the steps of a path: names as text, `[n]` as int; None when it is no path."""
    if len(text) > MAX_PATH or not _PATH.fullmatch(text):
        return None
    return tuple(int(step[1:-1]) if step[0] == "[" else step for step in _STEP.findall(text))


def path_text(steps: Steps) -> str:
    """Return the text that `read_path` reads as these steps."""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return shown.removeprefix(".")


def follow(steps: Steps, start: object) -> object:
    """Return what stands at the path below `start`, or MISSING. Attributes are never looked at.

    `[n]` is for lists only; a name made of digits is a key of an object or an index of a list.
    """
    current = start
    for step in steps:
        if isinstance(current, dict):
            current = dict.get(current, step, MISSING)
        elif isinstance(current, (list, tuple)):
            current = _element(current, step)
        else:
            return MISSING
    return current


def _element(items: list[object] | tuple[object, ...], step: str | int) -> object:
    if isinstance(step, str):
        if not step.isdigit() or len(step) > 6:
            return MISSING
        step = int(step)
    return items[step] if step < len(items) else MISSING
