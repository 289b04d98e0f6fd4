"""Child processes that start again when they die and never outlive their parent."""

from __future__ import annotations

import collections
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.places import last_lines, open_log

_PR_SET_PDEATHSIG = 1
_DEATHS, _WINDOW = 5, 60.0  # so many in so many seconds are too many
_GRACE = 10.0


@dataclass
class Child:
    """A program to keep running.

    `orphaned` is the signal that it gets when its parent is killed (Linux). `due`, of the monotonic clock, is when it
    starts at the earliest.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    orphaned: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    deaths: collections.deque[float] = field(default_factory=lambda: collections.deque(maxlen=_DEATHS))
    due: float = 0.0


class Children:
    """Starts, watches and ends a set of children; each has a process group of its own.

    A child that died starts again after `pause` seconds, then twice as many, and so on.
    """

    def __init__(self, folder: Path, children: Sequence[Child], *, pause: float = 1.0) -> None:
        self._folder = folder
        self._pause = pause
        self._children = list(children)
        self._hurried = False

    def start(self) -> None:
        """Start all that are due."""
        for child in self._children:
            if time.monotonic() >= child.due:
                self._launch(child)

    def tend(self) -> None:
        """Look after them once: start again what died, with growing pauses."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, child.process)
            if child.process is None and time.monotonic() >= child.due:
                self._launch(child)

    def stop(self) -> None:
        """Ask all to end, wait, then kill whatever is left of their groups."""
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _GRACE
        while any(process.poll() is None for process in running) and time.monotonic() < deadline:
            if self._hurried:
                break
            time.sleep(0.05)
        for process in running:
            _kill_group(process)
            process.wait()

    def hurry(self) -> None:
        """Cut the waiting in stop() short."""
        self._hurried = True

    def _launch(self, child: Child) -> None:
        log = open_log(child.log)
        try:
            child.process = spawn(
                child.argv, self._folder, child.environment, output=log, group=True, orphaned=child.orphaned
            )
        finally:
            os.close(log)

    def _bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        _kill_group(process)
        code, now = process.returncode, time.monotonic()
        child.process = None
        child.deaths.append(now)
        lasting = [death for death in child.deaths if now - death < _WINDOW]
        if len(lasting) >= _DEATHS:
            raise SystemExit(
                f"The {child.name} ended {_DEATHS} times in {_WINDOW:.0f} seconds, last with code {code}.\n"
                f"Its last lines in {child.log}:\n{last_lines(child.log)}"
            )
        pause = self._pause * 2 ** (len(lasting) - 1)
        child.due = now + pause
        print(
            f"The {child.name} ended with code {code}; it starts again in {pause:.0f} s ({child.log}).",
            flush=True,
        )


def spawn(
    argv: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    output: int | None = None,
    group: bool = False,
    orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program that is told when its parent dies; `group` keeps the terminal's Ctrl-C from it."""
    return subprocess.Popen(
        list(argv),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=group,
        preexec_fn=_tell_when_orphaned(orphaned),  # noqa: PLW1509 the supervisor has one thread only
    )


def _tell_when_orphaned(number: signal.Signals) -> Callable[[], None] | None:
    """For the child between fork and exec; None where the system has nothing of the kind."""
    if not sys.platform.startswith("linux"):
        return None
    library, parent = ctypes.CDLL(None), os.getpid()

    def ask_the_kernel() -> None:
        for ignored in (signal.SIGINT, signal.SIGQUIT):  # by shells, for what they start in the background
            signal.signal(ignored, signal.SIG_DFL)
        library.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died in the meantime
            os._exit(1)

    return ask_the_kernel


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
