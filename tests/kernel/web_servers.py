"""Real granian processes that serve the house from the test's database, and callers that reach them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.kernel.web import health
from apps.kernel.web.health import Readiness
from tests.kernel.work_probes import environment

STARTS = 40.0  # seconds that a server may take until it answers


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    headers: dict[str, str]
    text: str
    seconds: float

    def json(self) -> Any:
        """The text as JSON."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on loopback."""

    port: int
    process_id: int = 0

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """Ask over a connection of its own, so that any of the server's processes may take it."""
        began, connection = time.monotonic(), HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, dict(answer.getheaders()), text, time.monotonic() - began)
        finally:
            connection.close()

    def answers(self) -> bool:
        """Say whether anybody listens and serves."""
        try:
            return self.get("/health/live").status == 200
        except OSError:
            return False


@contextmanager
def granian(*words: str, interface: str = "wsgi", **more: str) -> Iterator[Server]:
    """Serve this test's database; the whole group of processes ends with the block."""
    port = free_port()
    argv = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1"]
    argv += ["--port", str(port), *words, f"config.{interface}:application"]
    folder = Path(settings.BASE_DIR)
    child = subprocess.Popen(argv, cwd=folder, env=environment(**more), start_new_session=True)
    server = Server(port, child.pid)
    try:
        deadline = time.monotonic() + STARTS
        while not server.answers():
            assert child.poll() is None, f"granian ended with code {child.returncode}"
            assert time.monotonic() < deadline, "granian does not answer"
            time.sleep(0.05)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing, like a server that hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture
def readiness(monkeypatch: pytest.MonkeyPatch) -> Readiness:
    """A readiness that remembers nothing of other tests, and asks anew each time."""
    fresh = Readiness()
    monkeypatch.setattr(health, "_readiness", fresh)
    monkeypatch.setattr(health, "FRESH", 0.0)
    return fresh
