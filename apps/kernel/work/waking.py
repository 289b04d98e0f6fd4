"""Wake a sweeper as soon as the running transaction has committed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.db import connection, transaction

from apps.kernel.work.broker import publish
from apps.kernel.work.posting import POST

SWEEP = "kernel.work.sweep"
FRESH = 10.0  # seconds after which a wake-up is pointless: the beat has sent others


def wake(queue: str) -> None:
    """Send the sweep message after the commit, once for each queue however often it is asked for; now outside one.

    It leaves by a thread, so that nobody waits for a broker. Nothing depends on it but the delay: the beat sends the
    same message every two seconds.
    """
    call = _call(queue)
    if not any(registered is call for _, registered, *_ in connection.run_on_commit):
        transaction.on_commit(call, robust=True)


def wake_now(queue: str) -> bool:
    """Send the sweep message; say whether the broker took it."""
    return publish(SWEEP, (queue,), queue=queue, expires=FRESH)


@cache
def _call(queue: str) -> Callable[[], None]:
    """The one callback of a queue, so that it is found among those that wait for the commit."""

    def wake_queue() -> None:
        POST.wake(SWEEP, queue, expires=FRESH)

    return wake_queue
