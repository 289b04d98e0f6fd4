"""Documents from outside: fetched through the house's client, and kept a minute for whoever asks for the same."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta

from apps.currencies.contracts import RateQuote
from apps.currencies.errors import FetchFailed
from apps.kernel.outbound import Answer, Outbound
from apps.kernel.outbound.client import MAX_BYTES
from apps.kernel.outbound.targets import parse_target

TIMEOUT = 20.0
REDIRECTS = 3
LONGEST_WAIT = 3600
KEPT_SECONDS = 60.0
MOST_KEPT = 8
LARGEST_KEPT = 2 * 1024 * 1024

Reader = Callable[[bytes], Sequence[RateQuote]]


def fetched(url: str, *, accept: str, max_bytes: int = MAX_BYTES, may_be_missing: bool = False) -> bytes | None:
    """The body at the address; None for a 404 where one is allowed. Raises OutboundRefused, FetchFailed."""
    client = Outbound(timeout=TIMEOUT, max_bytes=max_bytes)
    answer = client.request("GET", url, headers={"accept": accept}, follow_redirects=REDIRECTS)
    if answer.status == 404 and may_be_missing:
        return None
    if not answer.ok:
        raise FetchFailed(host=parse_target(url).host, answer=answer.status, after=_asked_to_wait(answer))
    return answer.content


def _asked_to_wait(answer: Answer) -> timedelta | None:
    """`Retry-After` in seconds; as a date it is left to the usual delays."""
    text = answer.headers.get("retry-after", "")
    known = text.isascii() and text.isdigit() and len(text) < 10
    return timedelta(seconds=min(int(text), LONGEST_WAIT)) if known else None


class Shelf:
    """Bodies of public documents by address, for a minute, in this process.

    Ten thousand tenants that fetch at the same time of day ask the provider a few times, not ten thousand. Only
    what could be read is kept, so that a broken document is asked for again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, bytes | None]] = OrderedDict()

    def read(self, url: str, fetch: Callable[[], bytes | None], reader: Reader) -> Sequence[RateQuote]:
        """What `reader` finds in the document, which `fetch` brings if it is not here; nothing where there is none."""
        with self._lock:
            until, kept = self._kept.get(url, (0.0, None))
        is_here = until > self._clock()
        content = kept if is_here else fetch()
        quotes = () if content is None else reader(content)
        if not is_here:
            self._keep(url, content)
        return quotes

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def _keep(self, url: str, content: bytes | None) -> None:
        if content is not None and len(content) > LARGEST_KEPT:
            return
        with self._lock:
            self._kept[url] = (self._clock() + KEPT_SECONDS, content)
            self._kept.move_to_end(url)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


PUBLIC = Shelf()
