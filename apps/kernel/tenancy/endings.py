"""What has to happen once at the end of a request, a stream or a task: after its work, before its answer leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from apps.kernel.errors import PlatformError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Ending(Protocol):
    """Collects during a request and is run at its end; `run` may be called again and then does what came since."""

    def run(self) -> None:
        """Do it. May raise a PlatformError, which a read then answers with."""
        ...


EndingT = TypeVar("EndingT", bound=Ending)
Endings = dict[type[Any], Any]
_open: ContextVar[Endings | None] = ContextVar("agora_endings", default=None)


def ending(kind: type[EndingT]) -> EndingT | None:
    """The one object of this class that belongs to the open request, stream or task; None where none is open."""
    found = _open.get()
    if found is None:
        return None
    if kind not in found:
        found[kind] = kind()
    made: EndingT = found[kind]
    return made


@contextmanager
def concluding() -> Iterator[None]:
    """Open a place for endings around a task, and run them when it is over, also when it fails."""
    found: Endings = {}
    token = _open.set(found)
    try:
        yield
    finally:
        _open.reset(token)
        _run(found)


def concluded(request: HttpRequest, respond: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer, after its endings; a stream runs those of its own when it ends or is given up.

    A refusal by an ending takes the place of the answer to a read, which nobody has seen yet. What was written
    stays written, so a write keeps its answer; the ending itself has logged what went wrong.
    """
    found: Endings = {}
    token = _open.set(found)
    try:
        response = respond()
    finally:
        _open.reset(token)
    try:
        _run(found)
    except PlatformError:
        if request.method in SAFE:
            raise
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        _follow(response, found)
    return response


def _run(found: Endings) -> None:
    for item in list(found.values()):
        item.run()


def _follow(response: StreamingHttpResponse, found: Endings) -> None:
    content: Any = response.streaming_content
    response.streaming_content = _watched(content, found) if response.is_async else _Stream(content, found)


class _Stream:
    """A stream's pieces; its endings run behind the last one, or when it is closed before."""

    def __init__(self, content: Any, found: Endings) -> None:
        self._content = iter(content)
        self._found = found

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        token = _open.set(self._found)
        try:
            piece: bytes = next(self._content)
        except BaseException:
            self.close()
            raise
        finally:
            _open.reset(token)
        return piece

    def close(self) -> None:
        """Run what has come since."""
        _run_logged(self._found)


async def _watched(content: AsyncIterator[bytes], found: Endings) -> AsyncIterator[bytes]:
    try:
        async for piece in content:
            yield piece
    finally:
        await sync_to_async(_run_logged, thread_sensitive=True)(found)


def _run_logged(found: Endings) -> None:
    """Run endings whose answer has left: a refusal is in the log and cannot change it any more."""
    try:
        _run(found)
    except PlatformError:
        return
