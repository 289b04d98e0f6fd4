"""A module that `manage.py startmodule` wrote: nobody touches it, and everything that is asked of a module holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.embedded.runs import PROJECT
from tests.journeys.desks import run

pytestmark = [pytest.mark.processes, pytest.mark.prove, pytest.mark.xdist_group("startmodule")]

PYTHON = ".venv/bin/python"
AUTHOR = "author:name:text:unique,email:email(encrypted):unique,notes:multiline"
BOOK = (
    "book:title:text,isbn:text:unique,pages:integer,price:money,weight:decimal:indexed,is_lent:boolean,"
    "published:date:required,borrowed_at:datetime,kind:choice(novel|poetry):required,"
    "author:reference(library.author):required,currency:reference(currencies.currency),owner:reference(nobody.person)"
)
ROOM = (
    "room:name:text:unique,seats:integer:required:unique,fee:money:required,size:decimal:required:unique,"
    "open_at:datetime:required,opened:date:required:unique,mail:email:required:unique,pin:email(encrypted):required,"
    "notes:multiline:required,currency:reference(currencies.currency):required,kind:choice(small|large):indexed"
)
NEW = "apps/library apps/rooms tests/library tests/rooms"
# What `make check` does, of which mypy looks at the new files only: it has seen the others.
CHECKS = (
    "-m ruff format --check .",
    "-m ruff check .",
    f"-m mypy {NEW}",
    "-c 'from importlinter.cli import lint_imports_command as lint; lint()'",
    "tools/lint_scope.py",
    "manage.py check",
    "manage.py makemigrations --check --dry-run",
    "manage.py modules check",
)
# Their own tests, and what is generated or asked of every module.
TESTS = (
    "-m pytest tests/library tests/rooms tests/kernel/test_isolation.py tests/kernel/test_generated_undo.py"
    " tests/architecture/test_docs.py tests/architecture/test_sizes.py tests/architecture/test_guards.py -n 0"
    " -k 'library or rooms or links or index or readme or limit or guard or says'"
)


def done(words: str, folder: Path) -> str:
    """What Python prints when it is run there; it must succeed."""
    answer = run(f"{PYTHON} {words}", folder)
    assert answer.returncode == 0, f"{words}\n{answer.stdout[-6000:]}"
    return answer.stdout


def test_written_modules_pass_every_check_and_their_own_tests_untouched(desk: Path) -> None:
    if (PROJECT / ".mypy_cache").is_dir():
        shutil.copytree(PROJECT / ".mypy_cache", desk / ".mypy_cache")
    said = done(f"manage.py startmodule library --entity '{AUTHOR}' --entity '{BOOK}'", desk)
    assert "nobody.person is not installed" in said
    assert "apps/library/migrations/0001_initial.py" in said
    done(f"manage.py startmodule rooms --tenant --label 'Meeting rooms' --entity '{ROOM}'", desk)
    for words in CHECKS:
        done(words, desk)
    assert int(done(TESTS, desk).split(" passed")[0].rpartition("\n")[2]) > 100
