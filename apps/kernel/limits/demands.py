"""What a store is asked for: counters as digests, in one order for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from apps.kernel.limits.keys import Key, digest_of
from apps.kernel.limits.rates import Limit, in_force

Hit = tuple[Limit, Key]


@dataclass(frozen=True, slots=True)
class Demand:
    """One more of at most `count` within `seconds` from the first."""

    digest: bytes
    count: int
    seconds: int


def demands_of(hits: Iterable[Hit]) -> list[Demand]:
    """One demand for each counter, those of limits that are off left out.

    Sorted, so that two requests that lock the same rows lock them in the same order.
    """
    found: dict[bytes, Demand] = {}
    for declared, key in hits:
        limit = in_force(declared)
        if limit is not None:
            digest = digest_of(limit.name, key)
            found[digest] = Demand(digest, limit.count, limit.seconds)
    return [found[digest] for digest in sorted(found)]
