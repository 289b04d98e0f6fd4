"""What came back from outside, read with a limit that also holds after decompression."""

from __future__ import annotations

import codecs
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from apps.kernel.outbound.deadlines import seconds_left
from apps.kernel.outbound.errors import OutboundRefused, Reason

_PIECE = 65536
# Python's own codecs, which are no character sets; the first takes time that grows with the square of the length.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape"})
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; `url` is where it came from after redirects, `content` is decompressed."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Tell whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body by the character set of its content type, UTF-8 by default; never raises."""
        content_type = {"content-type": self.headers.get("content-type", "")}
        charset = httpx.Response(self.status, headers=content_type).charset_encoding or "utf-8"
        try:
            known = codecs.lookup(charset).name
            return self.content.decode("utf-8" if known in _NO_CHARSETS else known, errors="replace")
        except (LookupError, ValueError):
            return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body as JSON; raises OutboundRefused (invalid_response) when it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise OutboundRefused(Reason.INVALID_RESPONSE, host=httpx.URL(self.url).host) from error


class _Decoder(Protocol):
    def feed(self, data: bytes, *, room: int) -> bytes:
        """Return at most `room` + 1 bytes more."""

    def finish(self) -> None:
        """Refuse a body that ended too early."""


class _Plain:
    def feed(self, data: bytes, *, room: int) -> bytes:
        return data

    def finish(self) -> None:
        return None


class _Inflated:
    """Gzip (any number of members) or deflate (with or without the zlib header)."""

    def __init__(self, encoding: str) -> None:
        self._window = _WINDOWS[encoding]
        self._inflate = zlib.decompressobj(self._window)
        self._started = False

    def feed(self, data: bytes, *, room: int) -> bytes:
        out = bytearray()
        while data and len(out) <= room:
            if self._inflate.eof:
                self._inflate = zlib.decompressobj(self._window)
            out += self._decompress(data, limit=room + 1 - len(out))
            data = self._inflate.unconsumed_tail or self._inflate.unused_data
        return bytes(out)

    def finish(self) -> None:
        if self._started and not self._inflate.eof:
            raise OutboundRefused(Reason.INVALID_RESPONSE)

    def _decompress(self, data: bytes, *, limit: int) -> bytes:
        first, self._started = not self._started, True
        try:
            return self._inflate.decompress(data, limit)
        except zlib.error as error:
            if first and self._window == zlib.MAX_WBITS:
                # Some servers send "deflate" without the zlib header that RFC 9110 asks for.
                self._window = -zlib.MAX_WBITS
                self._inflate = zlib.decompressobj(self._window)
                return self._decompress(data, limit=limit)
            raise OutboundRefused(Reason.INVALID_RESPONSE) from error


def read_body(headers: httpx.Headers, chunks: Iterable[bytes], *, max_bytes: int) -> bytes:
    """Collect `chunks` and undo the content encoding; neither side of it may pass `max_bytes`."""
    if _declared_length(headers) > max_bytes:
        raise OutboundRefused(Reason.TOO_LARGE)
    decoder = _decoder(headers.get("content-encoding", ""))
    body = bytearray()
    received = 0
    for chunk in chunks:
        received += len(chunk)
        for start in range(0, len(chunk), _PIECE):
            seconds_left()
            body += decoder.feed(chunk[start : start + _PIECE], room=max_bytes - len(body))
            if max(received, len(body)) > max_bytes:
                raise OutboundRefused(Reason.TOO_LARGE)
    decoder.finish()
    return bytes(body)


def _declared_length(headers: httpx.Headers) -> int:
    declared = headers.get("content-length", "0")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _decoder(encoding: str) -> _Decoder:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _Plain()
    if name in _WINDOWS:
        return _Inflated(name)
    # Only gzip and deflate were offered, and one layer of them.
    raise OutboundRefused(Reason.INVALID_RESPONSE)
