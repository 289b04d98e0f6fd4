"""Valkey dead, silent, deaf, killed or frozen: PostgreSQL counts, one request waits a little, nobody gets through."""

from __future__ import annotations

import signal
import socket
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.db import connection
from redis import Redis

from apps.kernel.errors import Unavailable
from apps.kernel.limits import valkey
from apps.kernel.limits.connecting import client_at
from apps.kernel.limits.counting import consume, forget
from apps.kernel.limits.rates import Limit
from apps.kernel.limits.valkey import BROKEN, PATIENCE, PAUSE, counters_at
from apps.kernel.work.broker import Breaker
from config.embedded.valkey import find_valkey
from tests.kernel.celery_probes import DEAD, closed_port, timings
from tests.kernel.celery_probes import valkey as valkey_in
from tests.kernel.limits_probes import MEMORY, accepted, counters_in_table, own_counters
from tests.kernel.work_probes import wait_for
from tests.support import databases

TEN = Limit("tests.ten", 10, 60)
ALICE = ("alice",)
# A busy machine may hold one try up; without time-outs it would be five seconds for each, or for ever.
STALL = 2.0


@pytest.fixture
def counters(settings: LazySettings) -> Iterator[str]:
    with own_counters(settings) as prefix:
        yield prefix


@pytest.fixture
def impatient(settings: LazySettings) -> Iterator[str]:
    """Counters of the test's own, and the patience that requests have."""
    with own_counters(settings, patience=valkey.PATIENCE) as prefix:
        yield prefix


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vk", dir="/tmp") as name:
        yield Path(name)


@contextmanager
def valkey_on_tcp(folder: Path, password: str) -> Iterator[int]:
    program, port = find_valkey(), urlsplit(closed_port()).port
    assert program is not None
    assert port is not None
    words = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--appendonly", "no"]
    with subprocess.Popen([str(program), *words], stdout=subprocess.DEVNULL, cwd=folder) as server:
        try:
            wait_for(lambda: answers(port))
            yield port
        finally:
            server.kill()


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def address(folder: Path) -> str:
    return f"unix://{folder}/s.sock?db=0"


def test_a_server_with_a_password_counts_over_tcp_in_the_database_of_the_address(
    folder: Path,
    counters: str,
    database: None,
    settings: LazySettings,
) -> None:
    with valkey_on_tcp(folder, "secret word") as port:
        settings.REDIS_URL = f"redis://:secret%20word@127.0.0.1:{port}/3"
        assert accepted(12, (TEN, ALICE)) == 10
        assert Redis(port=port, password="secret word", db=3).dbsize() == 1
    assert counters_in_table() == []


@pytest.mark.parametrize("kind", list(DEAD))
def test_a_dead_server_costs_one_wait_and_postgresql_counts(
    kind: str, impatient: str, database: None, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    with DEAD[kind]() as settings.REDIS_URL:
        first, *others = timings(lambda: consume([(TEN, ALICE)]), 9)
        assert accepted(5, (TEN, ALICE)) == 1
    assert first < STALL
    assert statistics.median(others) < PATIENCE / 2, "only the first one waited"
    why = "ConnectionError" if kind == "refusing" else "TimeoutError"
    assert caplog.messages == [f"Valkey does not count ({why}); PostgreSQL does for a while"]


def test_a_server_that_is_killed_in_the_middle_leaves_the_limit_standing(
    folder: Path, impatient: str, database: None, settings: LazySettings
) -> None:
    settings.REDIS_URL = address(folder)
    with valkey_in(folder) as server:
        assert accepted(12, (TEN, ALICE)) == 10
        assert counters_in_table() == []
        server.kill()
        server.wait()
        first, *others = timings(lambda: consume([(TEN, ALICE)]), 10)
        assert accepted(5, (TEN, ALICE)) == 0, "a change of store begins one new window, and no more"
    assert first < STALL
    assert statistics.median(others) < PATIENCE / 2


def test_a_server_that_falls_silent_costs_one_wait_and_is_found_again(
    folder: Path, impatient: str, database: None, settings: LazySettings
) -> None:
    settings.REDIS_URL = address(folder)
    with valkey_in(folder) as server:
        assert accepted(4, (TEN, ALICE)) == 4
        server.send_signal(signal.SIGSTOP)
        first, *others = timings(lambda: consume([(TEN, ALICE)]), 10)
        assert accepted(3, (TEN, ALICE)) == 0
        server.send_signal(signal.SIGCONT)
        assert accepted(3, (TEN, ALICE)) == 0, "nobody tries for a while"
        let_the_pause_pass(settings)
        assert 5 <= accepted(12, (TEN, ALICE)) <= 6, "the silent server may have counted what it did not answer"
    assert PATIENCE * 0.9 < first < STALL
    assert statistics.median(others) < PATIENCE / 2


def let_the_pause_pass(settings: LazySettings) -> None:
    found = counters_at(settings.REDIS_URL)
    assert found is not None
    assert not found.breaker.admits()
    found.breaker.pause = 0.0
    found.breaker.failed()
    found.breaker.pause = PAUSE


def test_after_the_pause_one_request_tries_and_the_others_go_on_without(
    impatient: str, database: None, settings: LazySettings
) -> None:
    settings.REDIS_URL = closed_port()
    consume([(TEN, ALICE)])
    let_the_pause_pass(settings)
    found = counters_at(settings.REDIS_URL)
    assert found is not None
    assert [found.breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_script_that_the_server_forgot_is_loaded_again(
    folder: Path,
    counters: str,
    database: None,
    settings: LazySettings,
) -> None:
    settings.REDIS_URL = address(folder)
    with valkey_in(folder):
        assert accepted(4, (TEN, ALICE)) == 4
        Redis(unix_socket_path=str(folder / "s.sock")).script_flush()
        assert accepted(9, (TEN, ALICE)) == 6
    assert counters_in_table() == []


def test_a_server_that_refuses_to_write_is_as_good_as_none(
    folder: Path,
    counters: str,
    database: None,
    settings: LazySettings,
) -> None:
    settings.REDIS_URL = address(folder)
    with valkey_in(folder):
        Redis(unix_socket_path=str(folder / "s.sock")).config_set("maxmemory", "1")
        assert accepted(12, (TEN, ALICE)) == 10
    assert [hits for _, hits in counters_in_table()] == [10]


def test_a_counter_without_an_end_gets_one(
    folder: Path,
    counters: str,
    database: None,
    settings: LazySettings,
) -> None:
    settings.REDIS_URL = address(folder)
    with valkey_in(folder):
        assert accepted(12, (TEN, ALICE)) == 10
        server = Redis(unix_socket_path=str(folder / "s.sock"))
        [key] = server.keys()
        server.persist(key)
        assert accepted(1, (TEN, ALICE)) == 0
        assert 0 < server.pttl(key) <= 60_000


def test_forgetting_does_not_fail_where_nobody_answers(impatient: str, database: None, settings: LazySettings) -> None:
    settings.REDIS_URL = closed_port()
    assert accepted(12, (TEN, ALICE)) == 10
    forget(TEN, ALICE)
    assert accepted(12, (TEN, ALICE)) == 10


@pytest.mark.committed
def test_when_both_are_down_nobody_gets_through(impatient: str, settings: LazySettings) -> None:
    settings.REDIS_URL = closed_port()
    name = str(connection.settings_dict["NAME"])
    databases.point_at("there_is_no_such_database")
    try:
        with pytest.raises(Unavailable):
            consume([(TEN, ALICE)])
        forget(TEN, ALICE)
    finally:
        databases.point_at(name)
    settings.REDIS_URL = MEMORY
    assert accepted(12, (TEN, ALICE)) == 10


def test_options_of_the_address_do_not_relax_the_time_outs() -> None:
    client = client_at("redis://localhost:1/2?socket_timeout=60&socket_connect_timeout=60", patience=0.15)
    options = client.connection_pool.connection_kwargs
    assert (options["socket_timeout"], options["socket_connect_timeout"], options["db"]) == (0.15, 0.15, 2)


def fails(client: Redis) -> None:
    with pytest.raises(BROKEN):
        client.ping()


def test_a_host_name_that_nobody_resolves_costs_no_more_than_a_dead_server(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def never(*_: object, **__: object) -> list[object]:
        released.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", never)
    client = client_at("redis://a-name-server-that-is-silent/0", patience=0.15)
    try:
        fails(client)
        [seconds] = timings(lambda: fails(client), 1)
    finally:
        released.set()
    assert 0.14 < seconds < STALL


def test_a_connection_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    released, ours = threading.Event(), socket.create_server(("127.0.0.1", 0))
    resolve = socket.getaddrinfo

    def late(*words: object, **named: object) -> object:
        released.wait(20)
        return resolve(*words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", late)
    with ours:
        with pytest.raises(BROKEN):
            client_at(f"redis://127.0.0.1:{ours.getsockname()[1]}/0", patience=0.05).ping()
        released.set()
        ours.settimeout(10)
        theirs, _ = ours.accept()
        theirs.settimeout(10)
        assert theirs.recv(1) == b"", "the other end is closed, nothing was asked"
        theirs.close()


def test_the_breaker_is_one_for_each_server() -> None:
    one, other = counters_at("redis://127.0.0.1:1/0"), counters_at("redis://127.0.0.1:2/0")
    assert one is not None
    assert other is not None
    assert one is counters_at("redis://127.0.0.1:1/0")
    assert isinstance(one.breaker, Breaker)
    one.breaker.failed()
    assert (one.breaker.admits(), other.breaker.admits()) == (False, True)
    counters_at.cache_clear()
