"""Starting user programs as whom and with what a test needs, and looking at what they leave."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("user_program.py")
NOBODY = 65534
# With a database given only Valkey is started, which takes a tenth of the time.
ONLY_VALKEY = {"DATABASE_URL": "postgresql://me@db/shop"}
# Variables by which PostgreSQL's programs could be led astray.
BENT = {"PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "elsewhere", "PGTZ": "Asia/Tokyo", "TZ": "Asia/Tokyo"}
_PASSED_ON = ("PATH", "LANG", "LD_LIBRARY_PATH")


@dataclass
class Run:
    """One user program; `answer` is what it printed once its servers served."""

    process: subprocess.Popen[str]
    answer: dict[str, str] = field(default_factory=dict)

    def ready(self) -> Run:
        """Wait for the servers; an early end shows the program's complaint."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"ended with {self.process.wait(60)}: {self.complaint()}")
        self.answer = json.loads(line)
        return self

    def complaint(self) -> str:
        """What the program wrote to its error output; it has to have ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def finish(self) -> int:
        """Let it stop its part, and wait for that."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(60)

    def refused(self) -> str:
        """Wait for the end of a program that was not served; gives its message."""
        assert self.process.wait(60) == 1
        return self.complaint()

    @property
    def sockets(self) -> Path:
        """The folder of PostgreSQL's socket."""
        return Path(parse_qs(urlsplit(self.answer["DATABASE_URL"]).query)["host"][0])


def launch(
    home: Path,
    *,
    durable: bool = False,
    project: Path = PROJECT,
    python: str = sys.executable,
    prefix: tuple[str, ...] = (),
    uid: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Start a user program in a small environment with no home."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    program = project / "user_program.py" if (project / "user_program.py").exists() else PROGRAM
    words = [
        *prefix,
        python,
        "-B",
        str(program),
        str(project),
        str(home),
        "durable" if durable else "passing",
    ]
    return Run(
        subprocess.Popen(
            words,
            cwd="/",
            env={**kept, "HOME": "/nonexistent", **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else [],
        )
    )


def eventually(claim: Callable[[], bool], *, within: float = 15.0) -> bool:
    """Whether the claim comes true in time."""
    deadline = time.monotonic() + within
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def processes_of(word: object) -> list[int]:
    """Living processes with `word` on their command line, other than this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if str(word) in (entry / "cmdline").read_text(errors="replace"):
                    found.append(int(entry.name))
    return found


def fetch(address: str, statement: str) -> list[tuple[Any, ...]]:
    """Rows of a statement, on a connection of its own."""
    with psycopg.connect(address, autocommit=True) as line:
        cursor = line.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
