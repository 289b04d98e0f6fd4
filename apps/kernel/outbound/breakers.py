"""A circuit breaker per host and process: a host that does not answer is left alone for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from apps.kernel.outbound.errors import OutboundFailed, Reason


@dataclass(slots=True)
class _Trouble:
    """Failures in a row; `opened_at` is set while the breaker is open, `trying` while one call probes."""

    failures: int = 0
    opened_at: float | None = None
    trying: bool = False


class Breakers:
    """Counts failures in a row by key; only hosts in trouble are kept, `capacity` of them at most."""

    def __init__(
        self,
        *,
        threshold: int = 5,
        cooldown: float = 30.0,
        capacity: int = 2048,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threshold = threshold
        self._cooldown = cooldown
        self._capacity = capacity
        self._clock = clock
        self._lock = Lock()
        self._troubles: OrderedDict[Hashable, _Trouble] = OrderedDict()

    @contextmanager
    def guard(self, key: Hashable, *, host: str) -> Iterator[None]:
        """Run one call; OutboundFailed counts as failure of the host, anything else as a sign of life.

        Raises OutboundFailed (breaker_open) without running it while the host is left alone. After the
        cool-down one call may try; the others are refused until its outcome is known.
        """
        self._enter(key, host=host)
        failed = True
        try:
            yield
            failed = False
        except Exception as error:
            failed = isinstance(error, OutboundFailed)
            raise
        finally:
            self._leave(key, failed=failed)

    def _enter(self, key: Hashable, *, host: str) -> None:
        with self._lock:
            trouble = self._troubles.get(key)
            if trouble is None or trouble.opened_at is None:
                return
            if trouble.trying or self._clock() - trouble.opened_at < self._cooldown:
                raise OutboundFailed(Reason.BREAKER_OPEN, host=host)
            trouble.trying = True

    def _leave(self, key: Hashable, *, failed: bool) -> None:
        with self._lock:
            if not failed:
                self._troubles.pop(key, None)
                return
            trouble = self._troubles.setdefault(key, _Trouble())
            self._troubles.move_to_end(key)
            trouble.failures += 1
            trouble.trying = False
            if trouble.failures >= self._threshold:
                trouble.opened_at = self._clock()
            if len(self._troubles) > self._capacity:
                self._troubles.popitem(last=False)
