"""Who tells the streams of news: PostgreSQL's NOTIFY, or a channel of Redis. Either may fail: streams look anyway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo
from redis import RedisError
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from apps.kernel.eventbus.stream.telling import CHANNEL, REDIS, redis_channel

logger = logging.getLogger(__name__)

Wake = Callable[[UUID | None], None]

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds before it is tried again
SILENT: Final = 60.0  # seconds without news after which the connection is tried
OWN: Final[dict[str, Any]] = {
    "application_name": "agora-stream",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
PLACE: Final = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
NOT_LIBPQ: Final = frozenset({"prepare_threshold", "pool", "server_side_binding"})


async def listen(wake: Wake) -> None:
    """Call `wake` with each tenant of which there is news, and with None after each gap; never ends by itself."""
    once = _on_redis if settings.STREAM_WAKER == REDIS else _on_postgres
    pause = FIRST_PAUSE
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await once(wake)
        except (psycopg.Error, RedisError, OSError) as error:
            logger.warning("nobody tells the live streams of news: %s", type(error).__name__)
        lasted = asyncio.get_running_loop().time() - began
        pause = FIRST_PAUSE if lasted > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        await asyncio.sleep(pause)


async def _on_postgres(wake: Wake) -> None:
    async with await psycopg.AsyncConnection.connect(_address(), autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        wake(None)
        while True:
            async for notice in connection.notifies(timeout=SILENT):
                _told(wake, notice.payload)
            await connection.execute("SELECT")


def _address() -> str:
    """Where to listen: past the pooler if it is said how, else where everybody works."""
    if settings.DATABASE_DIRECT_URL:
        return make_conninfo(settings.DATABASE_DIRECT_URL, **OWN)
    known = settings.DATABASES["default"]
    options = {name: value for name, value in known["OPTIONS"].items() if name not in NOT_LIBPQ}
    place = {word: known[name] for word, name in PLACE.items() if known[name]}
    return make_conninfo(**{**options, **place, **OWN})


async def _on_redis(wake: Wake) -> None:
    client = AsyncRedis.from_url(
        settings.REDIS_URL, socket_connect_timeout=5, health_check_interval=30, retry=Retry(NoBackoff(), 0)
    )
    async with client, client.pubsub() as channel:
        await channel.subscribe(redis_channel())
        wake(None)
        async for message in channel.listen():
            if message["type"] == "message":
                _told(wake, message["data"].decode())


def _told(wake: Wake, payload: str) -> None:
    try:
        wake(UUID(payload))
    except ValueError:
        logger.warning("somebody else speaks on the channel %s", CHANNEL)
