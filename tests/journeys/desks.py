"""A copy of the project in which a test does what a reader would do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.embedded.runs import PROJECT

SERVERS = ("DATABASE_", "REDIS_", "AGORA_", "DJANGO_", "PYTEST_")


@contextmanager
def copy_of_the_project() -> Iterator[Path]:
    """What is in the repository, with the environment that is installed already; servers of its own end with it."""
    folder = Path(tempfile.mkdtemp(prefix="agora-reader-", dir="/var/tmp"))
    folder.chmod(0o755)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    try:
        yield folder
    finally:
        subprocess.run([sys.executable, "-m", "config.embedded", "erase", "var/test"], cwd=folder, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it as a reader does in a shell of their own, with servers of their own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(SERVERS)}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
