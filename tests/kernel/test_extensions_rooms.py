"""Rooms: foreign code reads what its caller reads, leaves nothing behind, and is given up when its time is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import DatabaseError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.translation import gettext

from apps.kernel.extensions.errors import OutOfTime
from apps.kernel.extensions.rooms import MOST_HANGING, GivenUp, room
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from tests.kernel.books import make_books
from tests.support.scopes import House
from tests.support.shelf.models import Book

SHORT = 0.3


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()), reading():
        yield house


def asked(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def settings_now() -> tuple[object, object]:
    return asked("SHOW statement_timeout"), asked("SHOW transaction_read_only")


def test_it_reads_uncommitted_rows_of_its_caller_in_the_same_scope(scoped: House) -> None:
    [book] = make_books(scoped, {"title": "New"})

    def read() -> tuple[list[UUID], UUID]:
        return list(Book.objects.values_list("pk", flat=True)), current_scope().tenant_id

    with room() as place:
        assert place.run("probes.read", read, seconds=2) == ([book.pk], scoped.tenant.pk)


def test_two_calls_cost_their_statements_and_one_to_close_the_room(scoped: House) -> None:
    with CaptureQueriesContext(connection) as queries, room() as place:
        for _ in range(2):
            place.run("probes.read", lambda: asked("SELECT 1"), seconds=2)
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries, room() as place:
        place.run("probes.idle", lambda: None, seconds=2)
    assert len(queries) == 0


def test_a_hanging_query_ends_in_its_time_and_the_transaction_goes_on(scoped: House) -> None:
    before, started = settings_now(), time.monotonic()
    with room() as place, pytest.raises(OutOfTime):
        place.run("probes.sleep", lambda: asked("SELECT pg_sleep(20)"), seconds=SHORT)
    assert time.monotonic() - started < SHORT + 1
    assert settings_now() == before


def test_a_query_late_in_the_time_gets_what_is_left(scoped: House) -> None:
    def slow() -> None:
        asked("SELECT 1")
        time.sleep(0.6)
        asked("SELECT pg_sleep(20)")

    started = time.monotonic()
    with room() as place, pytest.raises(OutOfTime):
        place.run("probes.late", slow, seconds=0.8)
    assert time.monotonic() - started < 1.4


def test_a_hanging_call_is_given_up_and_can_ask_for_nothing_any_more(scoped: House) -> None:
    gate, said = threading.Event(), []

    def hang() -> None:
        with scoped_transaction():  # whose end comes too late as well
            gate.wait(10)
            try:
                asked("SELECT 1")
            except GivenUp:
                said.append("given up")
                raise

    started = time.monotonic()
    with room() as place:
        with pytest.raises(OutOfTime) as late:
            place.run("probes.hang", hang, seconds=SHORT)
        assert "gate.wait(10)" in late.value.__notes__[0], "the log says where it stands"
        assert time.monotonic() - started < SHORT + 1
        assert place.run("probes.next", lambda: asked("SELECT 2"), seconds=2) == 2
    gate.set()
    for thread in threading.enumerate():
        if thread.name == "room probes.hang":
            thread.join(10)
    assert said == ["given up"]
    assert asked("SELECT 3") == 3
    assert connection.needs_rollback is False


def test_an_extension_that_hangs_everywhere_is_not_called_again(scoped: House) -> None:
    gate, calls = threading.Event(), []

    def hang() -> None:
        calls.append(1)
        gate.wait(10)

    with room() as place:
        for _ in range(MOST_HANGING + 2):
            with pytest.raises(OutOfTime):
                place.run("probes.stuck", hang, seconds=0.05)
        gate.set()
        for thread in threading.enumerate():
            if thread.name == "room probes.stuck":
                thread.join(10)
        assert len(calls) == MOST_HANGING
        assert place.run("probes.stuck", lambda: "again", seconds=2) == "again"


def test_it_writes_nothing(scoped: House) -> None:
    [book] = make_books(scoped, {"title": "Old"})
    with room() as place, pytest.raises(InternalError):
        place.run("probes.write", lambda: Book.objects.filter(pk=book.pk).update(title="Mine"), seconds=2)
    assert Book.objects.get(pk=book.pk).title == "Old"


def test_a_broken_statement_leaves_the_others_alone(scoped: House) -> None:
    with room() as place:
        place.run("probes.fine", lambda: asked("SELECT 1"), seconds=2)
        with pytest.raises(DatabaseError):
            place.run("probes.broken", lambda: asked("SELECT nonsense"), seconds=2)
        assert place.run("probes.fine", lambda: asked("SELECT 2"), seconds=2) == 2
    assert asked("SELECT 3") == 3


def test_its_own_time_out_is_no_lack_of_time(scoped: House) -> None:
    def refuse() -> None:
        raise TimeoutError("a socket's")

    with room() as place, pytest.raises(TimeoutError, match="socket"):
        place.run("probes.socket", refuse, seconds=2)


def test_code_that_would_end_the_process_ends_itself(scoped: House) -> None:
    def leave() -> None:
        raise SystemExit(1)

    with room() as place, pytest.raises(RuntimeError, match="SystemExit"):
        place.run("probes.leave", leave, seconds=2)


def test_blocks_and_closing_inside_do_not_reach_the_callers_connection(scoped: House) -> None:
    def meddle() -> object:
        with transaction.atomic():
            connection.set_rollback(True)
        connection.close()
        return "done"

    with room() as place:
        assert place.run("probes.meddle", meddle, seconds=2) == "done"
    assert asked("SELECT 1") == 1


def test_it_speaks_its_callers_language_and_tells_its_time(scoped: House) -> None:
    def told() -> tuple[str, str]:
        return gettext("Save"), timezone.get_current_timezone_name()

    with translation.override("pl"), timezone.override("Asia/Tokyo"), room() as place:
        assert place.run("probes.told", told, seconds=2) == ("Zapisz", "Asia/Tokyo")


def test_it_reads_on_after_an_inner_block(scoped: House) -> None:
    [book] = make_books(scoped, {"title": "New"})

    def read() -> list[UUID]:
        with scoped_transaction():
            asked("SELECT 1")
        return list(Book.objects.values_list("pk", flat=True))

    with room() as place:
        assert place.run("probes.read", read, seconds=2) == [book.pk]


@pytest.mark.committed
def test_without_a_transaction_it_gets_one(house: House) -> None:
    with using_scope(house.scope()), room() as place:
        assert place.run("probes.alone", Book.objects.count, seconds=2) == 0
    assert connection.in_atomic_block is False


def test_rooms_nest(scoped: House) -> None:
    def outer() -> object:
        with room() as inner:
            return inner.run("probes.inner", lambda: asked("SELECT 4"), seconds=1)

    with room() as place:
        assert place.run("probes.outer", outer, seconds=2) == 4
    assert settings_now()[1] == "off"
