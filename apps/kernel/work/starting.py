"""What is done whenever a worker starts: it may be the first one of a new version."""

from __future__ import annotations

from django.dispatch import Signal

from apps.kernel.work.parking import unpark_known_kinds

# Sent by every worker when it is ready for work. Several start at once, and none tells whether it is a new version.
worker_started = Signal()


def begin_working() -> None:
    """Run again what an older worker did not know, and let modules do what follows from a new version.

    One that fails is logged and keeps no other from it.
    """
    unpark_known_kinds()
    worker_started.send_robust(sender=None)
