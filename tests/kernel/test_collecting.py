"""Processes that serve leave what is loaded for good out of the garbage collector's rounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.collecting import ROUNDS
from tests.kernel.work_probes import environment

pytestmark = [pytest.mark.processes, pytest.mark.committed]
ASK = "import gc, json, config.{door}; print(json.dumps([gc.get_freeze_count(), gc.get_threshold()]))"


@pytest.mark.parametrize("door", ["wsgi", "asgi"])
def test_a_process_has_settled_before_its_first_request(door: str) -> None:
    words = [sys.executable, "-c", ASK.format(door=door)]
    folder = Path(settings.BASE_DIR)
    done = subprocess.run(words, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    frozen, rounds = json.loads(done.stdout.splitlines()[-1])
    assert frozen > 100_000
    assert tuple(rounds) == ROUNDS
