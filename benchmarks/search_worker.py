"""A worker of the search benchmark: takes events to the index until it is stopped."""

from __future__ import annotations

import os
import time

import django


def main() -> None:
    """Sweep for ever."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from apps.kernel.work.sweeper import sweep

    print("ready", flush=True)
    while True:
        if not (sweep("relay") + sweep("events")).total():
            time.sleep(0.02)


if __name__ == "__main__":
    main()
