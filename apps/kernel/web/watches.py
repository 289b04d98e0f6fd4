"""Looks at what may hang: each in a thread of its own, so that whoever asks waits no longer than they want to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.errors import PlatformError

SeenT = TypeVar("SeenT")

CONNECT_WAIT = 2  # seconds until a connection that nobody answers is given up, and its thread with it


@dataclass(slots=True)
class Look(Generic[SeenT]):
    """What one look has seen so far, each thing with the milliseconds that it took; `fault` names what ended it."""

    seen: list[tuple[SeenT, float]] = field(default_factory=list)
    fault: str = ""
    since: float = field(default_factory=time.perf_counter)
    done: threading.Event = field(default_factory=threading.Event)

    def lasted(self) -> float:
        """Milliseconds since the last thing was seen."""
        return (time.perf_counter() - self.since) * 1000


class Watch(Generic[SeenT]):
    """Looks when asked. Whoever asks during a look shares it, so that one that hangs costs one thread, not many."""

    def __init__(self, look: Callable[[], Iterator[SeenT]]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._current: Look[SeenT] | None = None

    def ask(self) -> Look[SeenT]:
        """Begin a look, or join the one that is under way."""
        with self._lock:
            if self._current is None or self._current.done.is_set():
                self._current = Look()
                threading.Thread(target=self._run, args=(self._current,), name="watch", daemon=True).start()
            return self._current

    def _run(self, look: Look[SeenT]) -> None:
        try:
            for item in self._look():
                look.seen.append((item, look.lasted()))
                look.since = time.perf_counter()
        except Exception as error:  # noqa: BLE001 - the top of a thread: a fault is what is looked for
            look.fault = named(error)
        finally:
            look.done.set()


def named(error: Exception) -> str:
    """A failure without its message, which may hold addresses and names."""
    return error.code if isinstance(error, PlatformError) else type(error).__name__


@contextmanager
def fresh_connection() -> Iterator[BaseDatabaseWrapper]:
    """A database connection of the block's own: that it opens is half of what one wants to know.

    Raises UnsafeRole, like every connection, for a role that is past row-level security.
    """
    connection = connections["default"].copy()
    waits = {"connect_timeout": CONNECT_WAIT, "tcp_user_timeout": CONNECT_WAIT * 1000}
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], **waits}
    try:
        connection.ensure_connection()
        yield connection
    finally:
        connection.close()
