"""A worker in a process of its own, which notes and sends: `python -m tests.webhooks.hook_program [seconds]`."""

from __future__ import annotations

import sys
import time

import django


def main(seconds: float) -> None:
    """Take what happened to the ledger and send what is due, once or for some seconds."""
    django.setup()
    from apps.kernel.work.broker import celery_app
    from apps.kernel.work.sweeper import sweep

    celery_app().finalize()
    until = time.monotonic() + seconds
    print("begun", flush=True)  # noqa: T201 - the test reads it
    while True:
        for queue in ("relay", "events", "webhooks"):
            sweep(queue)
        if time.monotonic() >= until:
            break
        time.sleep(0.02)
    print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
