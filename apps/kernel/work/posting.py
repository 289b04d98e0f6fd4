"""Messages leave by a thread of their own: whoever queues work does not wait for a broker, however it fares."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
import time
from typing import Any

from apps.kernel.work.broker import publish

logger = logging.getLogger(__name__)

MOST = 1_000  # messages that wait; what comes on top is dropped, because the beat sends wake-ups anyway
IDLE = 10.0  # seconds after which a thread without messages ends
LAST_WAIT = 0.3  # seconds that a process which ends waits for its last messages
Message = tuple[str, tuple[Any, ...], str, dict[str, Any]]


class Post:
    """The messages of one process and the thread that takes them to the broker."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Message] = queue.Queue(MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wakes: set[str] = set()

    def send(self, task_name: str, args: tuple[Any, ...], *, queue: str, **options: Any) -> None:
        """Have the message sent soon; returns at once."""
        self._put((task_name, args, queue, options))

    def wake(self, task_name: str, lane: str, **options: Any) -> None:
        """Send a message that wakes a queue's workers, unless one is already waiting to leave."""
        with self._lock:
            if lane in self._wakes:
                return
            self._wakes.add(lane)
        self._put((task_name, (lane,), lane, options))

    def settle(self, within: float = 5.0) -> bool:
        """Wait until everything has left; False when it has not in time."""
        deadline = time.monotonic() + within
        while self._waiting.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.001)
        return not self._waiting.unfinished_tasks

    def _put(self, message: Message) -> None:
        with self._lock:
            try:
                self._waiting.put_nowait(message)
            except queue.Full:
                self._wakes.discard(message[2])
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._carry, name="post", daemon=True)
                self._thread.start()

    def _carry(self) -> None:
        while (message := self._next()) is not None:
            name, args, lane, options = message
            with self._lock:
                self._wakes.discard(lane)  # before it leaves: a later wish needs a later message
            try:
                publish(name, args, queue=lane, **options)
            except Exception:
                logger.exception("a message to %s did not leave", lane)
            finally:
                self._waiting.task_done()

    def _next(self) -> Message | None:
        try:
            return self._waiting.get(timeout=IDLE)
        except queue.Empty:
            with self._lock:
                if self._waiting.empty():
                    self._thread = None
                    return None
            return self._waiting.get()


POST = Post()


def _begin_anew() -> None:
    """Threads do not survive a fork, and the parent's messages are the parent's."""
    POST.__init__()  # type: ignore[misc]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
atexit.register(POST.settle, LAST_WAIT)
