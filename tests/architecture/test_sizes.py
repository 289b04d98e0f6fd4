"""Functions, classes and files stay small; an exception stands here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("apps", "config", "tools", "tests", "benchmarks")
LONGEST_FUNCTION = 50
LONGEST_TEST = 40
LONGEST_CLASS = 250
LONGEST_FILE = 500
LONGEST_TEST_FILE = 600
EXCEPTIONS: dict[str, str] = {}


def sources() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def definitions() -> Iterator[tuple[str, ast.AST]]:
    for name, source in sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield f"{name}:{node.name}", node


def test_no_function_is_over_the_limit() -> None:
    long = [
        f"{name} ({length(node)})"
        for name, node in definitions()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length(node) > (LONGEST_TEST if node.name.startswith("test_") else LONGEST_FUNCTION)
        and name not in EXCEPTIONS
    ]
    assert long == []


def test_no_class_is_over_the_limit() -> None:
    long = [
        f"{name} ({length(node)})"
        for name, node in definitions()
        if isinstance(node, ast.ClassDef) and length(node) > LONGEST_CLASS and name not in EXCEPTIONS
    ]
    assert long == []


def test_no_file_is_over_the_limit() -> None:
    long = [
        f"{name} ({source.count(chr(10))})"
        for name, source in sources()
        if source.count("\n") > (LONGEST_TEST_FILE if name.startswith("tests/") else LONGEST_FILE)
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = [name for name, _ in sources() if Path(name).name in {"utils.py", "helpers.py", "common.py", "misc.py"}]
    assert vague == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, source in sources()
        if source.strip()
        and Path(name).name not in {"__init__.py", "urls.py"}
        and ast.get_docstring(ast.parse(source)) is None
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME")
    found = [(name, word) for name, source in sources() for word in words if word in source]
    assert found == []
