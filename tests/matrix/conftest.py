"""One world for the whole matrix, and each test in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.matrix.keeping import kept_world
from tests.matrix.world import World
from tests.support.rolling import rolled_back


@pytest.fixture(scope="module")
def whole_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Houses, records and callers, in the database that the tests of the module use."""
    with django_db_blocker.unblock(), kept_world() as found:
        yield found


@pytest.fixture
def world(whole_world: World, settings: Any, tmp_path: Path) -> Iterator[World]:
    """The world as it was built, whatever the test does to it."""
    settings.MEDIA_ROOT = str(tmp_path)
    with rolled_back():
        yield whole_world
