"""Counting, on Valkey and on PostgreSQL alike: exactly so many, all or none, from the first on for a fixed time."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar, cast

import pytest
from django.conf import LazySettings
from django.db import connection, connections, transaction

from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.errors import Unavailable
from apps.kernel.limits import table
from apps.kernel.limits.counting import consume, forget
from apps.kernel.limits.errors import LimitInsideTransaction
from apps.kernel.limits.keys import email_part
from apps.kernel.limits.rates import Limit
from apps.kernel.limits.table import delete_expired
from apps.kernel.limits.valkey import counters_at
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from tests.kernel.limits_probes import MEMORY, STORES, accepted, counters_in_table, own_counters, use_store, waiting
from tests.kernel.work_probes import process, wait_for
from tests.support.scopes import House

T = TypeVar("T")

FIVE = Limit("tests.five", 5, 60)
THREE = Limit("tests.three", 3, 60)
BRIEF = Limit("tests.brief", 2, 2)
ALICE, BOB = ("alice",), ("bob",)
PROGRAM = "tests.kernel.limits_program"


@pytest.fixture
def counters(settings: LazySettings) -> Iterator[str]:
    with own_counters(settings) as prefix:
        yield prefix


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, counters: str, database: None, settings: LazySettings) -> str:
    return use_store(request.param, settings)


def test_exactly_so_many_get_through(store: str) -> None:
    assert accepted(9, (FIVE, ALICE)) == 5


def test_keys_and_limits_count_for_themselves(store: str) -> None:
    assert accepted(9, (FIVE, ALICE)) == 5
    assert accepted(9, (FIVE, BOB)) == 5
    assert accepted(9, (THREE, ALICE)) == 3
    assert accepted(9, (FIVE, ("al", "ice"))) == 5
    assert accepted(9, (FIVE, ("a", "lice"))) == 5


def test_one_used_up_counter_refuses_and_nothing_is_taken_from_the_others(store: str) -> None:
    assert accepted(4, (FIVE, ALICE), (THREE, ALICE)) == 3
    assert accepted(9, (FIVE, ALICE)) == 2


def test_one_counter_twice_in_a_request_counts_once(store: str) -> None:
    assert accepted(9, (THREE, ALICE), (THREE, ALICE)) == 3


def test_a_refusal_says_how_long_the_longest_of_the_used_up_windows_lasts(store: str) -> None:
    long = Limit("tests.long", 1, 600)
    assert accepted(1, (long, ALICE)) == 1
    assert accepted(3, (THREE, ALICE)) == 3
    assert waiting([(THREE, ALICE)]) in {59, 60}
    assert waiting([(THREE, ALICE), (long, ALICE)]) in {599, 600}


def test_the_window_begins_with_the_first_hit_and_its_end_frees(store: str) -> None:
    began = time.monotonic()
    assert accepted(1, (BRIEF, ALICE)) == 1
    time.sleep(1.5)
    assert accepted(9, (BRIEF, ALICE)) == 1
    while waiting([(BRIEF, ALICE)]):  # refused hits do not make it longer: they never stop here
        assert time.monotonic() - began < 10
        time.sleep(0.02)
    assert 1.9 < time.monotonic() - began < 3.3, "nor does the second hit"
    assert accepted(9, (BRIEF, ALICE)) == 1, "the one that found the door open was the first of two"


def test_a_forgotten_counter_begins_anew(store: str) -> None:
    assert accepted(9, (FIVE, ALICE)) == 5
    assert accepted(9, (FIVE, BOB)) == 5
    forget(FIVE, ALICE)
    assert accepted(9, (FIVE, ALICE)) == 5
    assert accepted(9, (FIVE, BOB)) == 0
    forget(FIVE, ("nobody",))


def test_a_count_of_nothing_lets_nothing_through(store: str) -> None:
    assert waiting([(Limit("tests.none", 0, 60), ALICE), (FIVE, ALICE)]) == 60
    assert accepted(9, (FIVE, ALICE)) == 5


def test_a_changed_limit_holds_at_once(store: str, settings: LazySettings) -> None:
    assert accepted(9, (FIVE, ALICE)) == 5
    settings.RATE_LIMITS = {"tests.five": "8/60"}
    assert accepted(9, (FIVE, ALICE)) == 3
    settings.RATE_LIMITS = {"tests.five": "2/60"}
    assert accepted(9, (FIVE, ALICE)) == 0
    settings.RATE_LIMITS = {"tests.five": "off"}
    assert accepted(9, (FIVE, ALICE)) == 9


def test_nothing_to_count_is_never_refused(store: str) -> None:
    consume([])


def test_spellings_of_an_address_are_one_key(store: str) -> None:
    spellings = ["bob@example.org", " BOB@Example.ORG ", "Bob@EXAMPLE.org\t", "bo\u0062@example.org"]
    assert sum(accepted(1, (THREE, (email_part(item),))) for item in spellings) == 3
    composed, apart = "z\u00f3sia@m\u00fcnchen.de", "zo\u0301sia@XN--MNCHEN-3YA.de"
    assert email_part(composed) == email_part(apart)


def test_no_store_holds_anything_readable(store: str, counters: str, settings: LazySettings) -> None:
    key = ("192.0.2.77", email_part("bob@example.org"))
    consume([(FIVE, key), (THREE, key)])
    if store == "postgres":
        held = b"|".join(digest for digest, _ in counters_in_table())
        assert [len(digest) for digest, _ in counters_in_table()] == [32, 32]
    else:
        valkey = counters_at(settings.REDIS_URL)
        assert valkey is not None
        held = b"|".join(map(bytes, cast("list[bytes]", valkey.client.keys(f"{counters}*"))))
        assert held.count(b"limit:") == 2
    for word in (b"bob", b"example", b"192.0.2", b"tests.five"):
        assert word not in held


def test_another_pepper_makes_other_counters(store: str, settings: LazySettings) -> None:
    assert accepted(9, (FIVE, ALICE)) == 5
    settings.AGORA_PEPPER = b"another"
    assert accepted(9, (FIVE, ALICE)) == 5


@pytest.mark.processes
@pytest.mark.committed
def test_four_processes_together_get_exactly_so_many_through(counters: str, settings: LazySettings) -> None:
    place = {"REDIS_URL": settings.REDIS_URL, "BROKER_KEY_PREFIX": counters}
    with ExitStack() as stack:
        programs = [stack.enter_context(process(PROGRAM, "40", "57", **place)) for _ in range(4)]
        answers = together(programs)
    for number, name in enumerate(STORES):
        settings.REDIS_URL = MEMORY if name == "postgres" else settings.REDIS_URL
        shares = [int(answer.split()[number]) for answer in answers]
        assert sum(shares) == 57, (name, shares)
        assert accepted(60, (Limit(f"tests.narrow.{name}", 57, 60), ("shared",))) == 0
        wide = Limit(f"tests.wide.{name}", 60, 60)
        assert accepted(60, (wide, ("shared",))) == 3, "refused tries took something from the other counter"


def together(programs: list[subprocess.Popen[str]]) -> list[str]:
    """Let them go at the same moment; what each prints at its end."""
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    return [program.communicate(timeout=60)[0] for program in programs]


@pytest.mark.committed
def test_the_read_transaction_of_a_request_is_no_hindrance(house: House, store: str) -> None:
    with using_scope(house.scope()), reading():
        assert accepted(9, (FIVE, ALICE)) == 5
        assert connection.in_atomic_block
    assert accepted(9, (FIVE, ALICE)) == 0, "what was counted inside outlives the request"


@pytest.mark.committed
def test_in_a_transaction_that_might_take_it_back_postgresql_does_not_count(
    house: House,
    counters: str,
    settings: LazySettings,
) -> None:
    settings.REDIS_URL = MEMORY
    with using_scope(house.scope()), scoped_transaction():
        with pytest.raises(LimitInsideTransaction):
            consume([(FIVE, ALICE)])
        with pytest.raises(LimitInsideTransaction):
            forget(FIVE, ALICE)
    assert counters_in_table() == []


def test_in_a_command_nothing_is_counted_on_either_store(house: House, store: str) -> None:
    @command("tests.limits.count", open_reason="a probe", undoable=False, undo_reason="it is a test.")
    def count_inside() -> None:
        consume([(FIVE, ALICE)])

    try:
        with using_scope(house.scope()), pytest.raises(LimitInsideTransaction):
            count_inside()
    finally:
        COMMANDS.remove("tests.limits.count")
    assert accepted(9, (FIVE, ALICE)) == 5


@pytest.mark.committed
def test_a_refused_hit_leaves_no_trace_in_the_table(house: House, counters: str, settings: LazySettings) -> None:
    settings.REDIS_URL = MEMORY
    assert accepted(3, (THREE, ALICE)) == 3
    before = versions()
    assert accepted(5, (THREE, ALICE), (FIVE, ALICE)) == 0
    assert versions() == before


def versions() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest::text, xmin, xmax, ctid FROM rate_counter ORDER BY digest")
        return list(cursor.fetchall())


@pytest.mark.committed
def test_expired_counters_are_deleted_a_few_at_a_time(house: House, counters: str, settings: LazySettings) -> None:
    settings.REDIS_URL = MEMORY
    for number in range(5):
        consume([(Limit("tests.brief", 1, 1), (str(number),))])
    consume([(FIVE, ALICE)])
    assert delete_expired() == 0
    time.sleep(1.1)
    assert [delete_expired(3), delete_expired(3), delete_expired(3)] == [3, 2, 0]
    assert [hits for _, hits in counters_in_table()] == [1]


@pytest.mark.committed
def test_whoever_counts_deletes_expired_counters_now_and_then(
    house: House,
    counters: str,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.REDIS_URL = MEMORY
    monkeypatch.setattr(table, "_sweeping", table._Sweeping())
    consume([(Limit("tests.brief", 1, 1), ALICE)])
    time.sleep(1.1)
    consume([(FIVE, ALICE)])
    assert len(counters_in_table()) == 2, "it is not time yet"
    monkeypatch.setattr(table, "_sweeping", table._Sweeping())
    consume([(FIVE, ALICE)])
    assert [hits for _, hits in counters_in_table()] == [2]


def test_the_table_is_not_logged(database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname LIKE 'rate\\_counter%'")
        assert cursor.fetchall() == [("u",)] * 3


def in_a_thread(call: Callable[[], T]) -> T:
    """Run it on a connection of its own."""
    try:
        return call()
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    """Say whether a connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the same activity all the time
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.committed
@pytest.mark.parametrize("others", [[], [FIVE], [FIVE, BRIEF]], ids=["alone", "with one", "with two"])
def test_of_two_who_see_the_last_place_free_one_gets_it(
    others: list[Limit], counters: str, settings: LazySettings
) -> None:
    settings.REDIS_URL = MEMORY
    assert accepted(2, (THREE, ALICE)) == 2
    hits = [(limit, ALICE) for limit in (THREE, *others)]
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE rate_counter SET hits = hits + 1")
            late = pool.submit(in_a_thread, lambda: waiting(hits))
            wait_for(somebody_waits)
        assert late.result() in {59, 60}
    assert sorted(count for _, count in counters_in_table()) == [3], "the others were not taken from"


@pytest.mark.committed
def test_a_counter_that_somebody_holds_is_waited_for_a_second(counters: str, settings: LazySettings) -> None:
    settings.REDIS_URL = MEMORY
    consume([(FIVE, ALICE)])

    def held_up() -> float:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            consume([(FIVE, ALICE)])
        return time.monotonic() - began

    with transaction.atomic(), connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("SELECT FROM rate_counter FOR UPDATE")
        assert 0.9 < pool.submit(in_a_thread, held_up).result() < 8
    assert accepted(9, (FIVE, ALICE)) == 4
