"""Starts PostgreSQL on a socket, or finds it running; recovers what a crash left."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from config.embedded.account import server_environment
from config.embedded.ask import postgres_state
from config.embedded.cluster import APP, DATABASE, OWNER, PROVISIONER, Cluster, find_cluster
from config.embedded.guardian import is_server, server_process
from config.embedded.places import last_lines, open_log, socket_folder
from config.embedded.refusal import Refused

PORT = 5432  # of the socket's name only: nothing listens on a network
SOCKET = f".s.PGSQL.{PORT}"
_PATIENCE = 120  # seconds: recovery of a killed server may take a while
_SETTINGS = {
    "listen_addresses": "''",
    "port": str(PORT),
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_PASSING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# Puts the number $2 in place of a process that is not a server. The rest of the file, with the key of the
# shared memory, stays: by it PostgreSQL sees whether anything of the old server is still alive.
_FORGET_PROCESS = 'rest=$(tail -n +2 "$1") && printf "%s\\n%s\\n" "$2" "$rest" > "$1"'


class Postgres:
    """One server for one home; start() is called under the home's lock."""

    def __init__(self, home: Path, *, durable: bool, max_connections: int) -> None:
        self.log = home / "log" / "postgres.log"
        self.cluster: Cluster = find_cluster(home, self.log, durable=durable)
        self.sockets = socket_folder(self.cluster.place / "run", SOCKET, self.cluster.account)
        self._settings = {
            **_SETTINGS,
            **(_DURABLE if durable else _PASSING),
            "max_connections": max_connections,
        }

    def url(self, role: str) -> str:
        """The database's address for one of the three roles."""
        return f"postgresql://{role}@/{DATABASE}?host={self.sockets}&port={PORT}"

    @property
    def urls(self) -> tuple[str, str, str]:
        """Addresses for the provisioner, the owner and the application."""
        return self.url(PROVISIONER), self.url(OWNER), self.url(APP)

    @property
    def stop(self) -> dict[str, Any]:
        """For guardian.stop_servers."""
        account = self.cluster.account
        control = str(self.cluster.binaries.folder / "pg_ctl")
        stop = [control, "stop", "-w"]
        return {
            "socket": str(self.sockets / SOCKET),
            "status": [control, "status"],
            "commands": [[*stop, "-t", "60", "-m", "fast"], [*stop, "-t", "20", "-m", "immediate"]],
            "environment": server_environment(PGDATA=str(self.cluster.data)),
            "user": account.uid if account.switched else None,
            "group": account.gid if account.switched else None,
        }

    def start(self, lock: int) -> None:
        """Return when the server answers."""
        self.cluster.prepare(lock)
        deadline = time.monotonic() + _PATIENCE
        silent_until = time.monotonic() + 5
        while (state := postgres_state(self.sockets / SOCKET, PROVISIONER)) != "ready":
            if time.monotonic() > deadline:
                raise self._failed("did not answer in time")
            running = state == "silent" and self._running()
            if state == "silent" and not running:
                self._launch()
            elif running and not is_server(running, str(self.sockets)):
                self._forget_stranger()
            elif running and time.monotonic() > silent_until:
                self._control("stop", "-m", "fast")  # it has lost its socket
            else:
                time.sleep(0.05)

    def _running(self) -> int:
        """The number of the process that the data folder names, if there is such a process; else 0."""
        answer = self._control("status", out=subprocess.PIPE)
        return server_process(answer.stdout) if answer.returncode == 0 else 0

    def _launch(self) -> None:
        log = open_log(self.log)
        try:
            before = os.fstat(log).st_size
            words = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
            mode = "0777" if self.cluster.account.switched else "0700"  # the folder guards the first
            words += f" -c unix_socket_permissions={mode} -k {self.sockets}"
            done = self._control("start", "-w", "-t", str(_PATIENCE), "-o", words, log=log)
        finally:
            os.close(log)
        if done.returncode != 0:
            with self.log.open("rb") as written:
                written.seek(before)
                new = written.read()
            if b"shared memory block" not in new and b"lock file" not in new:
                raise self._failed("does not start")
            time.sleep(0.3)  # the killed server's last processes are on their way out

    def _forget_stranger(self) -> None:
        """Put a number that is surely free in place of one that a dead server had and a stranger has now."""
        done = subprocess.Popen(["/bin/sh", "-c", ":"])
        done.wait()
        path = self.cluster.data / "postmaster.pid"
        self.cluster.account.run(["/bin/sh", "-c", _FORGET_PROCESS, "sh", path, str(done.pid)])

    def _control(
        self, *words: str, log: int = subprocess.DEVNULL, out: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        return self.cluster.account.run(
            [self.cluster.binaries.folder / "pg_ctl", *words],
            log=log,
            out=out,
            environment={"PGDATA": str(self.cluster.data)},
        )

    def _failed(self, what: str) -> Refused:
        return Refused(f"PostgreSQL {what}. Its last lines in {self.log}:\n{last_lines(self.log)}")
