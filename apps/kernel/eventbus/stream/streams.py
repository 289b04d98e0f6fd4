"""One stream: what waits for its client, and the writing of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final

from django.conf import settings

from apps.kernel.eventbus.stream.audience import Listener, hears, listener_of
from apps.kernel.eventbus.stream.authority import Admitted
from apps.kernel.eventbus.stream.messages import Told, gap, heartbeat, here
from apps.kernel.eventbus.stream.positions import Position, position_named

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LONGEST_QUEUE: Final = 500  # messages that wait for a slow client; it is sent away, comes back and catches up
PIECE: Final = 32 * 1024  # bytes after which no further message is added to what goes out together
LAST_WORDS: Final = 1.0  # seconds that the end of the answer may take
BODY: Final = "http.response.body"


class Why(StrEnum):
    """Why a stream ended."""

    GONE = "gone"  # the client went away
    SLOW = "slow"  # the client did not take what was sent
    CHANGED = "changed"  # the session ended, or rights changed
    CLOSING = "closing"  # the process stops
    FAILED = "failed"  # the database did not answer when it began


class Stream:
    """One client. Everything happens in the event loop; only `write` waits for the client."""

    def __init__(self, admitted: Admitted, *, last_id: str = "") -> None:
        self.admitted = admitted
        self.listener: Listener = listener_of(admitted.scope)
        self.tenant_id = admitted.scope.tenant_id
        self.why: Why | None = None
        self._named = position_named(last_id, self.tenant_id) if last_id else None
        self._is_unknown = bool(last_id) and self._named is None
        self._reached = self._named or Position(0)
        self._frames: deque[bytes] = deque()
        self._has_more = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def came_back_from(self) -> Position | None:
        """The place that the client names; None for a new one, and for a name that nobody knows."""
        return self._named

    def begin(self, at: Position, missed: Iterable[Told] | None = ()) -> None:
        """Say where the stream stands, before anything that has been offered meanwhile.

        `missed` is what a client that comes back has not heard yet; None where that cannot be told.
        """
        if missed is None or self._is_unknown:
            first = [gap(at, self.tenant_id)]
        else:
            first = [item.frame for item in missed if hears(self.listener, item.audience)]
            first = [*first, here(max(at, self._reached), self.tenant_id)]
        self._frames.extendleft(reversed(first))
        self._reached = at if missed is None else max(at, self._reached)
        self._has_more.set()

    def offer(self, told: Told) -> None:
        """Send the event if the client may hear it and has not. Ends the stream of a client that is too slow."""
        if told.position <= self._reached or not hears(self.listener, told.audience):
            return
        if len(self._frames) >= LONGEST_QUEUE:
            self.end(Why.SLOW)
            return
        self._reached = told.position
        self._frames.append(told.frame)
        self._has_more.set()

    def end(self, why: Why) -> None:
        """End the stream; the first reason counts."""
        if self.why is None:
            self.why = why
            self._ended.set()

    async def serve(self, receive: Receive, send: Send, stands: Callable[[], Position]) -> None:
        """Write until the client goes or the stream is ended; `stands` says how far the tenant has been read."""
        tasks = [
            asyncio.create_task(self._write(send, stands)),
            asyncio.create_task(_until_gone(receive)),
            asyncio.create_task(self._ended.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self.why is None:
            self.end(Why.GONE)
        elif self.why is not Why.SLOW:
            await self._finish(send)

    async def _write(self, send: Send, stands: Callable[[], Position]) -> None:
        while True:
            try:
                async with asyncio.timeout(settings.STREAM_HEARTBEAT):
                    await self._has_more.wait()
            except TimeoutError:
                self._frames.append(heartbeat(max(stands(), self._reached), self.tenant_id))
            await send({"type": BODY, "body": self._piece(), "more_body": True})

    def _piece(self) -> bytes:
        """What goes out next; not everything at once, because the server keeps some pieces, whatever their size."""
        taken, size = [], 0
        while self._frames and size < PIECE:
            taken.append(self._frames.popleft())
            size += len(taken[-1])
        if not self._frames:
            self._has_more.clear()
        return b"".join(taken)

    async def _finish(self, send: Send) -> None:
        with suppress(Exception):  # the client may be gone by now
            async with asyncio.timeout(LAST_WORDS):
                await send({"type": BODY, "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
