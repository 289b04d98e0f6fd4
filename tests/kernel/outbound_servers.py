"""A small server that plays the outside, and a client that is let through to it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from ipaddress import ip_address
from threading import Thread
from typing import Any

import pytest

from apps.kernel.outbound.addresses import Address
from apps.kernel.outbound.breakers import Breakers
from apps.kernel.outbound.client import Outbound
from apps.kernel.outbound.errors import OutboundRefused
from apps.kernel.outbound.resolving import Resolver

Reply = bytes | Callable[[socket.socket, str], None]


class Outside:
    """A small server: `pages` maps a path to raw bytes or to a function that talks on the socket."""

    def __init__(self, *, address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reply] = {}
        self.requests: list[str] = []
        self.connections = 0
        self._tls = tls
        self._listener = socket.create_server((address, port))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), ExitStack() as stack:
            stack.enter_context(connection)
            if self._tls:
                connection = stack.enter_context(self._tls.wrap_socket(connection, server_side=True))
            while request := self._read(connection):
                self.requests.append(request)
                reply = self.pages[request.split()[1]]
                if isinstance(reply, bytes):
                    connection.sendall(reply)
                else:
                    reply(connection, request)
                    return

    @staticmethod
    def _read(connection: socket.socket) -> str:
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return ""
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        while lengths and len(body) < int(lengths[0]):
            body += connection.recv(65536)
        return (head + b"\r\n\r\n" + body).decode("latin-1")


def page(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    fields = {"content-length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return page(status=status, location=location)


class Names:
    """A name server on paper: each look-up of a name takes its next answer, the last one for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        answers = self._answers.get(host.partition(".")[0], [["127.0.0.1"]])
        return answers[min(self.asked.count(host), len(answers)) - 1]


def let_through(address: Address) -> bool:
    """In these tests 127.0.0.1 plays the public internet; all else is private."""
    return address == ip_address("127.0.0.1")


def client(names: Names | None = None, **options: Any) -> Outbound:
    """A client that takes 127.0.0.1 for the public internet, with breakers of its own."""
    resolver = Resolver(lookup=names or Names(), permits=let_through)
    given: dict[str, Any] = {"timeout": 5.0, "resolver": resolver, "breakers": Breakers()}
    return Outbound(**(given | options))


def refused(call: Callable[..., object], *args: object, **options: object) -> str:
    """The reason with which the call is refused."""
    with pytest.raises(OutboundRefused) as caught:
        call(*args, **options)
    return caught.value.reason


def fields(request: str) -> dict[str, str]:
    lines = request.partition("\r\n\r\n")[0].split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
