"""Worker and beat inside the web process, for a house without a broker between processes."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.beat import Service

from config.celery import MEMORY, app

CONCURRENCY = 4


class Embedded:
    """A running worker and beat. One process only: threads do not survive a fork."""

    def __init__(self, concurrency: int) -> None:
        self._worker = app.WorkController(
            pool="threads",
            concurrency=concurrency,
            hostname="embedded@agora",
            loglevel=logging.WARNING,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        # The schedule is kept in memory: when what has to run is due stands in the database.
        self._beat = Service(app, scheduler_cls="celery.beat:Scheduler", max_interval=1)
        self._threads = [
            threading.Thread(target=self._worker.start, name="celery-worker", daemon=True),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> None:
        """Start both; they take messages of this process only."""
        app.consumed_here = True
        for thread in self._threads:
            thread.start()

    def stop(self, *, patience: float = 10.0) -> None:
        """Stop both, and wait `patience` seconds for tasks that run; what they leave is recovered by its lease."""
        self._beat.stop(wait=False)
        self._worker.stop(in_sighandler=False)
        for thread in self._threads:
            thread.join(patience)
        app.consumed_here = False


def is_needed() -> bool:
    """Say whether the configured broker reaches no other process."""
    return str(app.conf.broker_url).startswith(MEMORY)


def start(*, concurrency: int = CONCURRENCY) -> Embedded | None:
    """Start worker and beat if the broker is in memory, once for each process; None where real ones take the work."""
    if not is_needed() or app.consumed_here:
        return None
    _use_app()
    embedded = Embedded(concurrency)
    embedded.start()
    return embedded


def _use_app() -> Any:
    app.set_current()
    app.set_default()
    return app.finalize()
