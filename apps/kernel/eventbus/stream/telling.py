"""The channel on which relays tell the live streams of news: NOTIFY inside their statement, or Redis after it."""

from __future__ import annotations

import logging
from functools import lru_cache, partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError

from apps.kernel.limits.connecting import client_at

logger = logging.getLogger(__name__)

CHANNEL: Final = "agora_events"  # its messages are ids of tenants
REDIS: Final = "redis"
PATIENCE: Final = 0.2  # seconds that a relay waits for Redis


def tell_streams(tenant_id: UUID) -> None:
    """Tell the streams of all processes on Redis, when the transaction has committed; nothing where NOTIFY does it."""
    if settings.STREAM_WAKER == REDIS:
        transaction.on_commit(partial(_publish, tenant_id), robust=True)


def redis_channel() -> str:
    """The channel's name there: installations may share a server."""
    return f"{settings.BROKER_KEY_PREFIX}{CHANNEL}"


def _publish(tenant_id: UUID) -> None:
    try:
        _client(settings.REDIS_URL).publish(redis_channel(), str(tenant_id))
    except (RedisError, OSError) as error:
        logger.warning("the live streams were not told of news: %s", type(error).__name__)


@lru_cache(maxsize=2)
def _client(url: str) -> Redis:
    return client_at(url, patience=PATIENCE)
