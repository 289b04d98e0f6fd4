"""Wake a sweeper as soon as the running transaction has committed."""

from __future__ import annotations

from functools import partial

from django.db import connection, transaction

from apps.kernel.work.broker import publish

SWEEP = "kernel.work.sweep"
FRESH = 10.0  # seconds after which a wake-up is pointless: the beat has sent others


def wake(queue: str) -> None:
    """Send the sweep message after the commit, once for each queue however often it is asked for; now outside one.

    Nothing depends on it but the delay: the beat sends the same message every two seconds.
    """
    if not any(isinstance(call, _Wake) and call.args == (queue,) for _, call, *_ in connection.run_on_commit):
        transaction.on_commit(_Wake(wake_now, queue), robust=True)


def wake_now(queue: str) -> bool:
    """Send the sweep message; say whether the broker took it."""
    return publish(SWEEP, (queue,), queue=queue, expires=FRESH)


class _Wake(partial[bool]):
    """A wake-up that waits for the commit, told apart from other callbacks."""
