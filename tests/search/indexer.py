"""A worker in a process of its own, which is killed: `python -m tests.search.indexer`."""

from __future__ import annotations

import time

import django


def main() -> None:
    """Sweep all queues for ever; say when ready."""
    django.setup()
    from apps.kernel.work.sweeper import sweep

    print("ready", flush=True)  # noqa: T201 - the test reads it
    while True:
        if not sum((sweep(queue).total() for queue in ("relay", "events", "work")), 0):
            time.sleep(0.02)


if __name__ == "__main__":
    main()
