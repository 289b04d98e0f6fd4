"""A sweeper in a process of its own: `python -m tests.kernel.work_program once|forever`."""

from __future__ import annotations

import sys
import time

import django


def main(how: str) -> None:
    """Sweep until nothing is due, or for ever."""
    django.setup()
    from apps.kernel.work.broker import celery_app
    from apps.kernel.work.sweeper import sweep
    from tests.kernel import work_probes  # noqa: F401 - declares the kinds

    celery_app().finalize()
    print("ready", flush=True)  # noqa: T201 - the test reads it
    sys.stdin.readline()
    outcomes = sweep()
    while how == "forever":
        outcomes += sweep()
        time.sleep(0.02)
    print(dict(outcomes), flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(sys.argv[1])
