"""A real server for benchmarks, and callers that keep it busy."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.databases import NAMES

ROOT = Path(__file__).resolve().parent.parent
CALLERS = 2
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request, the same every time."""

    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Served:
    """Where a server is, and the process that its processes belong to."""

    port: int
    process_id: int


@contextmanager
def server() -> Iterator[int]:
    """Serve from one process with one thread; the port."""
    with _served("wsgi", "--blocking-threads", "1") as found:
        yield found.port


@contextmanager
def asgi_server() -> Iterator[Served]:
    """Serve from one process that holds streams as well."""
    with _served("asgi") as found:
        yield found


@contextmanager
def _served(interface: str, *more: str) -> Iterator[Served]:
    port = _free_port()
    words = ["granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *more]
    words += ["--no-ws", "--log-level", "error", f"config.{interface}:application"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.web_settings",
        "AGORA_BENCH_DATABASE": NAMES["default"],
        "AGORA_TLS": "0",
    }
    child = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=environment)
    try:
        _await(port, child)
        yield Served(port, child.pid)
    finally:
        child.terminate()
        child.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server of the benchmark did not start.")


def answers_per_second(port: int, call: Call, *, seconds: float, callers: int = CALLERS) -> float:
    """How many answers a second the server gives to callers who ask again as soon as they have one."""
    counts = [0] * callers
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        with Line(port) as line:
            while time.perf_counter() < until:
                line.ask(call)
                counts[number] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


class Line:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self) -> Self:
        """The line."""
        return self

    def __exit__(self, *error: object) -> None:
        """Hang up."""
        self._connection.close()

    def ask(self, call: Call) -> bytes:
        """The body of the answer."""
        self._connection.request(call.method, call.path, call.body, dict(call.headers))
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == call.status, (answer.status, body[:500])
        return body
