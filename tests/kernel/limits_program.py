"""A process that tries to get through on each store: `python -m tests.kernel.limits_program <tries> <count>`."""

from __future__ import annotations

import sys

import django
from django.conf import settings


def main(tries: int, count: int) -> None:
    """Say that it is ready, wait for the start, try so often, and print how many tries got through on each store."""
    django.setup()
    from apps.kernel.limits.rates import Limit
    from tests.kernel.limits_probes import STORES, accepted, own_counters, use_store

    prefix, shares = settings.BROKER_KEY_PREFIX, []
    print("ready", flush=True)  # noqa: T201 - the test reads it
    sys.stdin.readline()
    with own_counters(settings):
        settings.BROKER_KEY_PREFIX = prefix
        for name in STORES:
            use_store(name, settings)
            narrow, wide = Limit(f"tests.narrow.{name}", count, 60), Limit(f"tests.wide.{name}", 1000, 60)
            shares.append(accepted(tries, (narrow, ("shared",)), (wide, ("shared",))))
    print(*shares, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
