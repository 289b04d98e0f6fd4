"""The client's limits against real servers on the loopback: size, compression, time."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from apps.kernel.outbound.resolving import Resolver
from tests.kernel.outbound_servers import Outside, client, page, redirect, refused


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.close()


def test_a_body_as_large_as_the_limit_passes_and_one_byte_more_does_not(outside: Outside) -> None:
    outside.pages |= {"/fits": page(b"x" * 1000), "/over": page(b"x" * 1001)}
    caller, base = client(max_bytes=1000), f"http://shop.example:{outside.port}"
    assert len(caller.request("GET", f"{base}/fits").content) == 1000
    assert refused(caller.request, "GET", f"{base}/over") == "too_large"


def test_an_endless_body_is_cut_at_the_limit(outside: Outside) -> None:
    sent = 0

    def endless(connection: socket.socket, _request: str) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent += connection.send(b"x" * 65536)

    outside.pages["/"] = endless
    url = f"http://shop.example:{outside.port}/"
    assert refused(client(max_bytes=1_000_000).request, "GET", url) == "too_large"
    assert sent < 20_000_000


@pytest.mark.parametrize("bomb", [gzip.compress(bytes(50_000_000), mtime=0), gzip.compress(b"x" * 200, mtime=0) * 5000])
def test_a_compression_bomb_is_cut_at_the_limit(outside: Outside, bomb: bytes) -> None:
    outside.pages["/"] = page(bomb, content_encoding="gzip")
    url = f"http://shop.example:{outside.port}/"
    assert len(bomb) < 150_000
    assert refused(client(max_bytes=150_000).request, "GET", url) == "too_large"


def test_a_bomb_is_not_inflated_in_memory_first(outside: Outside) -> None:
    outside.pages["/"] = page(gzip.compress(bytes(50_000_000), mtime=0), content_encoding="gzip")
    tracemalloc.start()
    refused(client(max_bytes=150_000).request, "GET", f"http://shop.example:{outside.port}/")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("x-gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
)
def test_compressed_answers_are_read(outside: Outside, encoding: str, body: bytes) -> None:
    outside.pages["/"] = page(body, content_encoding=encoding)
    assert client().request("GET", f"http://shop.example:{outside.port}/").content == b"hello"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"hello" * 100, mtime=0)[:-9]),
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0)),
    ],
)
def test_an_encoding_that_was_not_offered_or_is_broken_is_refused(outside: Outside, encoding: str, body: bytes) -> None:
    outside.pages["/"] = page(body, content_encoding=encoding)
    url = f"http://shop.example:{outside.port}/"
    assert refused(client().request, "GET", url) == "invalid_response"


def drip(parts: Iterator[bytes]) -> Callable[[socket.socket, str], None]:
    def talk(connection: socket.socket, _request: str) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(0.05)

    return talk


def test_a_dripping_head_or_body_ends_at_the_deadline(outside: Outside) -> None:
    outside.pages |= {
        "/head": drip(iter([b"HTTP/1.1 200 OK\r\n", *[b"x: y\r\n"] * 100])),
        "/body": drip(iter([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 100])),
    }
    for path in ("/head", "/body"):
        started = time.monotonic()
        url = f"http://shop.example:{outside.port}{path}"
        assert refused(client(timeout=0.4).request, "GET", url) == "timeout"
        assert time.monotonic() - started < 1.5


def test_a_server_that_takes_the_body_slowly_ends_at_the_deadline() -> None:
    def take_slowly() -> None:
        connection, _ = listener.accept()
        with suppress(OSError), connection:
            while connection.recv(65536):
                time.sleep(0.05)

    listener = socket.create_server(("127.0.0.1", 0))
    Thread(target=take_slowly, daemon=True).start()
    started = time.monotonic()
    url = f"http://shop.example:{listener.getsockname()[1]}/"
    assert refused(client(timeout=0.4).request, "POST", url, content=bytes(50_000_000)) == "timeout"
    listener.close()
    assert time.monotonic() - started < 1.5


def test_redirects_share_one_deadline(outside: Outside) -> None:
    def slow(connection: socket.socket, _request: str) -> None:
        time.sleep(0.2)
        connection.sendall(redirect("/"))

    outside.pages["/"] = slow
    started = time.monotonic()
    url = f"http://shop.example:{outside.port}/"
    assert refused(client(timeout=0.5).request, "GET", url, follow_redirects=50) == "timeout"
    assert time.monotonic() - started < 1.5


def test_a_name_server_that_hangs_ends_at_the_deadline() -> None:
    release = Event()

    def hanging(_host: str) -> list[str]:
        release.wait(10)
        return ["127.0.0.1"]

    caller = client(timeout=0.3, resolver=Resolver(lookup=hanging))
    started = time.monotonic()
    assert refused(caller.request, "GET", "http://shop.example/") == "timeout"
    assert time.monotonic() - started < 1.5
    release.set()
