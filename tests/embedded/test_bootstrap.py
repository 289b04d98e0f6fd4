"""The bootstrap on machines that lack something: what it does without, and what it says. No network."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.runs import PROJECT, eventually

# Hides modules from the machine's interpreter, not from the environment that is made with it.
HIDING = """
import os, sys
class Hider:
    def find_spec(self, name, path=None, target=None):
        if sys.prefix == sys.base_prefix and name.split(".")[0] in os.environ["HIDDEN"].split(","):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hider())
"""
BASE = getattr(sys, "_base_executable", sys.executable)
# An environment without a pip of its own is made ten times as fast, where the interpreter has one.
_PIP = subprocess.run([BASE, "-m", "pip", "--version"], check=False, capture_output=True)
QUICK = "" if _PIP.returncode else "ensurepip"
WHEEL = "pip-26.3-py3-none-any.whl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with lock files that ask for nothing."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT / "tools", folder / "tools")
    (folder / "locks").mkdir()
    for profile in ("runtime", "demo", "test", "dev"):
        (folder / "locks" / f"{profile}.txt").write_text(f"# nothing for {profile}\n")
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "sitecustomize.py").write_text(HIDING)
    return folder


@pytest.fixture
def index() -> Iterator[tuple[str, list[str]]]:
    """A package index with a wheel that is not the pinned one; gives its address and what was asked of it."""
    asked: list[str] = []

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.headers.get('Authorization', '-')} {self.path}")
            page = {"files": [{"filename": WHEEL, "url": f"../../files/{WHEEL}"}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"not a wheel" if self.path.endswith(".whl") else json.dumps(page).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()


def test_a_profile_is_installed_once_and_holds_the_smaller_ones(project: Path) -> None:
    assert "Installed in" in _bootstrap(project, "test")
    made = (project / ".venv" / "pyvenv.cfg").stat().st_ino
    assert [_bootstrap(project, profile) for profile in ("test", "demo", "runtime")] == [""] * 3
    (project / "locks" / "demo.txt").write_text("# changed\n")
    assert "(demo)" in _bootstrap(project, "demo")
    assert (project / ".venv" / "pyvenv.cfg").stat().st_ino == made


def test_a_half_made_environment_is_made_anew(project: Path) -> None:
    _bootstrap(project, "demo")
    (project / ".venv" / "agora-unfinished").touch()
    assert "Making .venv" in _bootstrap(project, "demo")
    (project / ".venv" / "bin" / "python").unlink()
    assert "Making .venv" in _bootstrap(project, "demo")
    assert _bootstrap(project, "demo") == ""


def test_a_second_bootstrap_waits_for_the_first(project: Path) -> None:
    runs = [_started(project, "demo") for _ in range(2)]
    outputs = sorted(run.communicate(timeout=120)[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("Installed in" in output for output in outputs) == 1


def test_without_ensurepip_the_pip_of_the_interpreter_installs(project: Path) -> None:
    if not QUICK:
        pytest.skip(f"{BASE} has no pip")
    output = _bootstrap(project, "demo", HIDDEN="ensurepip")
    assert "Installed in" in output
    assert not list((project / ".venv").glob("lib/*/site-packages/pip"))


def test_without_any_pip_and_any_index_the_message_says_what_to_do(project: Path) -> None:
    run = _started(project, "demo", HIDDEN="ensurepip,pip", PIP_INDEX_URL="http://me:hunter2@127.0.0.1:9/simple")
    output = run.communicate(timeout=60)[0]
    assert run.returncode == 1
    assert "neither ensurepip nor pip, and pip could not be fetched from http://127.0.0.1:9/simple" in output
    assert "apt install python3-venv" in output
    assert "hunter2" not in output
    assert "Traceback" not in output


def test_a_wheel_of_pip_that_is_not_the_pinned_one_is_not_used(project: Path, index: tuple[str, list[str]]) -> None:
    address, asked = index
    run = _started(project, "demo", HIDDEN="ensurepip,pip", PIP_INDEX_URL=f"http://me:p%40ss@{address}/simple")
    output = run.communicate(timeout=60)[0]
    assert run.returncode == 1
    assert f"{WHEEL} from http://{address}/simple is not the one that is pinned" in output
    assert asked == ["Basic bWU6cEBzcw== /simple/pip/", f"Basic bWU6cEBzcw== /files/{WHEEL}"]


def test_a_package_that_cannot_be_had_shows_pips_words(project: Path) -> None:
    digest = hashlib.sha256(b"").hexdigest()
    (project / "locks" / "demo.txt").write_text(f"agora-no-such-package==1 --hash=sha256:{digest}\n")
    run = _started(project, "demo", PIP_NO_INDEX="1")
    output = run.communicate(timeout=120)[0]
    assert run.returncode == 1
    assert "No matching distribution found for agora-no-such-package" in output
    assert "pip could not install locks/demo.txt" in output


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the pip that outlives its parent")
def test_a_killed_bootstrap_is_begun_anew_by_the_next(project: Path) -> None:
    run = _started(project, "demo")
    assert eventually((project / ".venv" / "agora-unfinished").exists, within=60)
    run.kill()
    run.wait()
    assert "Installed in" in _bootstrap(project, "demo")
    assert not (project / ".venv" / "agora-unfinished").exists()


def test_an_unknown_profile_shows_the_usage(project: Path) -> None:
    run = _started(project, "everything")
    assert "tools/bootstrap.py demo|test|dev" in run.communicate()[0]
    assert run.returncode == 1


def _started(project: Path, profile: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    hiding = {"PYTHONPATH": str(project.parent / "hiding"), "HIDDEN": QUICK}
    return subprocess.Popen(
        [BASE, str(project / "tools" / "bootstrap.py"), profile],
        cwd=project,
        env={**kept, "HOME": "/nonexistent", **hiding, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _bootstrap(project: Path, profile: str, **environment: str) -> str:
    run = _started(project, profile, **environment)
    output = run.communicate(timeout=120)[0]
    assert run.returncode == 0, output
    return output
