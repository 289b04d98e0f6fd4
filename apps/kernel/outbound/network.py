"""Sockets that go to the checked address and nowhere else, and that keep the deadline of the call.

The name is looked up exactly once, here, where the connection is made: what was judged is what is called. TLS
and the `Host` header keep the name of the URL, because they are made from the URL and not from the address.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from apps.kernel.outbound.addresses import Address
from apps.kernel.outbound.deadlines import seconds_left
from apps.kernel.outbound.errors import OutboundFailed, OutboundRefused, Reason
from apps.kernel.outbound.resolving import Resolver
from apps.kernel.outbound.targets import Target, parse_target

_SLICE = 65536


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, judges and connects in one step; httpcore asks it for every new connection."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolver.addresses(_target_of(host, port))
        for address in addresses[:-1]:
            try:
                return self._connect(address, port)
            except httpcore.ConnectError:
                continue
        return self._connect(addresses[-1], port)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise OutboundRefused(Reason.FORBIDDEN_PROTOCOL)

    def _connect(self, address: Address, port: int) -> httpcore.NetworkStream:
        return DeadlineStream(self._sockets.connect_tcp(str(address), port, timeout=seconds_left()))


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose every read and write gets only the time that the call has left."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer` piece by piece: a peer that takes a byte at a time must not renew the time-out."""
        raw: socket.socket = self._inner.get_extra_info("socket")
        rest = memoryview(buffer)
        try:
            while rest:
                raw.settimeout(seconds_left())
                rest = rest[raw.send(rest[:_SLICE]) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, seconds_left()))
        except httpcore.ConnectError as error:
            raise OutboundFailed(Reason.TLS_FAILED, host=server_hostname or "") from error

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _target_of(host: str, port: int) -> Target:
    written = f"[{host}]" if ":" in host else host
    return parse_target(f"http://{written}:{port}/")
