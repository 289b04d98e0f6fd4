"""The streams of one tenant in this process: one reader for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from apps.kernel.eventbus.stream.authority import still_the_same
from apps.kernel.eventbus.stream.positions import Position
from apps.kernel.eventbus.stream.reading import catch_up, read, start
from apps.kernel.eventbus.stream.streams import Stream, Why
from apps.kernel.tenancy.scope import Actor

logger = logging.getLogger(__name__)

R = TypeVar("R")

POLL: Final = 2.0  # seconds between looks that nobody asked for: the longest delay of a lost wake-up
JUDGED: Final = 2.0  # seconds between looks whether sessions and rights still hold
HELD: Final = 0.05  # seconds until the next look where a transaction holds events back; doubled up to POLL


class Threads(Protocol):
    """Runs what asks the database, outside the event loop."""

    def __call__(self, call: Callable[..., R], /, *args: Any) -> Coroutine[Any, Any, R]:
        """What `call` gives."""
        ...


class Feed:
    """Reads a tenant's events once for each wake-up, and offers them to all its streams."""

    def __init__(self, tenant_id: UUID, threads: Threads) -> None:
        self.tenant_id = tenant_id
        self.members = 0  # streams that are here or on their way in
        self._threads = threads
        self._streams: set[Stream] = set()
        self._cursor: Position | None = None
        self._woken = asyncio.Event()
        self._turn = asyncio.Lock()  # nobody comes in between a read and its offers
        self._held = HELD
        self._judge_at = 0.0
        self._reader = asyncio.create_task(self._run())

    def stands(self) -> Position:
        """How far the tenant's events have been read and offered."""
        return self._cursor or Position(0)

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    def end_all(self, why: Why) -> None:
        """End all streams."""
        for stream in tuple(self._streams):
            stream.end(why)

    async def join(self, stream: Stream) -> None:
        """Let a stream in: what it missed comes first, then everything from now on. Raises DatabaseError."""
        async with self._turn:
            if self._cursor is None:
                self._cursor = await self._threads(start, self.tenant_id)
            since = self._cursor
            self._streams.add(stream)
        self.wake()
        after = stream.came_back_from
        if after is None:
            stream.begin(since)
            return
        missed = await self._threads(catch_up, self.tenant_id, after, since, stream.listener.actor)
        stream.begin(since, missed)

    def leave(self, stream: Stream) -> None:
        """Let a stream go."""
        self._streams.discard(stream)

    async def close(self) -> None:
        """Stop reading."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _run(self) -> None:
        pause = POLL
        while True:
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                pause = await self._look()
            except Exception:
                logger.exception("the live stream of a tenant could not be read; it is tried again")
                pause = POLL

    async def _look(self) -> float:
        """Read, offer, judge; the seconds until the next look."""
        if not self._streams or self._cursor is None:
            return POLL
        async with self._turn:
            batch = await self._threads(read, self.tenant_id, self._cursor, self._actors())
            for told in batch.told:
                for stream in self._streams:
                    stream.offer(told)
            self._cursor = batch.cursor
        await self._judge()
        if batch.is_full:
            return 0.0
        self._held = min(self._held * 2, POLL) if batch.is_held else HELD
        return min(self._held if batch.is_held else POLL, max(self._judge_at - _now(), 0.0))

    def _actors(self) -> list[Actor]:
        """Those who listen, each once."""
        return list({stream.listener.key: stream.listener.actor for stream in self._streams}.values())

    async def _judge(self) -> None:
        """End the streams whose session is over or whose rights are others than when they were opened."""
        if _now() < self._judge_at:
            return
        streams = tuple(self._streams)
        verdicts = await self._threads(still_the_same, self.tenant_id, [stream.admitted for stream in streams])
        for stream, holds in zip(streams, verdicts, strict=True):
            if not holds:
                stream.end(Why.CHANGED)
        self._judge_at = _now() + JUDGED


def _now() -> float:
    return asyncio.get_running_loop().time()
