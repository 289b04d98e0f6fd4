"""Fixtures of the journeys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desks import copy_of_the_project


@pytest.fixture
def desk() -> Iterator[Path]:
    """A copy of the project for this test."""
    with copy_of_the_project() as folder:
        yield folder
