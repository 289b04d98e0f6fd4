"""Counters in Valkey or Redis: one script, one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from redis.exceptions import RedisError

from apps.kernel.limits.connecting import client_at
from apps.kernel.limits.demands import Demand
from apps.kernel.work.broker import Breaker

PATIENCE = 0.15  # seconds for a connection, and for an answer
PAUSE = 5.0  # seconds without a try after a failure
BROKEN = (RedisError, OSError)

# Keys without an expiry cannot come from here; one that somebody made gets an end, so that nobody is shut out for ever.
TAKE = """
local wait = 0
for i, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
        local left = redis.call('PTTL', key)
        if left < 0 then
            left = tonumber(ARGV[2 * i])
            redis.call('PEXPIRE', key, left)
        end
        wait = math.max(wait, left, 1)
    end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0
"""


class ValkeyCounters:
    """The counters on one server, and whether it is worth asking."""

    def __init__(self, url: str, *, patience: float | None = None) -> None:
        self.client = client_at(url, patience=patience or PATIENCE)
        self.breaker = Breaker(PAUSE)
        self._script = self.client.register_script(TAKE)

    def take(self, demands: Sequence[Demand]) -> float:
        """Count in all counters or in none; 0 when counted, else the seconds until the last used-up one begins anew.

        Raises one of BROKEN when the server does not answer.
        """
        words = [word for item in demands for word in (item.count, item.seconds * 1000)]
        milliseconds = self._script(keys=[_key(item.digest) for item in demands], args=words)
        return float(milliseconds) / 1000

    def forget(self, digests: Sequence[bytes]) -> int:
        """Have the counters begin anew with their next hit; how many there were. Raises one of BROKEN."""
        return int(self.client.delete(*map(_key, digests)))


def _key(digest: bytes) -> str:
    return f"{settings.BROKER_KEY_PREFIX}limit:{digest.hex()}"


@lru_cache(maxsize=8)
def counters_at(url: str) -> ValkeyCounters | None:
    """This process's counters on the server; None for `memory://`, where there is none."""
    return None if url.startswith("memory") else ValkeyCounters(url)
