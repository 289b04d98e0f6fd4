"""Functions, classes and files stay small; an exception stands here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("apps", "config", "tools", "tests", "benchmarks")
LONGEST_FUNCTION = 50
LONGEST_TEST = 40
LONGEST_CLASS = 250
LONGEST_FILE = 500
LONGEST_TEST_FILE = 600
EXCEPTIONS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or a class, and its lines."""

    name: str
    is_class: bool
    is_test: bool
    length: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its text, what it defines, and whether it says what it is for."""

    name: str
    text: str
    definitions: tuple[Definition, ...]
    says: bool


@cache
def sources() -> tuple[Source, ...]:
    """Every file of the house, read once."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(source(path) for path in paths if "migrations" not in path.parts)


def source(path: Path) -> Source:
    name, text = path.relative_to(ROOT).as_posix(), path.read_text()
    tree = ast.parse(text)
    return Source(name, text, tuple(defined(name, tree)), ast.get_docstring(tree) is not None)


def defined(file: str, tree: ast.Module) -> Iterator[Definition]:
    """What is defined at any depth: definitions are statements, so expressions need no look."""
    pending: list[ast.AST] = [tree]
    for node in pending:
        pending += (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            is_class, is_test = isinstance(node, ast.ClassDef), node.name.startswith("test_")
            yield Definition(f"{file}:{node.name}", is_class, is_test, lines)


def definitions(*, of_classes: bool) -> list[Definition]:
    found = [item for source in sources() for item in source.definitions]
    return [item for item in found if item.is_class is of_classes and item.name not in EXCEPTIONS]


def test_no_function_is_over_the_limit() -> None:
    functions = definitions(of_classes=False)
    limits = {True: LONGEST_TEST, False: LONGEST_FUNCTION}
    assert [f"{item.name} ({item.length})" for item in functions if item.length > limits[item.is_test]] == []


def test_no_class_is_over_the_limit() -> None:
    classes = definitions(of_classes=True)
    assert [f"{item.name} ({item.length})" for item in classes if item.length > LONGEST_CLASS] == []


def test_definitions_are_found_wherever_they_stand() -> None:
    text = """
class A:
    def a(self):
        with b:
            async def c(): ...
try:
    pass
except E:
    def d(): ...
match e:
    case 1:
        class F: ...
"""
    found = {item.name: (item.is_class, item.length) for item in defined("x", ast.parse(text))}
    assert found == {"x:A": (True, 4), "x:a": (False, 3), "x:c": (False, 1), "x:d": (False, 1), "x:F": (True, 1)}


def test_no_file_is_over_the_limit() -> None:
    long = [
        f"{source.name} ({source.text.count(chr(10))})"
        for source in sources()
        if source.text.count("\n") > (LONGEST_TEST_FILE if source.name.startswith("tests/") else LONGEST_FILE)
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [source.name for source in sources() if Path(source.name).name in vague] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        source.name
        for source in sources()
        if source.text.strip() and Path(source.name).name not in {"__init__.py", "urls.py"} and not source.says
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME")
    found = [(source.name, word) for source in sources() for word in words if word in source.text]
    assert found == []
