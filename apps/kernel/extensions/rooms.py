"""Rooms for foreign code: it reads in the caller's transaction, writes nothing, and is given up when its time is over.

Why it is made this way: docs/decisions/0008-time-limits-of-extensions.md.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone, translation
from psycopg.errors import QueryCanceled

from apps.kernel.extensions.errors import OutOfTime
from apps.kernel.tenancy.scope import scope_or_none
from apps.kernel.tenancy.standings import hand_on
from apps.kernel.tenancy.transactions import applied_to, note, scoped_transaction

# Going back to the savepoint also takes the settings back, so that they end with the room.
SET = "SET LOCAL transaction_read_only = on; SET LOCAL statement_timeout = {left}"
OPEN = f"SAVEPOINT agora_room; {SET}"
CLEAN = "ROLLBACK TO SAVEPOINT agora_room"
CLOSE = f"{CLEAN}; RELEASE SAVEPOINT agora_room"
GRACE: Final = 0.1  # so that the database's own limit, which ends at the same time, is heard of first
UNHEARD: Final = 5.0
MOST_HANGING: Final = 3
R = TypeVar("R")

_hanging: Counter[str] = Counter()  # calls that were given up and have not returned yet, by extension
_counting = threading.Lock()


class GivenUp(Exception):
    """The code's time is over; whatever it still asks the database for is refused."""


class Lease:
    """The right of one call to use the caller's connection until a moment."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = time.monotonic() + seconds
        self.is_over = False
        self.lock = threading.Lock()

    def left(self) -> float:
        """Seconds that are left."""
        return self.until - time.monotonic()

    def end(self) -> None:
        """Let no further statement through, and wait for the running one, which the database ends by now.

        Raises OperationalError where the database does not answer: nobody may use the connection then.
        """
        self.is_over = True
        if not self.lock.acquire(timeout=UNHEARD):
            raise OperationalError("a statement of an extension did not end in its time")
        self.lock.release()


class Room:
    """Where extensions run, one after the other, each for its time at most."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._is_open = False
        self._needs_cleaning = False
        self._told = 0

    def run(self, extension: str, call: Callable[[], R], *, seconds: float) -> R:
        """What the call returns. Raises what it raises, and OutOfTime."""
        if _hanging[extension] >= MOST_HANGING:
            raise OutOfTime(f"{MOST_HANGING} calls of {extension} hang already")
        lease, answer = Lease(seconds), Future[R]()
        work = (self._work, lease, _as_here(call), answer)
        thread = threading.Thread(target=copy_context().run, args=work, name=f"room {extension}", daemon=True)
        thread.start()
        wait([answer], timeout=seconds + GRACE)
        lease.end()
        if answer.done() and answer.exception() is None:
            return answer.result()
        self._needs_cleaning = True
        if not answer.done():
            _remember(extension, answer)
        elif lease.left() > 0 and not _was_stopped(answer.exception()):
            return answer.result()  # raises
        late = OutOfTime(f"{extension} took more than {seconds} s")
        late.add_note(_place_of(thread))
        raise late from (answer.exception() if answer.done() else None)

    def close(self) -> None:
        """Take back whatever the calls did to the transaction."""
        if self._is_open:
            with self._connection.cursor() as cursor:
                cursor.execute(CLOSE)

    def _work(self, lease: Lease, call: Callable[[], R], answer: Future[R]) -> None:
        try:
            with self._borrowed(lease):
                found = call()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            answer.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - code that wants to end the process ends itself
            answer.set_exception(RuntimeError(repr(error)))
        else:
            answer.set_result(found)

    @contextmanager
    def _borrowed(self, lease: Lease) -> Iterator[None]:
        """Put the caller's connection into this thread's place for it."""
        alias = self._connection.alias
        connections[alias] = self._lent(lease)
        try:
            yield
        finally:
            del connections[alias]  # it is the caller's; what else the call has opened is closed
            connections.close_all()

    def _lent(self, lease: Lease) -> BaseDatabaseWrapper:
        """The caller's connection for another thread: one session of the database, states of Django's own.

        A call that was given up leaves savepoints and blocks behind; in a state of its own they harm nobody.
        """
        own = self._connection
        lent: Any = type(own)({**own.settings_dict, "DISABLE_SERVER_SIDE_CURSORS": True}, own.alias)
        lent.connection = own.connection
        # As in any transaction's outermost block; without `commit_on_exit` the first inner block would end the outer.
        lent.autocommit, lent.in_atomic_block, lent.commit_on_exit = False, True, True
        lent.queries_log, lent.force_debug_cursor = own.queries_log, own.force_debug_cursor
        lent._close = lambda: None  # the session is not the borrower's to end
        lent.execute_wrappers = [*own.execute_wrappers, self._fence(lease)]
        note(lent, applied_to(own))
        hand_on(own, lent)
        return lent  # type: ignore[no-any-return]

    def _fence(self, lease: Lease) -> Callable[..., Any]:
        def guarded(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            with lease.lock:
                left = lease.left()
                if lease.is_over or left <= 0:
                    raise GivenUp
                self._prepare(context["cursor"].cursor, int(left * 1000) + 1)
                return execute(sql, params, many, context)

        return guarded

    def _prepare(self, cursor: Any, left: int) -> None:
        """Have the room open and clean, and the database stop the statement when the time is over."""
        if not self._is_open:
            cursor.execute(OPEN.format(left=left))
        elif self._needs_cleaning:
            cursor.execute(f"{CLEAN}; {SET.format(left=left)}")
        elif not 0.75 * left <= self._told <= 1.1 * left:
            cursor.execute(SET.format(left=left))
        else:
            return
        self._is_open, self._needs_cleaning, self._told = True, False, left


def _as_here(call: Callable[[], R]) -> Callable[[], R]:
    """The call in the caller's language and time zone, which belong to the caller's thread."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def called() -> R:
        with translation.override(language), timezone.override(zone):
            return call()

    return called


def _was_stopped(error: BaseException | None) -> bool:
    """Say whether the database stopped a statement: its clock decides, which need not be ours."""
    return isinstance(getattr(error, "__cause__", None), QueryCanceled)


def _place_of(thread: threading.Thread) -> str:
    """Where a call that was given up stands, for whoever reads the log."""
    frame = sys._current_frames().get(thread.ident or 0)
    return "It stands at:\n" + "".join(traceback.format_stack(frame)) if frame is not None else "It has ended since."


def _remember(extension: str, answer: Future[Any]) -> None:
    """Count a call that was given up, until it returns after all."""

    def forget(_: Future[Any]) -> None:
        with _counting:
            _hanging[extension] -= 1

    with _counting:
        _hanging[extension] += 1
    answer.add_done_callback(forget)


@contextmanager
def room(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[Room]:
    """Open a room in the caller's transaction; one of its own where there is none.

    What is read there is what the caller would read (without a scope global tables only). Nothing that is done
    there stays.
    """
    connection = connections[using]
    own = transaction.atomic if scope_or_none() is None else scoped_transaction
    with nullcontext() if connection.in_atomic_block else own(using=using):
        made = Room(connection)
        try:
            yield made
        finally:
            made.close()
