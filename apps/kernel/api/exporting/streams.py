"""Answers that leave piece by piece, after the request's own transaction has ended: in a scope and one of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import copy_context
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse

from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

Pieces = Callable[[], Iterator[bytes]]
END: Final = object()
CHUNK: Final = 64 * 1024


class ScopedStream:
    """Pieces made inside the scope and a transaction. The consumer's own context never sees either."""

    def __init__(self, scope: Scope, pieces: Pieces) -> None:
        self._context = copy_context()
        self._inner = _inside(scope, pieces)

    def __iter__(self) -> Iterator[bytes]:
        """The stream itself."""
        return self

    def __next__(self) -> bytes:
        """The next piece."""
        piece = self.step()
        if piece is END:
            raise StopIteration
        return bytes(piece)

    def step(self) -> Any:
        """The next piece, or END: an exception of its own cannot cross into a coroutine."""
        return self._context.run(next, self._inner, END)

    def close(self) -> None:
        """End the transaction, also when nobody reads on."""
        self._context.run(self._inner.close)  # type: ignore[attr-defined]


def _inside(scope: Scope, pieces: Pieces) -> Iterator[bytes]:
    with using_scope(scope), scoped_transaction():
        yield from pieces()


async def _in_thread(stream: ScopedStream) -> AsyncIterator[bytes]:
    """The pieces for an event loop, made in the request's own thread, where its database connection lives."""
    step = sync_to_async(stream.step, thread_sensitive=True)
    try:
        while (piece := await step()) is not END:
            yield piece
    finally:
        await sync_to_async(stream.close, thread_sensitive=True)()


def streaming_response(request: HttpRequest, scope: Scope, pieces: Pieces, **headers: str) -> StreamingHttpResponse:
    """An answer in constant memory, under WSGI and ASGI alike."""
    stream = ScopedStream(scope, pieces)
    content: Any = _in_thread(stream) if isinstance(request, ASGIRequest) else stream
    return StreamingHttpResponse(content, headers=headers)


async def _read_in_thread(file: Any) -> AsyncIterator[bytes]:
    """A file's pieces for an event loop."""
    read = sync_to_async(file.read, thread_sensitive=True)
    while piece := await read(CHUNK):
        yield piece


def file_response(request: HttpRequest, file: Any, *, name: str, kind: str, **headers: str) -> FileResponse:
    """An open file as a download in constant memory: under ASGI Django would read all of it before the first byte."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind, headers=headers)
    if isinstance(request, ASGIRequest):
        pieces: Any = _read_in_thread(file)
        response.streaming_content = pieces
    return response
