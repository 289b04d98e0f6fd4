"""Counts and signs of life of jobs that go on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from uuid import UUID

from django.db import DatabaseError, connection

from apps.kernel import clock
from apps.kernel.work.queueing import enqueue
from apps.progress.calculations import worth_writing
from apps.progress.contracts import JobStatus
from apps.progress.models import Job
from apps.progress.services.apart import apart
from apps.progress.services.families import gather, locked, since_first
from apps.progress.services.hearing import EARS, Heard
from apps.progress.services.looking import LOOK_AFTER, SILENCE
from apps.progress.services.telling import tell_started, tell_updated

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds between signs of life


def advance(job_id: UUID, done: int, total: int | None = None) -> None:
    """Say how far the job is. Most calls cost no statement; what is not written now goes with the next write.

    Never raises for the database: a count that cannot be written must not stop the work that it counts.
    """
    heard = EARS.of(job_id)
    with heard.lock:
        heard.hear(done, total)
        step = heard.step(clock.now())
        if worth_writing(heard.tried, step):
            _try(job_id, heard)
            heard.tried = heard.step(step.at)  # by now the total may be known


def start(job_id: UUID) -> None:
    """Note that somebody works on the job, or is still alive; with the last count, if it is not written yet."""
    heard = EARS.of(job_id)
    with heard.lock:
        _try(job_id, heard)


def flush(job_id: UUID) -> None:
    """Write the last count, if it is not written yet."""
    if EARS.of(job_id).is_pending:
        start(job_id)


@contextmanager
def watched(job_id: UUID) -> Iterator[None]:
    """Start the job and give a sign of life every 5 s for the length of the block.

    They come from a thread of their own, so that one step may take any time: they say that the process lives, not
    that it gets on. The end of the block writes the last count and leaves the job's state to its worker.
    """
    start(job_id)
    done = threading.Event()
    thread = threading.Thread(
        target=copy_context().run, args=(_beat, job_id, done), name="progress-heartbeat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        flush(job_id)


def _beat(job_id: UUID, done: threading.Event) -> None:
    try:
        while not done.wait(BEAT):
            start(job_id)
    finally:
        connection.close()


def _try(job_id: UUID, heard: Heard) -> None:
    try:
        written = apart(partial(_write, job_id, heard))
    except DatabaseError:
        logger.warning("the progress of job %s could not be written", job_id, exc_info=True)
        return
    if written:
        heard.is_pending, heard.is_looked_after = False, True


def _write(job_id: UUID, heard: Heard) -> bool:
    """Write the last word and a sign of life; False when the job has ended, is not there yet, or is locked."""
    job = locked(job_id, waiting=False)
    if job is None:
        return False
    heard.expected, now = job.total, clock.now()
    Job.objects.filter(pk=job_id).update(
        status=JobStatus.RUNNING,
        started_at=since_first("started_at", now),
        heartbeat_at=now,
        updated_at=now,
        **heard.changes(),
    )
    if job.parent_id is not None:
        gather(job.parent_id, waiting=False)
    elif job.status == JobStatus.PENDING:
        tell_started(job_id)
    else:
        tell_updated(job_id)
    if not heard.is_looked_after:
        enqueue(LOOK_AFTER, job_id, now + SILENCE)
    return True
