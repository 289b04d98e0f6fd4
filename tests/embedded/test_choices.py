"""Which servers are taken, which roles they know, and how safe they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config import env
from tests.embedded.runs import BENT, ONLY_VALKEY, PROJECT, Run, fetch, launch, processes_of

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
with_system = pytest.mark.skipif(not SYSTEM, reason="no PostgreSQL of the system")


def test_the_roles_are_what_row_level_security_needs(served: Run) -> None:
    rows = fetch(
        served.answer["DATABASE_ADMIN_URL"],
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles"
        " WHERE rolname LIKE 'agora%' ORDER BY 1",
    )
    assert rows == [
        ("agora_app", False, False, False, False, True),
        ("agora_owner", False, False, False, False, True),
        ("agora_provisioner", True, True, True, True, True),
    ]
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert fetch(served.answer["DATABASE_URL"], owner) == [("agora_owner",)]


def test_servers_for_tests_are_fast_and_those_of_a_demonstration_survive_a_power_cut(served: Run, fresh: Path) -> None:
    assert _safety(served) == {"off"}
    lasting = launch(fresh, durable=True).ready()
    assert _safety(lasting) == {"on"}
    lasting.finish()


def test_letters_beyond_ascii_are_folded(served: Run) -> None:
    rows = fetch(served.answer["DATABASE_URL"], "SELECT lower('ŁÓDŹ'), 'ŁÓDŹ' ILIKE 'łódź'")
    assert rows == [("łódź", True)]


def test_variables_of_the_caller_do_not_bend_the_server(served: Run) -> None:
    assert BENT["TZ"] != "UTC"
    assert fetch(served.answer["DATABASE_URL"], "SHOW TimeZone") == [("UTC",)]


def test_addresses_become_djangos(served: Run) -> None:
    entry = env.database(served.answer["DATABASE_URL"])
    assert (entry["NAME"], entry["USER"], entry["HOST"]) == ("agora", "agora_app", str(served.sockets))


@with_system
def test_a_server_of_the_system_is_used_when_asked_for(fresh: Path) -> None:
    run = launch(fresh, environment={"PG_BINDIR": str(SYSTEM[-1])}).ready()
    version = str(fetch(run.answer["DATABASE_URL"], "SHOW server_version_num")[0][0])
    assert version.startswith(SYSTEM[-1].parent.name)
    assert fetch(run.answer["DATABASE_URL"], "SELECT lower('ŁÓDŹ')") == [("łódź",)]
    run.finish()
    assert processes_of(fresh) == []


@pytest.mark.skipif(not SYSTEM or SYSTEM[-1].parent.name == "18", reason="no PostgreSQL of another version")
def test_lasting_data_of_another_version_are_not_touched(fresh: Path) -> None:
    made = launch(fresh, durable=True, environment={"PG_BINDIR": str(SYSTEM[-1])}).ready()
    made.finish()
    born = (fresh / "pg" / "birth.json").read_text()
    complaint = launch(fresh, durable=True).refused()
    assert f"holds data of PostgreSQL {SYSTEM[-1].parent.name}, but the server found here is 18" in complaint
    assert "make clean" in complaint
    assert (fresh / "pg" / "birth.json").read_text() == born


@with_system
def test_without_the_wheels_the_systems_server_and_a_broker_in_memory_serve(fresh: Path, place: Path) -> None:
    bare = place / "bare"
    shutil.copytree(PROJECT / "config" / "embedded", bare / "config" / "embedded")
    run = launch(fresh, project=bare, prefix=(), python="/usr/bin/python3").ready()
    assert fetch(run.answer["DATABASE_URL"], "SELECT 1") == [(1,)]
    run.finish()


def test_without_any_server_the_message_says_what_to_do(fresh: Path, place: Path) -> None:
    complaint = launch(fresh, environment={"PG_BINDIR": str(place)}).refused()
    assert f"PG_BINDIR names {place}, which does not hold initdb, postgres, pg_ctl" in complaint
    assert "Traceback" not in complaint


def test_without_valkey_the_broker_is_in_memory(fresh: Path) -> None:
    run = launch(fresh, environment={"VALKEY_SERVER": "none", **ONLY_VALKEY}).ready()
    assert run.answer["REDIS_URL"] == "memory://"
    run.finish()


def test_servers_that_the_environment_names_are_not_started(fresh: Path) -> None:
    given = {"DATABASE_URL": "postgresql://me@db/shop", "REDIS_URL": "redis://cache:6379/1"}
    run = launch(fresh, environment=given).ready()
    assert {name: run.answer[name] for name in given} == given
    assert run.answer["DATABASE_OWNER_URL"] == given["DATABASE_URL"]
    assert not fresh.exists()
    run.finish()


def test_a_given_database_still_gets_a_valkey(fresh: Path) -> None:
    run = launch(fresh, environment=ONLY_VALKEY).ready()
    assert run.answer["REDIS_URL"].startswith("unix:///")
    assert not list(fresh.glob("pg*"))
    run.finish()
    assert processes_of(fresh) == []


def _safety(run: Run) -> set[str]:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    return {str(fetch(run.answer["DATABASE_URL"], f"SHOW {name}")[0][0]) for name in names}
