"""A reader of docs/how-to/add-a-module.md: every block of the page is done to a copy of the project, in order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.runs import PROJECT
from tests.support.pages import CommandBlock, FileBlock, steps

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("add-a-module")]

PAGE = PROJECT / "docs" / "how-to" / "add-a-module.md"
SERVERS = ("DATABASE_", "REDIS_", "AGORA_", "DJANGO_", "PYTEST_")


@pytest.fixture
def desk() -> Iterator[Path]:
    """A copy of what is in the repository, with the environment that is installed already."""
    folder = Path(tempfile.mkdtemp(prefix="agora-reader-", dir="/var/tmp"))
    folder.chmod(0o755)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    yield folder
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


def test_a_reader_who_does_what_the_page_says_has_a_module(desk: Path) -> None:
    done = list(steps(PAGE.read_text()))
    for step in done:
        if isinstance(step, FileBlock):
            step.write(desk)
            continue
        answer = run(step.command, desk)
        assert answer.returncode == 0, f"$ {step.command}\n{answer.stdout[-5000:]}"
        assert step.missing(answer.stdout) == [], f"$ {step.command}\n{answer.stdout[-5000:]}"
    assert sum(isinstance(step, CommandBlock) for step in done) == 5
    assert sum(isinstance(step, FileBlock) for step in done) > 20


def test_every_block_of_python_on_the_page_is_done() -> None:
    page = PAGE.read_text()
    written = sum(isinstance(step, FileBlock) for step in steps(page))
    assert written == page.count("\n```python\n") + page.count("\n```markdown\n")
