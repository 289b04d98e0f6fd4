"""Copies of a server's programs for a user who cannot enter the folder they are in."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from config.embedded.places import tag
from config.embedded.refusal import Refused

SHARED = Path("/var/tmp")  # noqa: S108 the copy is made under a private name and checked before each use
_COUNT = "complete"


def shared_copy(packages: Iterable[Path], program: Path) -> Path:
    """A folder with copies of `packages` that every user can read and only root can write."""
    copy = shared_copy_name(program)
    if _whole(copy):
        return copy
    if copy.is_dir() and not copy.is_symlink() and copy.lstat().st_uid == os.geteuid():
        shutil.rmtree(copy)
    fresh = Path(tempfile.mkdtemp(prefix="agora-new-", dir=SHARED))
    try:
        for package in packages:
            shutil.copytree(package, fresh / package.name, symlinks=True)
        _open_for_reading(fresh)
        (fresh / _COUNT).write_text(str(_count(fresh)))
        fresh.rename(copy)
    except OSError as error:
        if _whole(copy):  # another starter was faster
            return copy
        raise Refused(f"PostgreSQL's programs cannot be copied to {copy}: {error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return copy


def shared_copy_name(program: Path) -> Path:
    """Where the copy is: named by the path, size and time of `program`, so a new version gets a new one."""
    found = program.stat()
    return SHARED / f"agora-bin-{tag(program, found.st_size, found.st_mtime_ns)}"


def _whole(copy: Path) -> bool:
    """Whether the copy is ours, closed to other writers, and no cleaner of old files took parts of it."""
    try:
        found = copy.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
        return ours and int((copy / _COUNT).read_text()) == _count(copy)
    except (OSError, ValueError):
        return False


def _count(folder: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(folder)) - (folder / _COUNT).exists()


def _open_for_reading(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            path = Path(place, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
