"""The way to the broker: short, and closed for a moment after a failure. A message only saves time."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PAUSE = 2.0  # seconds without a try after a failure; by then the beat has sent its own wake-up
BROKEN = (KombuError, RedisError, OSError)


class Breaker:
    """Opens for `pause` seconds when a publish fails; then one caller tries and the others go on skipping."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self._closed_at = 0.0
        self._lock = threading.Lock()

    def admits(self) -> bool:
        """Say whether to try now."""
        if not self._closed_at:
            return True
        with self._lock:
            if time.monotonic() < self._closed_at:
                return False
            self._closed_at = time.monotonic() + self.pause
            return True

    def failed(self) -> None:
        """Skip for a while."""
        self._closed_at = time.monotonic() + self.pause

    def succeeded(self) -> None:
        """Try always again."""
        self._closed_at = 0.0


_breaker = Breaker()


def celery_app() -> Any:
    """The Celery app of this installation, configured."""
    return import_string(getattr(settings, "CELERY_APP", "config.celery.app"))


def publish(task_name: str, args: tuple[Any, ...], *, queue: str, **options: Any) -> bool:
    """Send one task message now, or drop it: a broker that refuses or is silent costs the caller next to nothing.

    `options` are those of Celery's `send_task`. Answers whether the broker took the message. Whatever must not
    get lost stands in the work table.
    """
    app = celery_app()
    if not app.reaches_workers or not _breaker.admits():
        return False
    try:
        app.send_task(task_name, args=args, queue=queue, **options)
    except BROKEN as error:
        _breaker.failed()
        logger.warning("the broker does not take messages (%s); work goes on by the beat", type(error).__name__)
        return False
    _breaker.succeeded()
    return True
