"""Celery apps on brokers of all sorts, for tests: `app` is the one that the setting CELERY_APP names meanwhile."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from config.celery import HouseCelery, configuration
from config.embedded.valkey import find_valkey

app: Any = None


@contextmanager
def app_on(url: str, settings: Any) -> Iterator[HouseCelery]:
    """Have everything published go to the broker at `url`."""
    global app  # noqa: PLW0603 - the setting names a module's attribute
    settings.REDIS_URL = url
    settings.BROKER_KEY_PREFIX = f"agora-test-{os.getpid()}:"
    settings.CELERY_APP = f"{__name__}.app"
    app = HouseCelery("probe", set_as_current=False)
    app.add_defaults(configuration)
    try:
        yield app
    finally:
        app.close()


@contextmanager
def silence() -> Iterator[str]:
    """Address of a broker that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@contextmanager
def deaf_ear() -> Iterator[str]:
    """Address of a host that drops connections: its queue of unaccepted ones is full."""
    with socket.socket() as server, ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@contextmanager
def refusal() -> Iterator[str]:
    """Address where nobody listens."""
    yield closed_port()


def closed_port() -> str:
    """Address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@contextmanager
def valkey(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Valkey of the test's own at `folder/s.sock`."""
    program = find_valkey()
    assert program is not None
    words = ["--port", "0", "--unixsocket", str(folder / "s.sock"), "--save", "", "--appendonly", "no"]
    with subprocess.Popen([str(program), *words], stdout=subprocess.DEVNULL, cwd=folder) as server:
        try:
            while not (folder / "s.sock").exists():
                time.sleep(0.01)
            yield server
        finally:
            server.kill()


DEAD: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "refusing": refusal,
    "silent": silence,
    "deaf": deaf_ear,
}


def timings(call: Callable[[], Any], number: int) -> list[float]:
    """Seconds that each of so many calls takes."""
    found = []
    for _ in range(number):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return found


def summary(name: str, seconds: list[float]) -> str:
    """Median and maximum, for people."""
    return f"{name}: median {statistics.median(seconds) * 1000:.2f} ms, max {max(seconds) * 1000:.1f} ms"
