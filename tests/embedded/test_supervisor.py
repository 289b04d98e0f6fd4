"""The demonstration's supervisor, over a project whose commands do nothing and whose web page is tiny."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.supervisor.children import Child, Children
from config.supervisor.keys import keep_keys
from config.supervisor.stamp import digest_of_sources
from tests.embedded.conftest import clear
from tests.embedded.runs import PROJECT, eventually, processes_of

MANAGE = """
import sys, time
print('ran', sys.argv[1], flush=True)
time.sleep(600 if sys.argv[1] == 'promote_field' else 0)  # it watches
"""
PAGE = """
import json, os
async def application(scope, receive, send):
    if scope["type"] == "http":
        body = {"process": os.getpid(), "environment": dict(os.environ)}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
"""
WORK = """
import os
from celery import Celery
address = os.environ["REDIS_URL"].replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
app = Celery("sample", broker=address)
"""


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """A project small enough to start in seconds, with the real supervisor."""
    folder = Path(tempfile.mkdtemp(prefix="agora-test-", dir="/tmp"))
    folder.chmod(0o755)
    for package in ("embedded", "supervisor"):
        shutil.copytree(PROJECT / "config" / package, folder / "config" / package)
    files = {"__init__.py": "", "asgi.py": PAGE, "celery.py": WORK}
    for name, content in files.items():
        (folder / "config" / name).write_text(content)
    (folder / "manage.py").write_text(MANAGE)
    yield folder
    clear(folder)


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def test_it_serves_twice_and_prepares_the_database_once(project: Path, port: int) -> None:
    (project / "var" / "demo" / "stamp").unlink(missing_ok=True)
    first = _serving(project, port)
    output = _finish(first, signal.SIGTERM)
    assert (first.returncode, "ran seed_demo" in output) == (0, True)
    assert _left_of(project) == []
    second = _serving(project, port)
    output = _finish(second, signal.SIGINT)
    assert (second.returncode, "ran seed_demo" in output, output.count("up to date")) == (0, False, 3)
    assert _left_of(project) == []


def test_what_serves_has_keys_of_its_own_and_no_privileged_address(project: Path, port: int) -> None:
    process = _serving(project, port)
    environment = _page(port)["environment"]
    assert environment["DATABASE_URL"].startswith("postgresql://agora_app@")
    assert "DATABASE_ADMIN_URL" not in environment
    assert "DATABASE_OWNER_URL" not in environment
    assert environment["AGORA_SECRET_KEY"] in (project / "var" / "demo" / "secrets.env").read_text()
    _finish(process, signal.SIGTERM)


def test_a_web_server_that_is_killed_comes_back(project: Path, port: int) -> None:
    process = _serving(project, port)
    before = _page(port)["process"]
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: _answers(port) and _page(port)["process"] != before)
    assert "The web server ended" in _finish(process, signal.SIGTERM)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's end")
def test_a_killed_supervisor_leaves_nothing(project: Path, port: int) -> None:
    process = _serving(project, port)
    assert len(_left_of(project)) > 5
    process.kill()
    process.wait()
    assert eventually(lambda: _left_of(project) == [])


def test_a_taken_port_is_said_before_anything_starts(project: Path, port: int) -> None:
    with socket.socket() as line:
        line.bind(("127.0.0.1", port))
        line.listen()
        output = _started(project, port).communicate()[0]
    assert f"127.0.0.1, port {port}, cannot be served" in output
    assert "[1/6]" not in output


def test_a_second_demonstration_of_the_same_folder_is_refused(project: Path, port: int) -> None:
    first = _serving(project, port)
    second = _started(project, port + 1)
    assert "is running already" in second.communicate()[0]
    assert second.returncode == 1
    _finish(first, signal.SIGTERM)


def test_a_failed_command_shows_its_last_lines_and_leaves_nothing(project: Path, port: int) -> None:
    (project / "var" / "demo" / "stamp").unlink(missing_ok=True)
    (project / "manage.py").write_text("raise SystemExit('no such column')")
    output = _started(project, port).communicate()[0]
    (project / "manage.py").write_text(MANAGE)
    assert "manage.py provision_db failed with code 1" in output
    assert "no such column" in output
    assert _left_of(project) == []


def test_a_child_that_keeps_dying_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "raise SystemExit('no such table')"]
    children = Children(tmp_path, [Child("worker", words, os.environ, tmp_path / "log" / "x.log")], pause=0.01)
    children.start()
    with pytest.raises(SystemExit, match="worker ended 5 times in 60 seconds, last with code 1") as end:
        _tend_for_long(children)
    assert "no such table" in str(end.value)


def test_keys_are_private_and_kept_when_one_is_added(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    keys = keep_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "PEPPER" not in line))
    later = keep_keys(path)
    assert later["AGORA_KEK"] == keys["AGORA_KEK"]
    assert later["AGORA_PEPPER"] != keys["AGORA_PEPPER"]
    assert keep_keys(path) == later


def test_the_stamp_follows_migrations_and_the_database_and_nothing_else(tmp_path: Path) -> None:
    migration = tmp_path / "apps" / "shop" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("a")
    first = digest_of_sources(tmp_path, "one")
    (tmp_path / "apps" / "shop" / "views.py").write_text("no matter")
    assert digest_of_sources(tmp_path, "one") == first
    assert digest_of_sources(tmp_path, "two") != first
    migration.write_text("b")
    assert digest_of_sources(tmp_path, "one") != first


def _tend_for_long(children: Children) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children.tend()


def _started(project: Path, port: int) -> subprocess.Popen[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "config.supervisor", "demo"],
        cwd=project,
        env={**kept, "HOME": "/nonexistent", "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _serving(project: Path, port: int) -> subprocess.Popen[str]:
    process = _started(project, port)
    assert eventually(lambda: process.poll() is not None or _answers(port), within=40)
    assert process.poll() is None, process.communicate()[0]
    return process


def _finish(process: subprocess.Popen[str], number: signal.Signals) -> str:
    process.send_signal(number)
    return process.communicate(timeout=30)[0]


def _answers(port: int) -> bool:
    try:
        _page(port)
    except (OSError, http.client.HTTPException):
        return False
    return True


def _page(port: int) -> dict[str, Any]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/")
    page: dict[str, Any] = json.loads(line.getresponse().read())
    return page


def _left_of(project: Path) -> list[int]:
    """Processes with the project's path on their command line or as their working folder."""
    found = set(processes_of(project))
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if entry.readlink() == project:
                found.add(int(entry.parent.name))
        except OSError:
            continue
    return sorted(found)
