"""What a person sees while the demonstration starts: numbered steps with seconds."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

_WIDTH = 24


class Progress:
    """Prints `[2/6] Valkey ......... 0.1 s`; on a terminal a long step counts its seconds."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self._line = ""
        self._open = False
        self._began = time.monotonic()

    @contextlib.contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Time what happens inside; a failure ends the line, so that its message begins a new one."""
        self._number += 1
        self._began = time.monotonic()
        self._open = False
        self._line = f"[{self._number}/{self._total}] {label} ".ljust(_WIDTH + 6, ".")
        _say(self._line)
        try:
            yield
        except BaseException:
            _say("\n")
            raise
        _say(f"{self._repeated()} {self.elapsed:.1f} s\n")

    def skip(self, label: str, why: str) -> None:
        """A step that is not needed today."""
        self._number += 1
        _say(f"{f'[{self._number}/{self._total}] {label} '.ljust(_WIDTH + 6, '.')} {why}\n")

    def open_line(self) -> None:
        """End the line, because what runs in this step prints lines of its own."""
        self._open = True
        _say("\n")

    def wait_for(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a program's end and show that time passes."""
        while True:
            try:
                return process.wait(0.5)
            except subprocess.TimeoutExpired:
                self.tick()

    def tick(self) -> None:
        """Show the seconds so far, where a line can be written twice."""
        if sys.stdout.isatty() and not self._open:
            _say(f"\r{self._line} {self.elapsed:.0f} s")

    @property
    def elapsed(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self._began

    def _repeated(self) -> str:
        if self._open:
            return self._line
        return f"\r{self._line}" if sys.stdout.isatty() else ""


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()
