"""News reach streams at once, and soon where whoever tells of them is lost; many streams cost no more than one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.auth.models import User
from apps.kernel.work.sweeper import sweep
from tests.directory.callers import member
from tests.kernel.streams import SOON, Tap, listening, streaming, tell
from tests.kernel.work_probes import wait_for
from tests.support.databases import admin
from tests.support.scopes import House
from tests.support.shelf.events import BOOK_LENT
from tests.support.shelf.factories import make_book

pytestmark = [pytest.mark.processes, pytest.mark.committed]
AT_ONCE = 1.5  # seconds; a look that nobody asked for comes two seconds after the last
LISTENER = "application_name = 'agora-stream'"


@pytest.fixture
def alice(house: House) -> User:
    return member(house, "shelf.books.view", name="Alice")


def backends(condition: str) -> int:
    with admin() as owner:
        query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND {condition}"
        [(number,)] = owner.execute(query, [connection.settings_dict["NAME"]]).fetchall()
        return int(number)


def kill_listener() -> None:
    with admin() as owner:
        query = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND {LISTENER}"
        found = owner.execute(query, [connection.settings_dict["NAME"]]).fetchall()
    assert found == [(True,)]


def seconds_until_heard(house: House, tap: Tap, book: Any, *, relayed: bool) -> float:
    number = len(tap.events())
    tell(house.scope(), BOOK_LENT, resource_id=book, words=str(number))
    if relayed:
        sweep("relay")
    return wait_for(lambda: len(tap.events()) > number, seconds=SOON)


def test_a_relay_wakes_streams_through_the_database(house: House, alice: User) -> None:
    book = make_book(house).pk
    with streaming() as server, listening(server, alice) as tap:
        wait_for(lambda: backends(LISTENER) == 1)
        seconds_until_heard(house, tap, book, relayed=True)
        assert max(seconds_until_heard(house, tap, book, relayed=True) for _ in range(4)) < AT_ONCE
        assert seconds_until_heard(house, tap, book, relayed=False) < SOON  # nobody said so, and it came
        kill_listener()
        assert seconds_until_heard(house, tap, book, relayed=True) < SOON
        wait_for(lambda: backends(LISTENER) == 1)
        seconds_until_heard(house, tap, book, relayed=True)
        assert max(seconds_until_heard(house, tap, book, relayed=True) for _ in range(4)) < AT_ONCE
        assert tap.words() == [str(number) for number in range(len(tap.events()))]


def test_a_relay_wakes_streams_through_redis(house: House, alice: User, settings: Any) -> None:
    settings.STREAM_WAKER, settings.BROKER_KEY_PREFIX = "redis", "agora-tests:"
    book = make_book(house).pk
    with streaming(AGORA_STREAM_WAKER="redis") as server, listening(server, alice) as tap:
        seconds_until_heard(house, tap, book, relayed=True)
        assert max(seconds_until_heard(house, tap, book, relayed=True) for _ in range(4)) < AT_ONCE
        assert backends(LISTENER) == 0


def test_streams_share_their_threads_and_connections(house: House, other_house: House, alice: User) -> None:
    charlie, book = member(other_house, "shelf.books.view"), make_book(house).pk
    with streaming(AGORA_STREAMS_OF_ONE="40") as server, ExitStack() as stack:
        first = stack.enter_context(listening(server, alice))
        stack.enter_context(listening(server, charlie))
        before = sum(threads_of(server.process_id))
        taps = [first, *(stack.enter_context(listening(server, alice)) for _ in range(30))]
        seconds_until_heard(house, first, book, relayed=False)
        for tap in taps:
            tap.wait()
        wait_for(lambda: sum(threads_of(server.process_id)) <= before + 3)
        assert backends(LISTENER) == 1
        wait_for(lambda: backends("application_name = 'agora' AND pid <> pg_backend_pid()") <= 2 + OWN)


OWN = 1  # the connection of the test itself


def threads_of(process: int) -> Iterator[int]:
    """How many threads the process and its children have, each."""
    yield len(list(Path(f"/proc/{process}/task").iterdir()))
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from threads_of(int(child))
