"""What the event bus promises, shown with real processes: nothing is lost or doubled, and a request never waits."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work import broker
from config.celery import LONGEST_WAIT
from tests.kernel.celery_probes import DEAD, app_on, summary, timings, valkey
from tests.kernel.events_probes import mint, subscribed
from tests.support.scopes import House
from tests.support.sizes import size

pytestmark = pytest.mark.prove
ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "REDIS_URL")


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="storm", dir="/tmp") as name:
        yield Path(name)


def test_a_storm_loses_nothing_and_doubles_nothing(folder: Path) -> None:
    """Workers killed at random, the broker emptied twice, PostgreSQL cut off once, while events are made."""
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    words = [sys.executable, "-m", "tests.kernel.events_storm", str(folder), str(size(600, 20_000)), str(size(5, 10))]
    done = subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    print(figures)
    assert figures["events"] >= size(600, 20_000)
    assert figures["kills"] >= 1
    broken = {name: figures[name] for name in ("lost", "doubled", "out_of_order", "left")}
    assert broken == dict.fromkeys(broken, 0)
    assert figures["calm_after"] < 60


@pytest.mark.committed
@pytest.mark.parametrize("kind", sorted(DEAD))
def test_a_dead_or_silent_broker_does_not_slow_a_command(
    house: House, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, kind: str, folder: Path
) -> None:
    """The same command, with events that somebody waits for: the broker well, then dead."""
    monkeypatch.setattr(broker, "_breaker", broker.Breaker())

    def announce() -> None:
        mint(uuid4())

    with using_scope(house.scope()), subscribed("tests.coin.minted", print, persistent=True):
        with valkey(folder), app_on(f"unix://{folder}/s.sock?db=0", settings):
            timings(announce, 50)
            well = timings(announce, 300)
        # Every message tries anew: with a pause in between most would be skipped anyway.
        monkeypatch.setattr(broker, "_breaker", broker.Breaker(pause=0.0))
        with DEAD[kind]() as url, app_on(url, settings):
            dead = timings(announce, 300)
    print(summary("well", well), summary(kind, dead))
    assert statistics.median(dead) < statistics.median(well) + 0.005
    waited = sum(seconds > statistics.median(well) + LONGEST_WAIT / 2 for seconds in dead)
    assert waited <= 3, "who sends a message waits for the broker"
