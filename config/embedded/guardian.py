"""Stops servers whose last user is gone. Imported for the stopping; run as a program for the watching.

A user that is killed cannot stop anything, so a process of its own waits until the kernel has dropped the
last user's lock. It runs from this file alone, without the rest of the project.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# `users` is tested by whoever leaves, `watched` is what the guardian waits for: a waiter on the first
# could be given the lock in the moment in which the last user changes a shared into an exclusive one.
LOCK, USERS, WATCHED, GUARDIAN, STOPS = "lock", "users", "watched", "guardian", "stops.json"
_PATIENCE = 20.0


def open_lock(path: Path) -> int:
    """A file to lock; a link in its place is refused by the system."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(handle: int, how: int) -> bool:
    """Lock without waiting; False if others hold it."""
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop_servers(stops: dict[str, Any]) -> None:
    """Stop each of `{name: {"socket": path, "process": number}}`; PostgreSQL has `"commands"` and more."""
    for stop in stops.values():
        if not Path(stop["socket"]).exists():
            _end_process(stop)
        elif "commands" not in stop:
            _shut_down(Path(stop["socket"]))
        elif _serves(stop):
            _run_until_done(stop)


def _end_process(stop: dict[str, Any]) -> None:
    """End a server whose folder was removed while it ran: nothing but a signal reaches it."""
    process, sockets = stop.get("process", 0), str(Path(stop["socket"]).parent)
    deadline = time.monotonic() + _PATIENCE
    if process and is_server(process, sockets):
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGQUIT if "commands" in stop else signal.SIGTERM)
        while is_server(process, sockets) and time.monotonic() < deadline:
            time.sleep(0.02)


def _shut_down(path: Path) -> None:
    """Valkey closes the line when it exits."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_PATIENCE)
        line.connect(str(path))
        line.sendall(b"SHUTDOWN NOSAVE\r\n")
        line.recv(1)


def is_server(process: int, sockets: str) -> bool:
    """Whether this process is the server with its socket in the folder `sockets`.

    After a crash a data folder names a number that by now may be anybody's, who must not be signalled.
    """
    try:
        command = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    except OSError:
        words = ["/bin/ps", "-o", "command=", "-p", str(process)]
        command = subprocess.run(words, check=False, capture_output=True, text=True).stdout
    return sockets in command


def server_process(status: str) -> int:
    """The number in the answer of `pg_ctl status`, 0 if there is none."""
    found = re.search(r"PID: (\d+)", status)
    return int(found.group(1)) if found else 0


def _serves(stop: dict[str, Any]) -> bool:
    process = server_process(_run(stop, stop["status"])[1])
    return process > 0 and is_server(process, str(Path(stop["socket"]).parent))


def _run_until_done(stop: dict[str, Any]) -> None:
    """Run the commands in turn until one succeeds: a fast stop first, then an immediate one."""
    any(_run(stop, command)[0] for command in stop["commands"])


def _run(stop: dict[str, Any], command: list[str]) -> tuple[bool, str]:
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd="/",
            env=stop["environment"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            user=stop["user"],
            group=stop["group"],
            extra_groups=None if stop["user"] is None else [],
        )
    except OSError:
        return False, ""
    return done.returncode == 0, done.stdout


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def watch(home: Path, post: int) -> None:
    """Wait for the last user's end, again until there is really none left; then stop the servers."""
    while True:
        with _locked(home / WATCHED):
            pass
        with _locked(home / LOCK):
            users = open_lock(home / USERS)
            unused = try_lock(users, fcntl.LOCK_EX)
            os.close(users)
            if unused:
                stop_servers(json.loads((home / STOPS).read_text()))
                os.close(post)  # before the other lock, so that the next starter sees no guardian and sends one
                return
        time.sleep(0.05)


def main() -> None:
    """Take the post, then leave the starter's side, so that nobody has to wait for this process."""
    home = Path(sys.argv[1])
    post = open_lock(home / GUARDIAN)
    if not try_lock(post, fcntl.LOCK_EX):
        return
    os.ftruncate(post, 0)
    if os.fork():
        os._exit(0)
    os.pwrite(post, str(os.getpid()).encode(), 0)
    with contextlib.suppress(OSError, ValueError):
        watch(home, post)


if __name__ == "__main__":
    main()
