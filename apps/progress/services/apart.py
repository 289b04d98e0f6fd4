"""Writes that others see at once, whatever transaction their caller is in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction

IDLE = 5.0  # seconds without a write after which the thread closes its connection and ends

R = TypeVar("R")
Task = tuple[Context, Callable[[], Any], "Future[Any]"]


class Beside:
    """A thread with a connection of its own, there while it is needed; callers wait for its answer.

    A second connection in the caller's thread would have to be put in the place of the first one, under the feet of
    everything that the open transaction of the first one still has to do.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start afresh; a forked child has neither the thread nor a sound lock."""
        self._lock = threading.Lock()
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, write: Callable[[], R]) -> R:
        """Run `write` in a transaction over there, in the caller's scope, and give its answer or raise its error."""
        answer: Future[R] = Future()
        with self._lock:
            self._tasks.put((copy_context(), write, answer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="progress-beside", daemon=True)
                self._thread.start()
        return answer.result()

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            context, write, answer = task
            try:
                answer.set_result(context.run(_in_own_transaction, write))
            except BaseException as error:  # noqa: BLE001 - whoever waits for the answer gets it
                answer.set_exception(error)
        connection.close()

    def _next(self) -> Task | None:
        try:
            return self._tasks.get(timeout=IDLE)
        except Empty:
            with self._lock:
                if not self._tasks.empty():
                    return self._tasks.get()
                self._thread = None
                return None


def _in_own_transaction(write: Callable[[], R]) -> R:
    """Run the write; a connection that has been kept may have been cut meanwhile, which a fresh one shows."""
    is_kept = connection.connection is not None
    try:
        with scoped_transaction():
            return write()
    except (OperationalError, InterfaceError):
        connection.close()
        if not is_kept:
            raise
    with scoped_transaction():
        return write()


_beside = Beside()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_beside.reset)


def apart(write: Callable[[], R]) -> R:
    """Run `write` in a short transaction that commits at once.

    Inside somebody's transaction it runs on a second connection, which sees only what has been committed and can
    wait for locks of the caller's own transaction: such a write skips rows that are locked.
    """
    with reading_paused():
        if _is_inside_a_transaction():
            return _beside.run(write)
        with scoped_transaction():
            return write()


def joined(write: Callable[[], R]) -> R:
    """Run `write` in the transaction that is open, so that it commits with what it is about; else in its own."""
    with reading_paused(), scoped_transaction():
        return write()


def _is_inside_a_transaction() -> bool:
    """Say so; a test's transaction around everything does not count."""
    blocks = connection.atomic_blocks
    return bool(blocks) and not getattr(blocks[-1], "_from_testcase", False)
