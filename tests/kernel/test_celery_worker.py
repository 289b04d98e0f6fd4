"""A real worker, beat and broker: woken in milliseconds, and nothing is lost when any of them dies."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import broker
from apps.kernel.work.models import Work
from apps.kernel.work.tasks import send_after_commit
from config import celery_embedded
from tests.kernel.celery_probes import app_on, closed_port, valkey
from tests.kernel.work_probes import effect_counts, effects, make_effects, note_task, process, queue_rows, wait_for
from tests.support.scopes import House

pytestmark = [pytest.mark.processes, pytest.mark.committed]
PROBES = "tests.kernel.work_probes"


@pytest.fixture(autouse=True)
def tables(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    make_effects()
    monkeypatch.setattr(broker, "_breaker", broker.Breaker())


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vk", dir="/tmp") as name:
        yield Path(name)


def url(folder: Path) -> str:
    return f"unix://{folder}/s.sock?db=0"


def celery(folder: Path, *words: str, **more: str) -> AbstractContextManager[subprocess.Popen[str]]:
    prefix = f"agora-test-{os.getpid()}:"
    options = {"REDIS_URL": url(folder), "BROKER_KEY_PREFIX": prefix, "CELERY_SKIP_CHECKS": "1", **more}
    return process("celery", "-A", "config", *words, "--loglevel", "INFO", **options)


@contextmanager
def worker(folder: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    words = ["worker", "-c", "1", "-I", PROBES, "--without-gossip", "--without-mingle"]
    with celery(folder, *words, **more) as running:
        yield running


def beat(folder: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    return celery(folder, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=")


def drained() -> bool:
    """Say whether the probes' rows are done; a worker that starts may queue rows of modules for later."""
    return not Work.objects.filter(kind__startswith="tests.").exists()


def handled(house: House, kind: str = "tests.effect") -> float:
    """Queue one row and wait until it is done."""
    queue_rows(house, kind)
    return wait_for(drained, seconds=20)


def test_a_worker_is_woken_by_the_commit_and_runs_tasks_in_their_scope(
    house: House, folder: Path, settings: LazySettings
) -> None:
    with valkey(folder), app_on(url(folder), settings), worker(folder):
        handled(house)
        found = [handled(house) for _ in range(20)]
        print(f"row queued to row handled: median {statistics.median(found) * 1000:.0f} ms")  # noqa: T201
        assert statistics.median(found) < 0.5, "there is no beat: only the wake-up can have done it"
        ref = uuid7()
        with system_scope(house.tenant.pk, "probe"), scoped_transaction():
            send_after_commit(note_task, ref)
        wait_for(lambda: effect_counts()[ref])
        assert [note for row, _, _, note in effects() if row == ref] == [f"{house.tenant.pk} system task"]


@pytest.mark.prove
def test_a_lost_wake_up_only_delays(house: House, folder: Path, settings: LazySettings) -> None:
    with valkey(folder), worker(folder), beat(folder):
        with app_on(url(folder), settings):
            handled(house)
        with app_on(closed_port(), settings):
            found = [handled(house) for _ in range(5)]
    print(f"wake-up lost: handled after {max(found):.2f} s at most")  # noqa: T201
    assert max(found) < 10.0


@pytest.mark.prove
def test_a_broker_that_dies_loses_nothing(house: House, folder: Path, settings: LazySettings) -> None:
    with worker(folder), beat(folder), app_on(url(folder), settings):
        with valkey(folder):
            handled(house)
        (folder / "s.sock").unlink(missing_ok=True)
        refs = queue_rows(house, "tests.effect", 10)
        time.sleep(3)
        assert Work.objects.filter(kind__startswith="tests.").count() == 10
        with valkey(folder):
            took = wait_for(drained, seconds=40)
    assert {effect_counts()[ref] for ref in refs} == {1}
    print(f"broker dead for 3 s: drained {took:.1f} s after it came back")  # noqa: T201


@pytest.mark.prove
def test_a_worker_killed_with_its_child_loses_nothing(house: House, folder: Path, settings: LazySettings) -> None:
    with valkey(folder), app_on(url(folder), settings), beat(folder):
        with worker(folder, PAUSE_AT="guarded") as victim:
            queue_rows(house, "tests.effect", 3)
            await_line(victim, "at guarded")
            kill_tree(victim)
        with worker(folder):
            wait_for(drained, seconds=20)
    assert set(effect_counts().values()) == {1}
    assert len(effects()) == 3


def await_line(running: subprocess.Popen[str], text: str) -> None:
    assert running.stdout is not None
    for line in running.stdout:
        if text in line:
            return
    raise AssertionError(f"the process ended without {text!r}")


def kill_tree(running: subprocess.Popen[str]) -> None:
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    for number in [running.pid, *map(int, children)]:
        os.kill(number, signal.SIGKILL)


def test_without_a_broker_the_process_itself_does_the_work(
    house: House, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app_on("memory://", settings) as app:
        monkeypatch.setattr(celery_embedded, "app", app)
        embedded = celery_embedded.start(concurrency=2)
        assert embedded is not None
        assert celery_embedded.start() is None, "once for each process"
        try:
            handled(house)
            found = [handled(house) for _ in range(20)]
        finally:
            embedded.stop()
    print(f"in one process: median {statistics.median(found) * 1000:.0f} ms")  # noqa: T201
    assert statistics.median(found) < 0.5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("celery-")]


def test_with_a_broker_the_process_starts_no_worker(settings: LazySettings, monkeypatch: Any) -> None:
    with app_on(closed_port(), settings) as app:
        monkeypatch.setattr(celery_embedded, "app", app)
        assert celery_embedded.start() is None
