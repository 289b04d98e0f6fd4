"""Long jobs: what telling how far they are costs, how right the time left is, how soon one stops or is given up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextvars import copy_context
from uuid import UUID

from django.db import connection

from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.progress.contracts import LongJobs
from apps.progress.models import Job
from apps.progress.services import cancel_job
from benchmarks.counting import statements
from benchmarks.databases import NAMES
from benchmarks.figures import Figure
from benchmarks.houses import ids, open_tenants, staff_scope
from benchmarks.options import Options

LARGE = 1_000_000
WORK = 20e-6  # seconds that each row takes
BATCH, PAUSE = 500, 0.05  # of a job that is to be stopped: rows between two looks, and how long they take
STOPS = 5
LOOKS = 90  # seconds that a dead job may take to be given up
WORKER = """
import sys, time
from uuid import UUID
import django
django.setup()
from django.db import connection
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.progress.contracts import LongJobs
connection.settings_dict["NAME"] = sys.argv[1]
with system_scope(UUID(sys.argv[2]), "a probe of the benchmarks"):
    with service(LongJobs).watched(UUID(sys.argv[3])):
        print("working", flush=True)
        time.sleep(600)
"""


def run(options: Options) -> Iterator[Figure]:
    """A steady job of many rows, some that are stopped, and at full size one whose worker is killed."""
    [tenant_id] = open_tenants(1)
    scope = staff_scope(tenant_id, ids(1))
    yield from _steady(scope, options.size(LARGE))
    yield _stopped(scope)
    if options.full:
        yield _killed(scope)


def _open(name: str, total: int) -> UUID:
    with scoped_transaction():
        return service(LongJobs).open("benchmarks.thing.count", name=name, total=total, is_cancellable=True)


def _steady(scope: Scope, rows: int) -> Iterator[Figure]:
    jobs, promised, moments = service(LongJobs), list[float](), list[float]()

    def count() -> None:
        for done in range(1, rows + 1):
            until = time.perf_counter() + WORK
            jobs.advance(job_id, done)
            if done == rows // 10 + 1:
                promised.append(_left(job_id))
                moments.append(time.perf_counter())
            while time.perf_counter() < until:
                pass

    with using_scope(scope):
        job_id = _open("Steady", rows)
        began = time.perf_counter()
        sent = statements(count)
        seconds, left = time.perf_counter() - began, time.perf_counter() - moments[0]
        jobs.complete(job_id, {"rows": rows})
        with scoped_transaction():
            told = OutboxEvent.objects.filter(record_id=job_id).count()
    writes = sum(item.startswith('UPDATE "progress_job"') for item in sent)
    yield _rate("writes of", rows, writes / seconds, 5)
    yield _rate("events of", rows, told / seconds, 1 + 4 / seconds)
    error = abs(promised[0] / left - 1)
    yield Figure(
        "time left after a tenth of it, against what it then took",
        promised[0],
        "s",
        baseline=left,
        against="the seconds that were left",
        target="within 20 %",
        met=error <= 0.2,
    )
    bare = rows * WORK
    yield Figure(
        "the whole job",
        seconds,
        "s",
        baseline=bare,
        against="its rows alone, each 20 µs of work",
        note=f"{(seconds - bare) / rows * 1e6:.1f} µs more for each row",
    )


def _left(job_id: UUID) -> float:
    with scoped_transaction():
        found = Job.objects.get(pk=job_id).eta_seconds
    return float(found or 0)


def _rate(what: str, rows: int, rate: float, most: float) -> Figure:
    return Figure(f"{what} a job of {rows:,} rows", rate, "a second", target=f"≤ {most:.1f}", met=rate <= most)


def _stopped(scope: Scope) -> Figure:
    longest = max(_stop(scope) for _ in range(STOPS))
    return Figure(
        f"from the request to stop until the job has stopped, longest of {STOPS}",
        longest,
        "s",
        baseline=PAUSE,
        against=f"the time of a batch of {BATCH}, between two looks",
        target="< 2 s",
        met=longest < 2,
    )


def _stop(scope: Scope) -> float:
    jobs = service(LongJobs)

    def work() -> None:
        try:
            for done in range(0, LARGE, BATCH):
                if jobs.is_cancellation_requested(job_id):
                    jobs.cancelled(job_id)
                    return
                time.sleep(PAUSE)
                jobs.advance(job_id, done)
        finally:
            connection.close()

    with using_scope(scope):
        job_id = _open("To be stopped", LARGE)
        worker = threading.Thread(target=copy_context().run, args=(work,))
        worker.start()
        time.sleep(0.5)
        began = time.perf_counter()
        cancel_job(job_id)
        worker.join()
        return time.perf_counter() - began


def _killed(scope: Scope) -> Figure:
    with using_scope(scope):
        job_id = _open("To be killed", 100)
    words = [sys.executable, "-c", WORKER, NAMES["default"], str(scope.tenant_id), str(job_id)]
    with subprocess.Popen(words, env={**os.environ}, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    began = time.perf_counter()
    while _status(scope, job_id) == "running" and time.perf_counter() - began < LOOKS:
        sweep()
        time.sleep(0.5)
    seconds = time.perf_counter() - began
    return Figure(
        "from kill -9 of a worker until its job has failed",
        seconds,
        "s",
        target="60 s, and a look",
        met=_status(scope, job_id) == "failed" and seconds < 63,
    )


def _status(scope: Scope, job_id: UUID) -> str:
    with using_scope(scope), scoped_transaction():
        return str(Job.objects.get(pk=job_id).status)
