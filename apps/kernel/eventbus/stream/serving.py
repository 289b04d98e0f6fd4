"""Django's ASGI handler, with streams: a request opens one like any other, and then it needs no thread any more."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections

from apps.kernel.eventbus.stream.audience import Key
from apps.kernel.eventbus.stream.hub import Hub
from apps.kernel.eventbus.stream.messages import MEDIA_TYPE
from apps.kernel.eventbus.stream.seats import Seats
from apps.kernel.eventbus.stream.streams import BODY, Message, Receive, Send, Stream
from apps.kernel.limits.middleware import STREAM
from apps.kernel.web.metrics.instruments import show_streams

OPENING: Final = "agora.stream"  # where an ASGI scope holds the Opening
TOGETHER: Final = 4  # streams that open at the same time: each takes a thread and a connection while it does
STOPPING: Final = (signal.SIGTERM, signal.SIGINT)


class Opening:
    """Carries a stream from its view, which runs in a thread, to the loop that serves it.

    The beginning of the answer is kept until the stream has its place: whoever sees that it is open misses nothing.
    """

    def __init__(self, send: Send, seats: Seats) -> None:
        self.stream: Stream | None = None
        self.beginning: list[Message] = []
        self._send = send
        self._seats = seats
        self._key: Key | None = None

    def admit(self, stream: Stream) -> None:
        """Take a seat for the stream and have it served behind the answer. Raises StreamsFull, TooManyStreams."""
        self._seats.take(stream.listener.key)
        self._key, self.stream = stream.listener.key, stream
        show_streams(len(self._seats))

    async def send(self, message: Message) -> None:
        """Pass the answer on, and keep that of a stream, which stays open."""
        if message["type"] == "http.response.start" and self.stream is not None and _is_stream(message):
            self.beginning.append(message)
        elif not self.beginning:
            await self._send(message)
        elif message["type"] == BODY and message.get("body"):
            self.beginning.append({**message, "more_body": True})

    def close(self) -> None:
        """Give the seat back."""
        if self._key is not None:
            self._seats.give_back(self._key)
            self._key = None
            show_streams(len(self._seats))


class HouseHandler(ASGIHandler):
    """Serves everything; the address of the live stream stays open after its view has answered.

    The handler of Django keeps a thread, and with it a connection to the database, for as long as an answer lasts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hub = Hub()
        self._doors = asyncio.Semaphore(TOGETHER)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"].rstrip("/").endswith(STREAM):
            await self._open(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer in a thread of the request's own, and close its connections before it is gone.

        They belong to the thread, so nobody could use them again; the database would count them until somebody
        happens to collect them.
        """
        async with ThreadSensitiveContext():
            try:
                await self.handle(scope, receive, send)
            finally:
                await sync_to_async(connections.close_all)()

    async def _open(self, scope: Any, receive: Receive, send: Send) -> None:
        opening = Opening(send, self.hub.seats)
        try:
            async with self._doors:
                await self._answer({**scope, OPENING: opening}, receive, opening.send)
            if opening.stream is not None and opening.beginning:
                await self.hub.serve(opening.stream, opening.beginning, receive, send)
        finally:
            opening.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the process."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                end_streams_first(self.hub)
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.hub.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _is_stream(message: Message) -> bool:
    types = [value for name, value in message["headers"] if name.lower() == b"content-type"]
    return bool(message["status"] == 200 and types and types[0].startswith(MEDIA_TYPE.encode()))


def end_streams_first(hub: Hub) -> None:
    """Have a signal to stop end the streams: servers wait for open answers, and say only then that they stop."""
    loop = asyncio.get_running_loop()
    for number in STOPPING:
        former = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, former: Any = former) -> None:
            loop.call_soon_threadsafe(hub.end_all)
            if callable(former):
                former(number, frame)

        with suppress(ValueError):  # not in the main thread: then somebody else takes the signals
            signal.signal(number, stop)
