"""Counters of a test's own, on either store, for tests of limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from apps.kernel.api.refusals import RateLimited
from apps.kernel.limits import valkey
from apps.kernel.limits.counting import consume
from apps.kernel.limits.demands import Hit
from apps.kernel.limits.valkey import counters_at

MEMORY = "memory://"
STORES = ("valkey", "postgres")


@contextmanager
def own_counters(settings: Any, *, patience: float = 5.0) -> Iterator[str]:
    """Every limit as it is declared, counters that begin at nothing, and patience with a busy machine.

    Yields what the keys in Valkey begin with.
    """
    settings.RATE_LIMITS = {}
    settings.BROKER_KEY_PREFIX = f"agora-test-{uuid4().hex}:"
    usual, valkey.PATIENCE = valkey.PATIENCE, patience
    counters_at.cache_clear()
    try:
        yield settings.BROKER_KEY_PREFIX
    finally:
        valkey.PATIENCE = usual
        counters_at.cache_clear()


def use_store(name: str, settings: Any) -> str:
    """Count there; counters in PostgreSQL go with the test's transaction or database."""
    if name == "postgres":
        settings.REDIS_URL = MEMORY
    elif settings.REDIS_URL == MEMORY:
        pytest.skip("there is no Valkey on this machine")
    return name


def accepted(number: int, *hits: Hit) -> int:
    """How many of so many tries get through."""
    return sum(waiting(hits) is None for _ in range(number))


def waiting(hits: Sequence[Hit]) -> int | None:
    """Seconds to wait after one try; None when it gets through."""
    try:
        consume(hits)
    except RateLimited as refusal:
        seconds: int = refusal.context["retry_after"]
        return seconds
    return None


def counters_in_table() -> list[tuple[bytes, int]]:
    """Digest and hits of every counter in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest, hits FROM rate_counter")
        return [(bytes(digest), hits) for digest, hits in cursor.fetchall()]
