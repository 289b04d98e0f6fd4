"""How processes share servers: one lock for whoever starts or stops, one that every user holds.

The kernel drops the lock of a process that dies in whatever way, so no count can go wrong.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.embedded import guardian
from config.embedded.ask import listener
from config.embedded.places import claim, write_whole


def lock_home(home: Path) -> int:
    """The handle of the home's lock, held; the home is made if need be."""
    while True:
        claim(home, mode=0o711 if os.geteuid() == 0 else 0o700)
        handle = guardian.open_lock(home / guardian.LOCK)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), (home / guardian.LOCK).stat()):
                return handle
        os.close(handle)  # while we waited the home was erased


def read_stops(home: Path) -> dict[str, Any]:
    """What the users of a home registered; see guardian.stop_servers."""
    try:
        stops: dict[str, Any] = json.loads((home / guardian.STOPS).read_text())
    except (OSError, ValueError):
        return {}
    return stops


def share_sockets(home: Path) -> list[Path]:
    """Folders of sockets that did not fit into the home."""
    folders = [Path(stop["socket"]).parent for stop in read_stops(home).values()]
    return [folder for folder in folders if not folder.is_relative_to(home)]


class Share:
    """This process's part in the servers of `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._process = 0
        self._lock = -1
        self._held: list[int] = []  # the users' lock first, then the watched one
        self._stops: dict[str, Any] = {}

    @contextlib.contextmanager
    def joining(self) -> Iterator[int]:
        """Become a user; nobody else starts or stops inside. Gives the handle of the lock."""
        self._lock = lock_home(self.home)
        try:
            self._process = os.getpid()
            for name in (guardian.USERS, guardian.WATCHED):
                self._held.append(guardian.open_lock(self.home / name))
                fcntl.flock(self._held[-1], fcntl.LOCK_SH)
            self._stops = self._registered()
            self._post_guardian()
            yield self._lock
        except BaseException:
            self._leave()
            raise
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def starting(self, name: str, stop: dict[str, Any]) -> Iterator[None]:
        """Say how the server that is started inside is stopped; see guardian.stop_servers."""
        self._register(name, stop)
        yield
        self._register(name, {**stop, "process": listener(Path(stop["socket"]))})

    def _register(self, name: str, stop: dict[str, Any]) -> None:
        self._stops = {**self._registered(), name: stop}
        write_whole(self.home / guardian.STOPS, json.dumps(self._stops), lasting=False)

    def leave(self) -> None:
        """Stop using the servers, and stop them if nobody else does; harmless twice and in a forked child."""
        if not self._held or self._process != os.getpid():
            return
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._leave()
        os.close(self._lock)

    def _leave(self) -> None:
        if self._held and guardian.try_lock(self._held[0], fcntl.LOCK_EX):
            guardian.stop_servers(self._registered())
            self._dismiss_guardian()
        while self._held:
            os.close(self._held.pop())

    def _registered(self) -> dict[str, Any]:
        """What any user registered; our own part if the folder was removed under us."""
        return read_stops(self.home) or self._stops

    def _post_guardian(self) -> None:
        with self._guardian_post() as post:
            vacant = guardian.try_lock(post, fcntl.LOCK_EX)
        if vacant:
            subprocess.run(
                [sys.executable, "-IS", str(Path(guardian.__file__).resolve()), str(self.home)],
                check=False,
                start_new_session=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _dismiss_guardian(self) -> None:
        """Under the lock it only waits, so it can be killed; its lock on the post vouches for the number."""
        with self._guardian_post() as post:
            for _ in range(200):
                if guardian.try_lock(post, fcntl.LOCK_EX):
                    return
                with contextlib.suppress(ValueError, ProcessLookupError):
                    os.kill(int(os.pread(post, 20, 0)), signal.SIGKILL)
                time.sleep(0.01)

    @contextlib.contextmanager
    def _guardian_post(self) -> Iterator[int]:
        try:
            post = guardian.open_lock(self.home / guardian.GUARDIAN)
        except FileNotFoundError:  # the home was removed under us
            post = os.open(os.devnull, os.O_RDWR)
        try:
            yield post
        finally:
            os.close(post)
