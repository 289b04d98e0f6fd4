"""Both servers of a home as one thing: start, addresses, stop."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from config.embedded import guardian
from config.embedded.account import choose_account
from config.embedded.cluster import find_places, remove
from config.embedded.postgres import Postgres
from config.embedded.refusal import Refused
from config.embedded.sharing import Share, lock_home, share_sockets
from config.embedded.valkey import Valkey

Step = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses of the database for its three roles, and of Redis (`memory://` where there is none)."""

    provisioner: str
    owner: str
    app: str
    redis: str

    @property
    def environment(self) -> dict[str, str]:
        """What the settings read."""
        return {
            "DATABASE_ADMIN_URL": self.provisioner,
            "DATABASE_OWNER_URL": self.owner,
            "DATABASE_URL": self.app,
            "REDIS_URL": self.redis,
        }


class Servers:
    """Running servers and this process's part in them; `identity` differs for each database ever made."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.urls = Urls("", "", "", "")
        self.identity = ""
        self._share = Share(home)

    def start(self, *, durable: bool, max_connections: int, step: Step) -> None:
        """Start what runs nowhere yet: neither server for whom the environment names an address."""
        given = os.environ.get("DATABASE_URL", "").strip()
        redis = os.environ.get("REDIS_URL", "").strip()
        owner = os.environ.get("DATABASE_OWNER_URL", "").strip() or given
        provisioner = os.environ.get("DATABASE_ADMIN_URL", "").strip() or owner
        app, self.identity = given, given
        if given and redis:
            self.urls = Urls(provisioner, owner, app, redis)
            return
        with self._share.joining() as lock:
            atexit.register(self.stop)
            if not given:
                with step("PostgreSQL"):
                    provisioner, owner, app = self._start_postgres(lock, durable, max_connections)
            if not redis:
                with step("Valkey"):
                    redis = self._start_valkey()
        self.urls = Urls(provisioner, owner, app, redis)

    def _start_postgres(self, lock: int, durable: bool, max_connections: int) -> tuple[str, str, str]:
        server = Postgres(self.home, durable=durable, max_connections=max_connections)
        with self._share.starting(f"postgres {server.cluster.data}", server.stop):
            server.start(lock)
        self.identity = server.cluster.identity
        return server.urls

    def _start_valkey(self) -> str:
        server = Valkey(self.home)
        if server.program is not None:
            with self._share.starting("valkey", server.stop):
                server.start()
        return server.url

    def stop(self) -> None:
        """Leave the servers; they end with their last user. Safe to call twice."""
        self._share.leave()
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    home: str | Path, *, durable: bool, max_connections: int = 100, step: Step = lambda _: nullcontext()
) -> Servers:
    """Start or join the servers of `home`; they end with the last process that uses them.

    `durable` decides whether a power cut may lose data: on for a demonstration, off for tests. The two are
    kept in different homes. `step` is entered around the start of each server, to show progress.
    """
    _end_cleanly_on_signals()
    servers = Servers(Path(home).resolve())
    servers.start(durable=durable, max_connections=max_connections, step=step)
    return servers


def erase(home: str | Path) -> None:
    """Remove the data of a home wherever they lie; refuse while somebody uses them."""
    folder = Path(home).resolve()
    if not folder.is_dir():
        return
    lock = lock_home(folder)
    users = guardian.open_lock(folder / guardian.USERS)
    try:
        if not guardian.try_lock(users, fcntl.LOCK_EX):
            raise Refused(f"The servers of {folder} are in use: stop what uses them first.")
        account = choose_account(None)
        for place in [*find_places(folder), *share_sockets(folder)]:
            remove(place, account)
        remove(folder, account)
    finally:
        os.close(users)
        os.close(lock)


def _end_cleanly_on_signals() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, so that what is registered for its end runs."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _end)


def _end(number: int, _: FrameType | None) -> None:
    with contextlib.suppress(ValueError):
        signal.signal(number, signal.SIG_IGN)  # one is enough; a second would cut the end short
    raise SystemExit(128 + number)
