"""A newcomer's first minutes: a clone in an empty folder with an empty home, and the two commands."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.embedded.runs import NOBODY, PROJECT, eventually, processes_of

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.xdist_group("fresh-clone")]

FIRST_START = 240.0
# The promise on an idle machine; on a slower or busier one it is so many times what loading the project alone takes.
SECOND_START, LOADINGS = 5.0, 2.0
PASSED_ON = ("PATH", "LANG", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
# Root tries it for itself and for a user without rights; anybody else only for themselves.
WHO = {"root": 0, "nobody": NOBODY} if os.geteuid() == 0 else {"self": os.geteuid()}


@dataclass(frozen=True)
class Newcomer:
    """Somebody with a clone and an empty home."""

    clone: Path
    home: Path
    uid: int

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Run make in the clone, in a process group of its own."""
        passed = {name: os.environ[name] for name in os.environ if name in PASSED_ON or name.startswith("PIP_")}
        mine = self.uid == os.geteuid()
        return subprocess.Popen(
            ["make", *words],
            cwd=self.clone,
            env={**passed, "HOME": str(self.home), "PYTHON": python_for(self.uid), **environment},
            stdout=(self.home / "out").open("w"),
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            user=None if mine else self.uid,
            group=None if mine else self.uid,
            extra_groups=None if mine else [],
        )

    def printed(self) -> str:
        """What the last command printed."""
        return (self.home / "out").read_text()


def python_for(uid: int) -> str:
    """A Python that the user may run: one under a closed home folder is root's alone."""
    mine = Path(shutil.which("python3") or "python3").resolve()
    closed = any(parent.stat().st_mode & 0o005 != 0o005 for parent in mine.parents)
    return "/usr/bin/python3" if uid != os.geteuid() and closed else "python3"


@pytest.fixture(scope="module", params=list(WHO.values()), ids=list(WHO))
def newcomer(request: pytest.FixtureRequest) -> Iterator[Newcomer]:
    """A fresh copy of what is in the repository, and nothing else."""
    uid: int = request.param
    folder = Path(tempfile.mkdtemp(prefix="agora-clone-", dir="/var/tmp"))
    folder.chmod(0o755)
    clone, home = folder / "clone", folder / "home"
    clone.mkdir()
    home.mkdir()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (PROJECT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, clone / name)
    subprocess.run(["chown", "-R", f"{uid}:{uid}", folder], check=True)
    yield Newcomer(clone, home, uid)
    for number in processes_of(clone):
        os.kill(number, signal.SIGKILL)
    own = {**os.environ, "HOME": str(home)}
    subprocess.run(["make", "clean"], cwd=clone, env=own, check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def loading(newcomer: Newcomer) -> float:
    """Seconds that one process takes to import the project and to look at it."""
    began = time.monotonic()
    subprocess.run([".venv/bin/python", "manage.py", "check"], cwd=newcomer.clone, check=True, capture_output=True)
    return time.monotonic() - began


def log_in_page_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/backend/login/", timeout=2) as answer:
            return bool(answer.status == 200 and b"password" in answer.read())
    except (urllib.error.URLError, OSError):
        return False


def serve(newcomer: Newcomer, port: int, *, within: float) -> tuple[subprocess.Popen[str], float]:
    """Start the demo; the process and how long it took to answer."""
    began = time.monotonic()
    process = newcomer.start("demo", PORT=str(port))
    eventually(lambda: process.poll() is not None or log_in_page_answers(port), within=within)
    assert process.poll() is None, newcomer.printed()[-3000:]
    assert log_in_page_answers(port), newcomer.printed()[-3000:]
    return process, time.monotonic() - began


def stop(newcomer: Newcomer, process: subprocess.Popen[str], send: Callable[[], None]) -> None:
    send()
    process.wait(30)
    left = processes_of(newcomer.clone)
    assert eventually(lambda: not processes_of(newcomer.clone), within=5), [Path(f"/proc/{n}/cmdline") for n in left]


def test_the_demo_serves_and_ctrl_c_leaves_nothing(newcomer: Newcomer, port: int) -> None:
    process, _ = serve(newcomer, port, within=FIRST_START)
    printed = newcomer.printed()
    assert re.search(rf"http://127\.0\.0\.1:{port}", printed), printed
    assert "@" in printed, "no log-in was printed"
    # Ctrl-C reaches the whole group of the terminal's foreground.
    stop(newcomer, process, lambda: os.killpg(process.pid, signal.SIGINT))


def test_the_second_start_is_quick_keeps_the_data_and_sigterm_leaves_nothing(newcomer: Newcomer, port: int) -> None:
    process, seconds = serve(newcomer, port, within=FIRST_START)
    stop(newcomer, process, process.terminate)
    assert seconds < max(SECOND_START, LOADINGS * loading(newcomer)), newcomer.printed()


def test_the_suite_runs(newcomer: Newcomer) -> None:
    process = newcomer.start("test", ARGS="tests/kernel/test_write_door.py", WORKERS="")
    assert process.wait(FIRST_START) == 0, newcomer.printed()[-3000:]
    assert re.search(r"\d+ passed|100%", newcomer.printed())
    assert eventually(lambda: not processes_of(newcomer.clone), within=5)
