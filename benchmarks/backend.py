"""Memory of the database process behind a connection, where it can be looked at (Linux, the same machine)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

EVERY = 0.02  # seconds


class Watch:
    """The most memory of its own that the process had, in megabytes; None where it cannot be seen."""

    def __init__(self, status: Path) -> None:
        self.most: float | None = None
        self._status = status
        self._done = threading.Event()

    def look(self) -> None:
        """Note the memory until the watch ends."""
        while not self._done.wait(EVERY):
            seen = _anonymous_megabytes(self._status)
            if seen is None:
                return
            self.most = max(self.most or 0.0, seen)

    def end(self) -> None:
        """Stop looking."""
        self._done.set()


@contextmanager
def watching_backend() -> Iterator[Watch]:
    """Watch the process of the default connection during the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    watch = Watch(Path("/proc") / str(pid) / "status")
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()


def _anonymous_megabytes(status: Path) -> float | None:
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("RssAnon:")), None)
    return None if found is None else int(found.split()[1]) / 1_024
