"""Patterns over dotted names: `*` stands for one segment, `**` for any number of them, also none."""

from __future__ import annotations

import re
from functools import lru_cache

NAME = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
PATTERN = re.compile(r"^(\*\*|\*|[a-z][a-z0-9_]*)(\.(\*\*|\*|[a-z][a-z0-9_]*))*$")


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern covers a name: `sales.*.created` covers `sales.order.created`, `sales.**` all of sales."""
    return _compiled(pattern).fullmatch(name) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    if not PATTERN.fullmatch(pattern):
        raise ValueError(f"{pattern!r} is no pattern over dotted names")
    if pattern == "**":
        return re.compile(r".+")
    text, dot = "", ""
    for segment in pattern.split("."):
        if segment != "**":
            text += dot + (r"[^.]+" if segment == "*" else segment)
            dot = r"\."
        elif dot:
            text += r"(?:\.[^.]+)*"
        else:
            text += r"(?:[^.]+\.)*"
    return re.compile(text)
