"""Folders of the embedded servers: whose they are, who may enter, and where a socket's path fits."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from config.embedded.account import Account
from config.embedded.refusal import Refused

LONGEST_SOCKET = 100  # bytes; the kernel allows 107 on Linux and 103 on macOS
LOG_LIMIT = 8 * 1024 * 1024
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")  # what needs no quoting in a command line or a list of folders


def tag(*words: object) -> str:
    """A short name for something long, the same each time."""
    return hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()[:12]


def claim(folder: Path, *, mode: int = 0o700, owners: frozenset[int] = frozenset()) -> None:
    """Make a folder of ours; refuse a link, a file, or a folder that somebody else made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        pass
    except PermissionError:
        raise Refused(f"The folder {folder} cannot be made: {folder.parent} is closed to this user.") from None
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners | {os.geteuid()}:
        raise Refused(
            f"{folder} is a link or belongs to another user (id {found.st_uid}); it is not used.\n"
            "Run as that user, or remove it: make clean removes the folder var."
        )
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)


def socket_folder(wanted: Path, socket_name: str, account: Account) -> Path:
    """A folder for a socket, closed to other users; a short one elsewhere where `wanted` is too long a path.

    Root talks to a server that runs as somebody else through the group, so that it may have dropped the
    capability to pass through closed folders.
    """
    folder = wanted if _fits(wanted / socket_name) else _short(wanted, socket_name, account)
    mode = 0o710 if account.switched else 0o700
    claim(folder, mode=mode, owners=frozenset({account.uid}))
    if account.switched:
        found = folder.lstat()
        if (found.st_uid, found.st_gid) != (account.uid, os.getegid()):
            os.chown(folder, account.uid, os.getegid())
        if stat.S_IMODE(found.st_mode) != mode:
            folder.chmod(mode)
    return folder


def open_log(path: Path) -> int:
    """Open a log for appending; a large one begins anew and keeps its predecessor."""
    claim(path.parent)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)


def write_whole(path: Path, content: str, *, lasting: bool = True) -> None:
    """Write a private file that is never seen half-written; a `lasting` one not even after a power cut."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(content)
        file.flush()
        if lasting:
            os.fsync(handle)
    fresh.replace(path)


def last_lines(path: Path, *, count: int = 15) -> str:
    """The end of a log, for a message."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _fits(socket: Path) -> bool:
    return len(os.fsencode(socket)) <= LONGEST_SOCKET and _PLAIN.fullmatch(str(socket)) is not None


def _short(wanted: Path, socket_name: str, account: Account) -> Path:
    name = f"agora-{tag(wanted, os.geteuid())}"
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    if own and not account.switched and _is_mine(Path(own)) and _fits(Path(own, name, socket_name)):
        return Path(own, name)
    return Path("/tmp", name)  # noqa: S108 the folder is made and checked by claim()


def _is_mine(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and os.access(folder, os.W_OK | os.X_OK)
