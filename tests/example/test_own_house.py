"""The example module in a house that has it, and nothing of it in a house that has not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.points import POINTS

ROOT = Path(__file__).parents[2]


def run_there(marks: str) -> None:
    """Run the tests with these marks in a process whose house has the module."""
    told = {**os.environ, "AGORA_EXAMPLE": "1"}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST", "DATABASE_URL", "DATABASE_OWNER_URL"):
        told.pop(name, None)
    command = [sys.executable, "-m", "pytest", "tests/example/installed", "-n", "0", "-x", "-m", marks]
    answer = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-2000:]


@pytest.mark.processes
def test_it_works_where_it_is_installed() -> None:
    run_there("not browser")


@pytest.mark.browser
def test_its_pages_are_usable() -> None:
    run_there("browser")


def test_nothing_of_it_is_there_where_it_is_not() -> None:
    assert not apps.is_installed("apps.example")
    assert not [name for point in POINTS.values() for name in point if name.startswith("example.")]
    assert "example.reminder" not in ENTITIES
