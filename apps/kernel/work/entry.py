"""What a worker runs when it is woken: the sweep of one queue."""

from __future__ import annotations

from celery import shared_task

from apps.kernel.work.heartbeats import beat
from apps.kernel.work.sweeper import sweep
from apps.kernel.work.tasks import drop_broken_connections
from apps.kernel.work.waking import SWEEP


@shared_task(name=SWEEP)  # type: ignore[untyped-decorator]  # Celery is untyped
def sweep_queue(queue: str) -> None:
    """Run what is due in the queue; safe to run at any time, any number of times at once."""
    drop_broken_connections()
    sweep(queue)
    beat(queue)  # only now: a worker whose sweeps fail serves nobody
