"""Weighs JSON before anything walks it by recursion: size, and text that no database stores."""

from __future__ import annotations

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def weigh(value: object, *, limit: int) -> int:
    """Return about how many bytes `value` takes as JSON; counting ends soon above `limit`.

    Works without recursion and ends on values that contain themselves. What is not JSON weighs one.
    """
    weight = 0
    ahead = [value]
    while ahead and weight <= limit:
        current = ahead.pop()
        weight += 1
        if isinstance(current, str):
            weight += 1 + len(current.encode("utf-8", "surrogatepass"))
        elif isinstance(current, dict):
            weight += len(current)
            ahead.extend(current.keys())
            ahead.extend(current.values())
        elif isinstance(current, (list, tuple)):
            weight += len(current)
            ahead.extend(current)
        elif isinstance(current, int):
            weight += current.bit_length() // 3
        elif isinstance(current, float):
            weight += 8
    return weight


def is_storable(text: str) -> bool:
    """Say whether PostgreSQL can hold the text: no NUL and no half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None
