"""The operating system's user that a server runs as: PostgreSQL refuses to be root."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.refusal import Refused

STAND_INS = ("postgres", "nobody")
# macOS has no C.UTF-8; the database's own rules are C.UTF-8 everywhere (see cluster.py).
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_KEPT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")


def server_environment(**more: str) -> dict[str, str]:
    """A small environment: no secret of the caller, no PG* variable that would bend a server's behaviour."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": LOCALE, "TZ": "UTC", **more}


@dataclass(frozen=True, slots=True)
class Account:
    """`switched` says that the caller is root and the server is somebody else."""

    name: str
    uid: int
    gid: int
    switched: bool = False

    def run(
        self,
        argv: Iterable[str | Path],
        *,
        log: int | IO[bytes] = subprocess.DEVNULL,
        out: int | None = None,
        environment: Mapping[str, str] | None = None,
        keep: tuple[int, ...] = (),
        text: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user; `out` is its stdout unless that is the log, `keep` stays open."""
        return subprocess.run(
            [str(word) for word in argv],
            check=False,
            cwd="/",
            env=server_environment(**(environment or {})),
            input=text,
            stdout=log if out is None else out,
            stderr=log,
            text=True,
            pass_fds=keep,
            umask=0o077,
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=[] if self.switched else None,
        )

    def can_enter(self, folder: Path) -> bool:
        """Ask the kernel, as that user: only it knows of access lists and security modules."""
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0


def choose_account(owner: int | None) -> Account:
    """The caller itself; for root the `owner` of the data if there are any, else postgres, else nobody."""
    me = os.geteuid()
    if me != 0:
        return Account(_name_of(me), me, os.getegid())
    account = _stand_in(owner)
    try:
        account.run(["/bin/sh", "-c", ":"])
    except OSError as error:
        raise Refused(
            f"PostgreSQL does not run as root, and this root may not become {account.name} ({error}).\n"
            "Run as another user, or set DATABASE_URL to a server of yours."
        ) from error
    return account


def _stand_in(owner: int | None) -> Account:
    with contextlib.suppress(KeyError):
        if owner:
            found = pwd.getpwuid(owner)
            return Account(found.pw_name, found.pw_uid, found.pw_gid, switched=True)
    for name in STAND_INS:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(name, found.pw_uid, found.pw_gid, switched=True)
    raise Refused(
        "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.\n"
        "Add one (useradd --system postgres), run as another user, or set DATABASE_URL."
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise Refused(
            f"The user id {uid} has no name on this machine, and PostgreSQL's initdb demands one.\n"
            "Run as a user that /etc/passwd knows, or set DATABASE_URL to a server of yours."
        ) from None
