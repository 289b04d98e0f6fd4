"""A part of what is generated for every address runs with `make test`, the rest with `make matrix`."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

import pytest

PARTS = 8  # one of so many runs with `make test`


def divide(items: Iterable[pytest.Item]) -> None:
    """Mark seven of eight cases of every test that is `generated` with `matrix`.

    Cases follow addresses, and those follow modules: each module has its part of each test. Which of eight it is
    differs from test to test, so that hardly an address is without any.
    """
    met: Counter[str] = Counter()
    for item in items:
        if item.get_closest_marker("generated") is None:
            continue
        name = item.nodeid.partition("[")[0]
        if (met[name] + zlib.crc32(name.encode())) % PARTS:
            item.add_marker("matrix")
        met[name] += 1
