"""The only client for outside hosts."""

from __future__ import annotations

import ssl
from collections.abc import Hashable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx

from apps.kernel.outbound.answers import Answer, read_body
from apps.kernel.outbound.breakers import Breakers
from apps.kernel.outbound.calls import Call, make_call
from apps.kernel.outbound.deadlines import deadline, seconds_left
from apps.kernel.outbound.errors import OutboundFailed, OutboundRefused, Reason
from apps.kernel.outbound.network import GuardedBackend
from apps.kernel.outbound.resolving import Resolver, resolver_from_settings
from apps.kernel.outbound.targets import parse_target
from apps.kernel.tenancy.scope import scope_or_none

TIMEOUT = 15.0
MAX_BYTES = 10 * 1024 * 1024

_BREAKERS = Breakers()
_REASONS: tuple[tuple[type[Exception], type[OutboundRefused], Reason], ...] = (
    (httpcore.TimeoutException, OutboundFailed, Reason.TIMEOUT),
    (httpcore.LocalProtocolError, OutboundRefused, Reason.INVALID_REQUEST),
    (httpcore.ProtocolError, OutboundFailed, Reason.INVALID_RESPONSE),
    (httpcore.NetworkError, OutboundFailed, Reason.CONNECTION_FAILED),
)


class Outbound:
    """Calls http and https hosts of the public internet, and nothing else.

    `timeout` is in seconds and covers a whole call. Used as a context manager it keeps connections open
    between calls (for paging through an API); otherwise each call connects anew. May be shared by threads.
    """

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        breakers: Breakers = _BREAKERS,
    ) -> None:
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._resolver = resolver or resolver_from_settings()
        self._ssl_context = ssl_context
        self._breakers = breakers
        self._kept: httpcore.ConnectionPool | None = None

    def __enter__(self) -> Self:
        self._kept = self._new_pool(kept_connections=8)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def check(self, url: str) -> None:
        """Raise OutboundRefused if `url` may not be called now; for checking what people enter."""
        with deadline(self._timeout):
            self._resolver.addresses(parse_target(url))

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        follow_redirects: int = 0,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Call `url` and return the complete answer, whatever its status.

        `json` None means no body. `follow_redirects` is the number of hops; with 0 a redirect is the answer.
        Raises OutboundRefused for what is not allowed, OutboundFailed for what another try may mend.
        """
        call = make_call(method, url, headers=headers, json_body=json, content=content, idempotency_key=idempotency_key)
        with deadline(self._timeout):
            return self._followed(call, hops=follow_redirects)

    def _followed(self, call: Call, *, hops: int) -> Answer:
        for _ in range(hops + 1):
            answer = self._exchanged(call)
            onward = call.redirected(answer) if hops else None
            if onward is None:
                return answer
            call = onward
        raise OutboundRefused(Reason.TOO_MANY_REDIRECTS, host=call.target.host)

    def _exchanged(self, call: Call) -> Answer:
        host = call.target.host
        with self._breakers.guard(_breaker_key(call), host=host), _told_apart(host), self._pool() as pool:
            response = pool.handle_request(_wire_request(call))
            with closing(response):
                headers = httpx.Headers(response.headers)
                content = b"" if call.method == "HEAD" else self._body(headers, response)
            return Answer(response.status, headers, content, call.target.url)

    def _body(self, headers: httpx.Headers, response: httpcore.Response) -> bytes:
        return read_body(headers, response.iter_stream(), max_bytes=self._max_bytes)

    @contextmanager
    def _pool(self) -> Iterator[httpcore.ConnectionPool]:
        if self._kept is not None:
            yield self._kept
            return
        with self._new_pool(kept_connections=0) as pool:
            yield pool

    def _new_pool(self, *, kept_connections: int) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=self._ssl_context or _public_authorities(),
            max_keepalive_connections=kept_connections,
            keepalive_expiry=5.0,
            network_backend=GuardedBackend(self._resolver),
        )


def _breaker_key(call: Call) -> Hashable:
    # One tenant's slow page on a shared host must not cut the other tenants off from it.
    scope = scope_or_none()
    return (scope.tenant_id if scope else None, call.target.origin)


def _wire_request(call: Call) -> httpcore.Request:
    # httpx adds Host and the length; its own client would add proxies, netrc, cookies and redirects.
    request = httpx.Request(call.method, call.target.url, headers=dict(call.headers), content=call.content)
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions={"timeout": {"pool": seconds_left()}},
    )


@contextmanager
def _told_apart(host: str) -> Iterator[None]:
    """Turn the network's exceptions into reasons, and name the host where a refusal does not."""
    try:
        yield
    except OutboundRefused as error:
        raise error.at(host) from error.__cause__
    except (httpcore.TimeoutException, httpcore.ProtocolError, httpcore.NetworkError) as error:
        kind, reason = next((kind, reason) for base, kind, reason in _REASONS if isinstance(error, base))
        raise kind(reason, host=host) from error


@cache
def _public_authorities() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
