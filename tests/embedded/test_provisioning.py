"""`manage.py provision_db` on a server of its own, with addresses and passwords from files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.embedded.runs import PROJECT, Run, fetch

KEPT = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN ('agora_app', 'agora_owner') ORDER BY 1"


def in_files(folder: Path, addresses: Mapping[str, str]) -> dict[str, str]:
    """An environment that names a file for each address."""
    named = {}
    for name, address in addresses.items():
        path = folder / name
        path.write_text(f"{address}\n")
        named[f"{name}_FILE"] = str(path)
    return named


def provision(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "provision_db", "--set-passwords"],
        cwd=PROJECT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def with_password(address: str, password: str) -> str:
    return address.replace("@", f":{password}@", 1)


def test_the_roles_get_the_passwords_of_their_addresses_and_no_plain_text_is_sent(served: Run, tmp_path: Path) -> None:
    admin = served.answer["DATABASE_ADMIN_URL"]
    addresses = {
        "DATABASE_ADMIN_URL": admin,
        "DATABASE_URL": with_password(served.answer["DATABASE_URL"], "of-the-app"),
        "DATABASE_OWNER_URL": with_password(served.answer["DATABASE_OWNER_URL"], "of-the-owner"),
    }
    answer = provision(in_files(tmp_path, addresses))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        "passwords of agora_app and agora_owner",
        "database agora, roles agora_owner and agora_app, 4 extensions",
    ]
    kept = dict(fetch(admin, KEPT))
    assert {role: str(password)[:19] for role, password in kept.items()} == {
        "agora_app": "SCRAM-SHA-256$4096:",
        "agora_owner": "SCRAM-SHA-256$4096:",
    }
    assert kept["agora_app"] != kept["agora_owner"]


def test_a_missing_password_is_named_and_nothing_is_done(served: Run, tmp_path: Path) -> None:
    before = fetch(served.answer["DATABASE_ADMIN_URL"], KEPT)
    addresses = {name: served.answer[name] for name in ("DATABASE_ADMIN_URL", "DATABASE_URL", "DATABASE_OWNER_URL")}
    answer = provision(in_files(tmp_path, addresses))
    assert answer.returncode == 1
    assert "DATABASE_URL and DATABASE_OWNER_URL hold no password of agora_app and agora_owner." in answer.stderr
    assert fetch(served.answer["DATABASE_ADMIN_URL"], KEPT) == before


def test_a_file_that_cannot_be_read_is_named_and_its_path_is_not_shown(tmp_path: Path) -> None:
    answer = provision({"DATABASE_URL_FILE": str(tmp_path / "nothing")})
    assert answer.returncode == 1
    assert "DATABASE_URL_FILE names a file that cannot be read" in answer.stderr
    assert "nothing" not in answer.stderr.splitlines()[-1]
