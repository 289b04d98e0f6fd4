"""A reader of docs/how-to/add-a-module.md: every block of the page is done to a copy of the project, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedded.runs import PROJECT
from tests.journeys.desks import run
from tests.support.pages import CommandBlock, FileBlock, steps

pytestmark = [pytest.mark.processes, pytest.mark.prove, pytest.mark.xdist_group("add-a-module")]

PAGE = PROJECT / "docs" / "how-to" / "add-a-module.md"


def test_a_reader_who_does_what_the_page_says_has_a_module(desk: Path) -> None:
    done = list(steps(PAGE.read_text()))
    for step in done:
        if isinstance(step, FileBlock):
            step.write(desk)
            continue
        answer = run(step.command, desk)
        assert answer.returncode == 0, f"$ {step.command}\n{answer.stdout[-5000:]}"
        assert step.missing(answer.stdout) == [], f"$ {step.command}\n{answer.stdout[-5000:]}"
    assert sum(isinstance(step, CommandBlock) for step in done) == 6
    assert sum(isinstance(step, FileBlock) for step in done) > 10


def test_every_block_of_python_on_the_page_is_done() -> None:
    page = PAGE.read_text()
    written = sum(isinstance(step, FileBlock) for step in steps(page))
    assert written == page.count("\n```python\n") + page.count("\n```markdown\n")
