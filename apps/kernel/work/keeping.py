"""The rows that a sweeper holds: one in hand, the others waiting, and a thread that looks after both."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection

from apps.kernel.work.heartbeats import beat
from apps.kernel.work.leases import Claimed, Lease
from apps.kernel.work.settling import hand_back, renew
from apps.kernel.work.waking import wake_now

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds that claimed rows wait behind a slow one before others get them


class Batch:
    """Rows claimed at `since` (monotonic seconds). While it is entered, the lease in hand is renewed.

    Rows that wait are not: after PATIENCE they are handed back, and others get them.
    """

    def __init__(self, rows: Iterable[Claimed], *, since: float) -> None:
        self._waiting = deque(rows)
        self._since = since
        self._tick = min([PATIENCE, *(row.seconds / 6 for row in self._waiting)])
        self._in_hand: Lease | None = None
        self._lock = threading.Lock()
        self._done = threading.Event()
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._keep,), name="work-keeper", daemon=True)

    def __enter__(self) -> Self:
        """Start the keeper."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the keeper and hand back what was not begun."""
        self._done.set()
        self._thread.join()
        hand_back(self._let_go())

    def next(self) -> Lease | None:
        """Take the next row in hand; None when none is left."""
        with self._lock:
            self._in_hand = Lease(self._waiting.popleft(), since=self._since) if self._waiting else None
            return self._in_hand

    def _let_go(self) -> list[Claimed]:
        with self._lock:
            rows = list(self._waiting)
            self._waiting.clear()
            return rows

    def _keep(self) -> None:
        try:
            while not self._done.wait(self._tick):
                self._look()
        finally:
            connection.close()

    def _look(self) -> None:
        lease, now = self._in_hand, time.monotonic()
        try:
            if now - self._since >= PATIENCE:
                self._share()
            if lease is not None and lease.is_renewable(now):
                self._renew(lease, now)
            if lease is not None:
                beat(lease.work.queue)  # a long row keeps its worker from the next sweep, and is no silence
        except DatabaseError:
            logger.warning("leases could not be renewed", exc_info=True)

    def _share(self) -> None:
        rows = self._let_go()
        if hand_back(rows):
            wake_now(rows[0].queue)

    def _renew(self, lease: Lease, now: float) -> None:
        if renew(lease.work):
            lease.renewed(now)
        elif lease is self._in_hand and not self._done.is_set():
            lease.lost()
