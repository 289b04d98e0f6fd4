"""Servers of live streams, and clients that hear what comes over them."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.conf import settings

from apps.auth.models import User
from apps.kernel.commands.declarations import command
from apps.kernel.eventbus.declarations import EVENTS, Event
from apps.kernel.tenancy.scope import Scope, using_scope
from tests.directory.callers import client_of
from tests.kernel.web_servers import Server, granian
from tests.kernel.work_probes import wait_for
from tests.support.scopes import House

ADDRESS = "/api/events/stream"
RAW = 4096  # bytes of the beginning that a client keeps as they came
LAST_WORD = "that was all"
SOON = 4.9  # seconds in which everything has to arrive, whatever is lost
BEAT, GAP = "agora:heartbeat", "agora:gap"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message: its kind (`message` for an event of the house), its id, its data, and when it came."""

    kind: str
    id: str
    data: Any
    at: float


@dataclass
class Tap:
    """A client of one stream, reading in a thread of its own until the stream ends or it goes away."""

    server: Server
    headers: Mapping[str, str]
    path: str = ADDRESS
    user_id: UUID | None = None
    status: int = 0
    raw: bytes = b""  # the beginning
    heard: list[Heard] = field(default_factory=list)
    last_id: str = ""
    has_ended: bool = False
    is_whole: bool = False  # the server has said that it was the end
    _socket: socket.socket | None = None

    def __enter__(self) -> Self:
        """Come in, and wait until the stream says where it stands."""
        self._socket = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        self._socket.sendall(request_of(self.headers, self.path))
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(lambda: self.last_id or self.has_ended or (self.status and self.status != 200))
        return self

    def __exit__(self, *error: object) -> None:
        """Go away."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()

    def names(self) -> list[str]:
        """Names of the events that came."""
        return [item.data["name"] for item in self.events()]

    def events(self) -> list[Heard]:
        """The events that came."""
        return [item for item in self.heard if item.kind == "message"]

    def kinds(self) -> list[str]:
        """Kinds of everything that came."""
        return [item.kind for item in self.heard]

    def words(self) -> list[str]:
        """What the events say, the last word left out; those that say nothing by their names."""
        said = [item.data["payload"].get("words") or item.data["name"] for item in self.events()]
        return [item for item in said if item != LAST_WORD]

    def has_heard(self, words: str) -> bool:
        """Say whether an event said so."""
        return any(item.data["payload"].get("words") == words for item in self.events())

    def wait(self, number: int = 1, *, seconds: float = SOON) -> list[Heard]:
        """The events, when so many have come. Raises AssertionError when they do not."""
        wait_for(lambda: len(self.events()) >= number, seconds=seconds)
        return self.events()

    def _read(self) -> None:
        assert self._socket is not None
        with suppress(OSError), self._socket.makefile("rb") as answer:
            self.status = int(answer.readline().split()[1])
            while answer.readline().strip():
                pass
            for block in _blocks(self._chunks(answer)):
                self.raw = (self.raw + block + b"\n\n")[:RAW] if len(self.raw) < RAW else self.raw
                self._take(block.decode())
        self.has_ended = True

    def _chunks(self, answer: Any) -> Iterator[bytes]:
        """The pieces of a chunked body."""
        while line := answer.readline():
            size = int(line, 16)
            self.is_whole = size == 0
            if not size:
                return
            yield answer.read(size)
            answer.readline()

    def _take(self, block: str) -> None:
        found: dict[str, str] = {}
        for line in block.splitlines():
            name, _, value = line.partition(":")
            found[name] = value.removeprefix(" ")
        if "data" in found:
            data = json.loads(found["data"])
            self.heard.append(Heard(found.get("event", "message"), found.get("id", ""), data, time.monotonic()))
        self.last_id = found.get("id", self.last_id)


def _blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *blocks, rest = (rest + piece).split(b"\n\n")
        yield from blocks


def streaming(*words: str, **more: str) -> AbstractContextManager[Server]:
    """A server of streams on the test's database."""
    return granian(*words, interface="asgi", DJANGO_SETTINGS_MODULE="tests.kernel.stream_settings", **more)


def as_user(user: User, organization: Any = None) -> dict[str, str]:
    """Headers of a browser in which the user is signed in and has selected an organization."""
    client = client_of(user)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
    wanted = "" if organization is None else str(getattr(organization, "pk", organization))
    return {**headers, "X-Organization-Id": wanted} if wanted else headers


@contextmanager
def listening(server: Server, user: User, organization: Any = None, **more: str) -> Iterator[Tap]:
    """A stream of the user."""
    with Tap(server, {**as_user(user, organization), **more}, user_id=user.pk) as tap:
        assert tap.status == 200
        yield tap


def _example(scope: Scope) -> dict[str, Any]:
    return {"name": "shelf.reader.called", "facts": {"words": "Bob"}}


@command("tests.stream.say", open_reason="a probe of the tests", resource="shelf.book", example=_example)
def say(name: str, facts: dict[str, Any]) -> None:
    """Emit an event."""
    EVENTS[name].emit(**facts)


@command("tests.stream.say_often", open_reason="a probe of the tests", resource="shelf.book", example=_example)
def say_often(name: str, facts: dict[str, Any], *, times: int = 1) -> None:
    """Emit an event many times in one change."""
    for _ in range(times):
        EVENTS[name].emit(**facts)


def request_of(headers: Mapping[str, str], path: str = ADDRESS) -> bytes:
    """What a client sends to open a stream."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Lazy:
    """A client that opened a stream and reads nothing."""

    socket: socket.socket

    def read_what_came(self) -> str:
        """The last id of what had been sent before the server gave up."""
        came = b""
        self.socket.settimeout(5)
        with suppress(OSError):
            while piece := self.socket.recv(1 << 20):
                came += piece
        return str(re.findall(rb"\nid: (\S+)\n", came)[-1], "ascii")


@contextmanager
def lazy(server: Server, user: User) -> Iterator[Lazy]:
    """Open a stream and read nothing."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        client.sendall(request_of(as_user(user)))
        client.recv(64)
        yield Lazy(client)


def tell(scope: Scope, told: Event[Any], **facts: Any) -> None:
    """Emit an event in a scope, and commit."""
    with using_scope(scope):
        say(told.name, facts)


def finish(house: House, *taps: Tap) -> None:
    """Wait until each has heard a last word: events of a tenant come in order, so nothing before it is on its way."""
    names = [tap.user_id for tap in taps]
    everywhere = replace(house.scope(), organization_id=None)
    tell(everywhere, EVENTS["shelf.reader.called"], words=LAST_WORD, recipients=names)
    for tap in taps:
        wait_for(partial(tap.has_heard, LAST_WORD))
