"""Kinds of work and a table of effects, for tests of the work room and for the processes that they start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.db import connection

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.kinds import KINDS, work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue_many
from apps.kernel.work.tasks import task
from tests.support import databases
from tests.support.scopes import House

ROOT = Path(__file__).resolve().parents[2]
SHORT_LEASE = timedelta(seconds=1)
EFFECTS = """
CREATE TABLE effect (ref_id uuid, process int, fence bigint, note text DEFAULT '');
CREATE TABLE wish (ref_id uuid PRIMARY KEY, wanted int DEFAULT 0, done int DEFAULT 0);
GRANT SELECT, INSERT, UPDATE ON effect, wish TO agora_app
"""


def make_effects() -> None:
    """Create the tables that handlers write to; only for tests that commit, whose database is thrown away."""
    with databases.admin(connection.settings_dict["NAME"]) as owner:
        owner.execute(EFFECTS)


def note_effect(ref_id: UUID, fence: int = 0, note: str = "") -> None:
    """Write one effect."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO effect VALUES (%s, %s, %s, %s)", [ref_id, os.getpid(), fence, note])


def effects() -> list[tuple[UUID, int, int, str]]:
    """All effects: id, process, fence and note of each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ref_id, process, fence, note FROM effect")
        return list(cursor.fetchall())


def effect_counts() -> Counter[UUID]:
    """How often each id had its effect."""
    return Counter(row[0] for row in effects())


@contextmanager
def declared(kind_id: str, handler: Callable[[UUID, Lease], None], **options: Any) -> Iterator[str]:
    """Declare a kind for the length of a test."""
    work_kind(kind_id, **options)(handler)
    try:
        yield kind_id
    finally:
        KINDS.remove(kind_id)


def queue_rows(house: House, kind: str, number: int = 1, **options: Any) -> list[UUID]:
    """Queue so many rows for a house's tenant and hand back what they are about."""
    refs = [uuid7() for _ in range(number)]
    with using_scope(house.scope()), scoped_transaction():
        enqueue_many(kind, refs, **options)
    return refs


def wait_for(test: Callable[[], Any], *, seconds: float = 30.0) -> float:
    """Seconds until the test holds. Raises AssertionError when it does not in time."""
    began = time.monotonic()
    while not test():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - began


def environment(**more: str) -> dict[str, str]:
    """What a process of this test needs to work on its database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    settings = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.kernel.work_settings"}
    return {**os.environ, **settings, "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def process(*words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a Python module with this test's database; it is killed at the end."""
    command = [sys.executable, "-m", *words]
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, cwd=ROOT, env=environment(**more), stdin=pipe, stdout=pipe, text=True)
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        child.communicate()


def pause_at(point: str) -> None:
    """Stand still at a point of a handler if the test wants so, and say that it is reached."""
    if os.environ.get("PAUSE_AT") == point:
        print(f"at {point}", flush=True)  # noqa: T201 - the test reads it
        time.sleep(float(os.environ.get("PAUSE", "60")))


@work_kind("tests.steady")
@work_kind("tests.effect", lease=SHORT_LEASE)
def write_effect(ref_id: UUID, lease: Lease) -> None:
    """Write one effect together with the completion of the row."""
    pause_at("start")
    with scoped_transaction():
        lease.guard()
        pause_at("guarded")
        note_effect(ref_id, lease.work.fence)
        lease.complete()
        pause_at("completed")
    pause_at("committed")


@work_kind("tests.unfenced", lease=SHORT_LEASE)
def write_late(ref_id: UUID, lease: Lease) -> None:
    """Stand still outside a transaction, then write under the lease."""
    pause_at("start")
    with scoped_transaction():
        lease.guard()
        note_effect(ref_id, lease.work.fence)


@work_kind("tests.wish", lease=SHORT_LEASE)
def grant_wish(ref_id: UUID, lease: Lease) -> None:
    """Look what is wanted, and write a moment later that as much is done."""
    with scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT wanted FROM wish WHERE ref_id = %s", [ref_id])
        [wanted] = cursor.fetchone()
    time.sleep(0.005)
    with scoped_transaction(), connection.cursor() as cursor:
        lease.guard()
        cursor.execute("UPDATE wish SET done = greatest(done, %s) WHERE ref_id = %s", [wanted, ref_id])
        lease.complete()


@task("tests.note")
def note_task(ref_id: UUID) -> None:
    """Write one effect in the scope of the message, saying whose it is."""
    from apps.kernel.commands.invocation import current_invocation
    from apps.kernel.tenancy.scope import current_scope

    scope = current_scope()
    with scoped_transaction():
        note_effect(ref_id, note=f"{scope.tenant_id} {scope.actor.kind} {current_invocation().source}")
