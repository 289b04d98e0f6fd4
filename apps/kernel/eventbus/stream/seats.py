"""Room for streams: so many in a process, so many for one caller."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Final

from django.conf import settings

from apps.kernel.eventbus.stream.audience import Key
from apps.kernel.eventbus.stream.errors import StreamsFull, TooManyStreams

COME_BACK: Final = 30  # seconds after which a client that found no room may try again


class Seats:
    """Counts the streams of this process; views take a seat in their threads, the loop gives it back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: Counter[Key] = Counter()
        self._number = 0

    def __len__(self) -> int:
        """How many are taken."""
        return self._number

    def take(self, key: Key) -> None:
        """Take one. Raises StreamsFull, TooManyStreams."""
        with self._lock:
            if self._number >= settings.STREAMS_MOST:
                raise StreamsFull(retry_after=COME_BACK)
            if self._taken[key] >= settings.STREAMS_OF_ONE:
                raise TooManyStreams(retry_after=COME_BACK)
            self._taken[key] += 1
            self._number += 1

    def give_back(self, key: Key) -> None:
        """Give one back."""
        with self._lock:
            self._number -= 1
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]
