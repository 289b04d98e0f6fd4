"""Nothing is lost and nothing comes twice, in whatever order transactions begin and commit, over any reconnect."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.commands.acting import acting
from apps.kernel.eventbus.stream.positions import KEPT, Position, name_of, position_named
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.concurrently import IndexPlan, build_index, builder
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import member
from tests.kernel.streams import GAP, Tap, as_user, listening, request_of, say, streaming, tell
from tests.kernel.web_servers import Server
from tests.kernel.work_probes import wait_for
from tests.support.databases import admin
from tests.support.scopes import House
from tests.support.shelf.events import BOOK_LENT
from tests.support.shelf.factories import make_book

pytestmark = [pytest.mark.processes, pytest.mark.committed]
LAST = "Last-Event-ID"
WAITING = "SELECT 1 FROM pg_stat_progress_create_index WHERE phase = 'waiting for old snapshots'"


@pytest.fixture
def server(house: House) -> Iterator[Server]:
    with streaming() as found:
        yield found


@pytest.fixture
def alice(house: House) -> User:
    return member(house, "shelf.books.view", name="Alice")


@contextmanager
def beside(work: Any) -> Iterator[None]:
    """Do something in another thread, on another connection, while the block runs; wait for both."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()


def test_what_commits_late_comes_late_and_is_not_passed_over(house: House, server: Server, alice: User) -> None:
    book = make_book(house).pk
    written, may_commit = threading.Event(), threading.Event()

    def early() -> None:  # the lower transaction and the lower number, and it commits last
        with using_scope(house.scope()), scoped_transaction():
            with acting(say.spec, {}):
                BOOK_LENT.emit(resource_id=book, words="began first")
            written.set()
            may_commit.wait(20)

    with listening(server, alice) as tap:
        start = tap.last_id
        with beside(early):
            assert written.wait(10)
            tell(house.scope(), BOOK_LENT, resource_id=book, words="committed first")
            time.sleep(2.5)  # longer than the look that nobody asks for
            with listening(server, alice, **{LAST: tap.last_id}) as between:
                assert (tap.words(), between.words()) == ([], [])
                may_commit.set()
                between.wait(2)
        tap.wait(2)
        with listening(server, alice, **{LAST: start}) as again:
            again.wait(2)
    order = ["began first", "committed first"]
    assert (tap.words(), between.words(), again.words()) == (order, order, order)


def test_a_stream_is_open_when_it_has_its_place(house: House, server: Server, alice: User) -> None:
    """Whoever sees the beginning of the answer, and looks at the records only then, misses nothing."""
    asked = request_of(as_user(alice))
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as client:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")  # it cannot learn where it begins
            client.sendall(asked)
            with pytest.raises(TimeoutError):
                client.recv(1)
        client.settimeout(10)
        assert client.recv(12) == b"HTTP/1.1 200"


def test_numbers_may_run_against_transactions(house: House, server: Server, alice: User) -> None:
    book = make_book(house).pk
    has_begun, may_speak = threading.Event(), threading.Event()

    def early() -> None:  # the lower transaction, the higher number
        with using_scope(house.scope()), scoped_transaction(), acting(say.spec, {}):
            has_begun.set()
            may_speak.wait(20)
            BOOK_LENT.emit(resource_id=book, words="spoke second")

    with listening(server, alice) as tap:
        with beside(early):
            assert has_begun.wait(10)
            tell(house.scope(), BOOK_LENT, resource_id=book, words="spoke first")
            time.sleep(2.5)
            assert tap.words() == []
            may_speak.set()
        tap.wait(2)
        assert tap.words() == ["spoke second", "spoke first"]
        first, second = tap.events()
        with listening(server, alice, **{LAST: first.id}) as again:
            assert [item.data for item in again.wait()] == [second.data]


def test_a_transaction_in_another_database_of_the_server_holds_nothing_back(
    house: House, server: Server, alice: User
) -> None:
    book = make_book(house).pk
    with admin("postgres") as elsewhere, elsewhere.transaction():
        elsewhere.execute("SELECT pg_current_xact_id()")
        with listening(server, alice) as tap:
            tell(house.scope(), BOOK_LENT, resource_id=book, words="meanwhile")
            tap.wait()


def test_an_index_that_waits_for_a_long_reader_silences_no_stream(house: House, server: Server, alice: User) -> None:
    # PostgreSQL gives such a statement a transaction number for moments only, not while it reads, sorts and waits.
    book, plan = make_book(house).pk, IndexPlan("book_by_pages", "shelf_book", "tenant_id, pages, id")
    done: list[bool] = []

    def build() -> None:
        with builder() as connection:
            done.append(build_index(connection, plan))

    name = str(connections["owner"].settings_dict["NAME"])
    with admin(name) as watch, admin(name) as reader, reader.transaction():
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM shelf_book")
        with beside(build):
            wait_for(lambda: watch.execute(WAITING).fetchone())
            with listening(server, alice) as tap:
                tell(house.scope(), BOOK_LENT, resource_id=book, words="meanwhile")
                tap.wait()
            assert done == []
            reader.execute("ROLLBACK AND CHAIN")
    assert done == [True]


def test_a_storm_over_many_reconnects_is_heard_once(house: House, server: Server, alice: User) -> None:
    book, each, chance = make_book(house).pk, 15, random.Random(4)  # noqa: S311 - pauses of a test
    pauses = [[chance.random() / 20 for _ in range(each)] for _ in range(4)]

    def storm(number: int) -> None:
        for step, pause in enumerate(pauses[number]):
            with using_scope(house.scope()), scoped_transaction():
                with acting(say.spec, {}):
                    time.sleep(pause)
                    BOOK_LENT.emit(resource_id=book, words=f"{number}.{step}")
                time.sleep(pause)

    heard: list[str] = []
    with listening(server, alice) as tap:
        last = tap.last_id
    with beside(lambda: storm(0)), beside(lambda: storm(1)), beside(lambda: storm(2)), beside(lambda: storm(3)):
        for _ in range(60):
            if len(heard) == 4 * each:
                break
            with listening(server, alice, **{LAST: last}) as tap:
                time.sleep(0.15)
            last, heard = tap.last_id, heard + tap.words()
            assert len(set(heard)) == len(heard)
    assert sorted(heard) == sorted(f"{number}.{step}" for number in range(4) for step in range(each))
    for number in range(4):
        own = [item for item in heard if item.startswith(f"{number}.")]
        assert own == [f"{number}.{step}" for step in range(each)]


def test_an_id_that_nobody_gave_is_a_gap(house: House, other_house: House, server: Server, alice: User) -> None:
    book = make_book(house).pk
    with clock.frozen(clock.now() - KEPT * 2):
        too_old = name_of(Position(5, 5), house.tenant.pk)
    future = name_of(Position(2**40), house.tenant.pk)
    foreign = name_of(Position(5, 5), other_house.tenant.pk)
    for name in ("nonsense", foreign, too_old, future, "9" * 200):
        with listening(server, alice, **{LAST: name}) as tap:
            wait_for(tap.kinds)
            tell(house.scope(), BOOK_LENT, resource_id=book, words="after")
            tap.wait()
            assert (tap.kinds(), tap.words()) == ([GAP, "message"], ["after"])
            assert position_named(tap.heard[0].id, house.tenant.pk) is not None
    with Tap(server, dict(tap.headers), path=f"/api/events/stream/?after={foreign}") as by_address:
        wait_for(lambda: by_address.kinds() == [GAP])


def test_who_missed_too_much_reads_anew(house: House, server: Server, alice: User) -> None:
    book = make_book(house).pk
    with listening(server, alice) as tap:
        start = tap.last_id
    tell(house.scope(), BOOK_LENT, resource_id=book, words="one")
    with admin(connections["default"].settings_dict["NAME"]) as owner:
        owner.execute("CREATE TEMPORARY TABLE copied AS SELECT * FROM outbox WHERE name = 'shelf.book.lent'")
        owner.execute("UPDATE copied SET xid = pg_current_xact_id()")
        columns = [row[0] for row in owner.execute(COLUMNS).fetchall()]
        given = ", ".join("uuid7()" if name == "id" else name for name in columns)
        owner.execute(f"INSERT INTO outbox ({', '.join(columns)}) SELECT {given} FROM copied, generate_series(1, 1001)")
    with listening(server, alice, **{LAST: start}) as again:
        wait_for(again.kinds)
    assert (again.kinds(), again.words()) == ([GAP], [])


COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = 'outbox' AND table_schema = 'public' AND is_identity = 'NO'
"""


def test_places_have_names_that_only_this_house_gives() -> None:
    tenant, place = uuid7(), Position(7_000_000_000, 12)
    name = name_of(place, tenant)
    assert position_named(name, tenant) == place
    assert position_named(name, uuid7()) is None
    assert position_named(name[:-1] + ("0" if name[-1] != "0" else "1"), tenant) is None
    with clock.frozen(clock.now() + KEPT * 2):
        assert position_named(name, tenant) is None
