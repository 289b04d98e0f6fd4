"""All streams of a process: feeds by tenant, threads for the database, and the one who is told of news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from apps.kernel.eventbus.stream.feeds import Feed
from apps.kernel.eventbus.stream.seats import Seats
from apps.kernel.eventbus.stream.streams import Message, Receive, Send, Stream, Why
from apps.kernel.eventbus.stream.waking import listen
from apps.kernel.web.metrics.instruments import count_stream_end

logger = logging.getLogger(__name__)

R = TypeVar("R")

THREADS: Final = 2  # connections to the database that all streams of the process share


class Hub:
    """Lives in one event loop, from the first stream until the process stops."""

    def __init__(self) -> None:
        self.seats = Seats()
        self.is_closing = False
        self._feeds: dict[UUID, Feed] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._listener: asyncio.Task[None] | None = None

    async def serve(self, stream: Stream, beginning: Sequence[Message], receive: Receive, send: Send) -> None:
        """Serve one stream to its end; the beginning of the answer goes out once the stream has its place."""
        feed = self._feed_of(stream.tenant_id)
        feed.members += 1
        try:
            await self._placed(stream, feed)
            for message in beginning:
                await send(message)
            await stream.serve(receive, send, feed.stands)
        finally:
            feed.members -= 1
            feed.leave(stream)
            count_stream_end((stream.why or Why.GONE).value)
            if not feed.members:
                del self._feeds[stream.tenant_id]
                await feed.close()

    async def _placed(self, stream: Stream, feed: Feed) -> None:
        if self.is_closing:
            stream.end(Why.CLOSING)
            return
        try:
            await feed.join(stream)
        except DatabaseError:
            logger.warning("a live stream could not begin", exc_info=True)
            stream.end(Why.FAILED)

    def wake(self, tenant_id: UUID | None) -> None:
        """Have the tenant's streams look for news; None: all tenants'."""
        if tenant_id is None:
            for feed in self._feeds.values():
                feed.wake()
        elif (found := self._feeds.get(tenant_id)) is not None:
            found.wake()

    def end_all(self) -> None:
        """End all streams, because the process stops; their clients come back, to another one."""
        self.is_closing = True
        for feed in self._feeds.values():
            feed.end_all(Why.CLOSING)

    async def close(self) -> None:
        """Stop everything."""
        self.end_all()
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        if self._threads is not None:
            for _ in range(THREADS):
                self._threads.submit(connections.close_all)
            self._threads.shutdown()

    def _feed_of(self, tenant_id: UUID) -> Feed:
        if self._listener is None:
            self._listener = asyncio.create_task(listen(self.wake))
        if tenant_id not in self._feeds:
            self._feeds[tenant_id] = Feed(tenant_id, self._in_thread)
        return self._feeds[tenant_id]

    async def _in_thread(self, call: Callable[..., R], /, *args: Any) -> R:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live-stream")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_on_sound_connection, call, *args))


def _on_sound_connection(call: Callable[..., R], *args: Any) -> R:
    """Call with a connection that is neither too old nor known to be broken."""
    close_old_connections()
    try:
        return call(*args)
    finally:
        close_old_connections()
