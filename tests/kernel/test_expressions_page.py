"""The page for authors shows what really happens, and leaves nothing out."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from apps.kernel.expressions.functions import FUNCTIONS
from apps.kernel.expressions.operators import OPERATORS

PAGE = Path(__file__).parents[2] / "docs" / "modules" / "expressions.md"


def test_the_examples_print_what_the_page_says() -> None:
    parsed = doctest.DocTestParser().get_doctest(PAGE.read_text(), {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    result = doctest.DocTestRunner().run(parsed, out=report.append)
    assert (result.failed, "".join(report)) == (0, "")
    assert result.attempted > 20


@pytest.mark.parametrize("name", [*OPERATORS, *FUNCTIONS])
def test_every_operator_and_function_stands_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text()
