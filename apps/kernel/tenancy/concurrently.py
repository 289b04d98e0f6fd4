"""Indexes that are built and dropped while everybody works on, as the owner of the tables: for operators only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Final

from django.db import Error, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, Unavailable

BUILDER: Final = "agora-index"
LOOKS_EVERY: Final = 0.5  # seconds
ALONE: Final = "SELECT pg_try_advisory_lock(hashtextextended('agora.index', 0))"
# A build may wait for old transactions as long as it takes, and holds nobody up meanwhile.
PATIENCE: Final = ("SET lock_timeout = 0", "SET statement_timeout = 0", "SET maintenance_work_mem = '128MB'")
STATE: Final = """
SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname = %s AND relnamespace = 'public'::regnamespace
"""
DONE: Final = """
SELECT phase, greatest(blocks_done, tuples_done), greatest(blocks_total, tuples_total)
FROM pg_stat_progress_create_index WHERE pid = %s AND datname = current_database()
"""
PHASES: Final = 100

Watch = Callable[[int, int], None]


class BuilderBusy(Conflict):
    """Somebody else builds an index."""

    code = "kernel.index.busy"
    message = _("Another process is building an index. Try again when it is done.")


class NotTheOwner(Unavailable):
    """Only the owner of the tables may build indexes, and this process cannot act as one."""

    code = "kernel.index.not_owner"
    message = _("This process has no access as the owner of the tables (DATABASE_OWNER_URL).")


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """An index: `columns` is what stands between the brackets; `comment` tells people what it is for."""

    name: str
    table: str
    columns: str
    comment: str = ""


def _no_watch(done: int, total: int) -> None:
    """Nobody watches."""


@contextmanager
def builder() -> Iterator[BaseDatabaseWrapper]:
    """A connection of the owner's, for one process of the installation at a time. Raises BuilderBusy, NotTheOwner."""
    connection = connections.create_connection("owner")
    try:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise NotTheOwner from error
        with connection.cursor() as cursor:
            for setting in (f"SET application_name = '{BUILDER}'", *PATIENCE):
                cursor.execute(setting)
            cursor.execute(ALONE)
            if not cursor.fetchone()[0]:
                raise BuilderBusy
        yield connection
    finally:
        connection.close()


def is_valid(connection: BaseDatabaseWrapper, name: str) -> bool | None:
    """Whether an index is whole; None where there is none, False for what an interrupted build has left."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [name])
        found = cursor.fetchone()
    return None if found is None else bool(found[0])


def build_index(connection: BaseDatabaseWrapper, plan: IndexPlan, *, watch: Watch = _no_watch) -> bool:
    """Build the index unless it is there, after removing what an interrupted build has left of it.

    Says whether it was built now. What fails half-way is removed. `watch` hears how far it is, of 100.
    """
    quote = connection.ops.quote_name
    state = is_valid(connection, plan.name)
    if state:
        return False
    if state is False:
        drop_index(connection, plan.name)
    with connection.cursor() as cursor, _watched(connection, watch):
        try:
            cursor.execute(f"CREATE INDEX CONCURRENTLY {quote(plan.name)} ON {quote(plan.table)} ({plan.columns})")
        except BaseException:
            with suppress(Error):
                drop_index(connection, plan.name)
            raise
        cursor.execute(f"COMMENT ON INDEX {quote(plan.name)} IS %s", [plan.comment])
        # The planner has to know how the values of the expression are spread.
        cursor.execute(f"ANALYZE {quote(plan.table)}")
    return True


def drop_index(connection: BaseDatabaseWrapper, name: str) -> None:
    """Remove an index, whole or not, if it is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(name)}")


@contextmanager
def _watched(connection: BaseDatabaseWrapper, watch: Watch) -> Iterator[None]:
    """Look how far the connection's statement is, on another one, while the block runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    over = threading.Event()
    thread = threading.Thread(target=copy_context().run, args=(_look, pid, over, watch), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _look(pid: int, over: threading.Event, watch: Watch) -> None:
    connection = connections.create_connection("owner")
    try:
        while not over.wait(LOOKS_EVERY):
            with connection.cursor() as cursor:
                cursor.execute(DONE, [pid])
                found: Any = cursor.fetchone()
            if found is not None:
                watch(_percent(*found), PHASES)
    finally:
        connection.close()
        connections.close_all()


def _percent(phase: str, done: int, total: int) -> int:
    """How far it is. The first pass over the table is most of the work, the second checks what came meanwhile."""
    share = done / total if total else 0.0
    if phase.startswith("building index"):
        return int(60 * share)
    return 60 + int(30 * share) if phase.startswith("index validation") else 95 if "old snapshots" in phase else 60
