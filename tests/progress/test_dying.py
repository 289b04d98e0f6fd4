"""A worker that is killed, and one that is asked to stop: both are real processes or threads on committed rows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.work.sweeper import sweep
from apps.progress.services import cancel_job
from apps.progress.services.sweeping import SILENT
from tests.auth.factories import acting_as
from tests.directory.callers import member
from tests.progress.factories import jobs, open_job, stored, working_in
from tests.support.scopes import House

pytestmark = [pytest.mark.processes, pytest.mark.committed]
ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import os, sys, time
from uuid import UUID
import django
django.setup()
from django.db import connection
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.progress.contracts import LongJobs
connection.settings_dict["NAME"] = sys.argv[1]
with system_scope(UUID(sys.argv[2]), "tests"):
    jobs, job_id = service(LongJobs), UUID(sys.argv[3])
    with jobs.watched(job_id):
        jobs.advance(job_id, 40, 100)
        print("working", flush=True)
        time.sleep(600)
"""


@pytest.fixture
def bob(house: House) -> User:
    """Somebody whose rows are committed."""
    return member(house)


@contextmanager
def worker(house: House, job_id: UUID) -> Iterator[subprocess.Popen[str]]:
    """A process that works on the job and gives signs of life; it has begun when the block does."""
    words = [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], str(house.tenant.pk), str(job_id)]
    child = subprocess.Popen(words, cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "working\n"
        yield child
    finally:
        child.kill()
        child.wait(timeout=10)
        child.stdout.close()


def test_the_job_of_a_killed_worker_is_failed(house: House, bob: User) -> None:
    job_id = open_job(house, bob, total=100)
    with worker(house, job_id) as child:
        assert stored(house, job_id).processed == 40
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=10)
    died = stored(house, job_id).heartbeat_at
    assert died is not None
    with clock.frozen(died + timedelta(seconds=59)):
        sweep()
    assert stored(house, job_id).status == "running"
    with clock.frozen(died + timedelta(seconds=61)):
        sweep()
    job = stored(house, job_id)
    assert (job.status, job.error, job.processed) == ("failed", SILENT, 40)


def test_a_job_stops_within_two_seconds(house: House, bob: User) -> None:
    """Its handler looks between steps, as handlers do; the time is from the request until it is cancelled."""
    job_id = open_job(house, bob, total=10_000, is_cancellable=True)

    def work() -> None:
        try:
            for done in range(10_000):
                if jobs().is_cancellation_requested(job_id):
                    jobs().cancelled(job_id)
                    return
                time.sleep(0.05)
                jobs().advance(job_id, done)
        finally:
            connection.close()

    with working_in(house):
        thread = threading.Thread(target=copy_context().run, args=(work,))
        thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    with acting_as(house, bob):
        cancel_job(job_id)
    thread.join(timeout=10)
    assert time.monotonic() - began < 2
    assert stored(house, job_id).status == "cancelled"
