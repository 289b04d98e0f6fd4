"""Many users of one home's servers: who starts, who stops, and what a violent end leaves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from config.embedded.ask import valkey_state
from tests.embedded.runs import ONLY_VALKEY, PROJECT, eventually, fetch, launch, processes_of


def test_four_starters_at_once_share_one_database_and_the_last_stops_it(fresh: Path) -> None:
    runs = [run.ready() for run in [launch(fresh) for _ in range(4)]]
    assert len({run.answer["identity"] for run in runs}) == 1
    for run in runs[:3]:
        run.finish()
    assert fetch(runs[3].answer["DATABASE_URL"], "SELECT 1") == [(1,)]
    assert runs[3].finish() == 0
    assert processes_of(fresh) == []


def test_after_a_killed_user_the_next_attaches_and_stops_as_the_last(home: Path) -> None:
    watcher, killed = launch(home).ready(), launch(home).ready()
    server = _server(watcher.answer["DATABASE_ADMIN_URL"])
    killed.process.kill()
    following = launch(home).ready()
    assert _server(following.answer["DATABASE_ADMIN_URL"]) == server
    watcher.finish()
    following.finish()
    assert processes_of(home) == []


def test_the_servers_end_when_their_only_user_is_killed(home: Path) -> None:
    only = launch(home).ready()
    only.process.kill()
    only.process.wait()
    assert eventually(lambda: processes_of(home) == [])
    again = launch(home).ready()
    assert again.finish() == 0
    assert processes_of(home) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_user_and_leaves_nothing(home: Path, number: signal.Signals) -> None:
    run = launch(home).ready()
    run.process.send_signal(number)
    run.process.wait(30)
    assert processes_of(home) == []


def test_servers_whose_folder_was_removed_end_with_their_last_user(home: Path) -> None:
    run = launch(home).ready()
    shutil.rmtree(home)
    assert run.finish() == 0
    assert processes_of(home) == []


def test_a_killed_server_is_started_again_with_what_was_committed(fresh: Path) -> None:
    witness = launch(fresh, durable=True).ready()
    fetch(witness.answer["DATABASE_OWNER_URL"], "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(_server(witness.answer["DATABASE_ADMIN_URL"]), signal.SIGKILL)
    following = launch(fresh, durable=True).ready()
    assert fetch(following.answer["DATABASE_OWNER_URL"], "SELECT n FROM kept") == [(7,)]
    witness.finish()
    following.finish()
    assert processes_of(fresh) == []


def test_a_stranger_with_the_number_of_a_dead_server_is_neither_believed_nor_stopped(home: Path) -> None:
    run = launch(home).ready()
    data = Path(str(fetch(run.answer["DATABASE_ADMIN_URL"], "SHOW data_directory")[0][0]))
    owner = data.stat().st_uid
    os.kill(_server(run.answer["DATABASE_ADMIN_URL"]), signal.SIGKILL)
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=owner if os.geteuid() == 0 else None)
    number_file = data / "postmaster.pid"
    number_file.write_text("\n".join([str(stranger.pid), *number_file.read_text().splitlines()[1:], ""]))
    run.finish()
    assert stranger.poll() is None
    following = launch(home).ready()
    assert stranger.poll() is None
    following.finish()
    stranger.kill()
    stranger.wait()
    assert processes_of(home) == []


def test_a_start_cut_off_by_kill_is_recovered_by_the_next(fresh: Path) -> None:
    cut_off = launch(fresh)
    assert eventually(lambda: bool(list(fresh.glob("pg*/data.new"))))
    cut_off.process.kill()
    following = launch(fresh).ready()
    assert fetch(following.answer["DATABASE_URL"], "SELECT current_user") == [("agora_app",)]
    assert following.finish() == 0
    assert eventually(lambda: processes_of(fresh) == [])


def test_an_initdb_killed_half_way_is_begun_anew(fresh: Path) -> None:
    cut_off = launch(fresh)
    assert eventually(lambda: bool(_initdb_of(cut_off.process.pid)))
    initdb = _initdb_of(cut_off.process.pid)
    cut_off.process.kill()
    for number in initdb:
        os.kill(number, signal.SIGKILL)
    following = launch(fresh).ready()
    assert fetch(following.answer["DATABASE_URL"], "SELECT 1") == [(1,)]
    following.finish()
    assert list(fresh.glob("pg*/data.new")) == []


def test_a_forked_child_does_not_stop_its_parents_servers(fresh: Path) -> None:
    program = (
        "import os, sys; from config import embedded; s = embedded.start(sys.argv[1], durable=False)\n"
        "child = os.fork()\n"
        "if child == 0: s.stop(); sys.exit(0)\n"
        "os.waitpid(child, 0); print(s.urls.redis, flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(fresh)],
        cwd=PROJECT,
        env={**os.environ, **ONLY_VALKEY, "REDIS_URL": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert valkey_state(Path(urlsplit(process.stdout.readline()).path)) == "ready"
    process.stdin.close()
    process.wait(30)
    assert processes_of(fresh) == []


def _server(admin: str) -> int:
    with psycopg.connect(admin) as line:
        row = line.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(str(row[0]).splitlines()[0])


def _initdb_of(starter: int) -> list[int]:
    try:
        children = Path(f"/proc/{starter}/task/{starter}/children").read_text().split()
        return [int(child) for child in children if Path(f"/proc/{child}/comm").read_text() == "initdb\n"]
    except OSError:
        return []
