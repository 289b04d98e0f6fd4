"""What belongs to others is told to nobody: a storm of foreign events, own ones among them, forged ids, reconnects."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import pytest
from django.db import connection, connections

from apps.auth.models import User
from apps.kernel.eventbus.stream.positions import position_named
from apps.kernel.eventbus.stream.telling import CHANNEL
from apps.kernel.tenancy.scope import Scope, using_scope
from tests.directory.callers import member
from tests.kernel.streams import ADDRESS, GAP, LAST_WORD, Tap, as_user, finish, listening, say_often, streaming
from tests.kernel.web_servers import Server
from tests.kernel.work_probes import wait_for
from tests.support.scopes import House
from tests.support.shelf.events import BOOK_LENT
from tests.support.shelf.factories import make_book
from tests.support.sizes import size

pytestmark = [pytest.mark.prove, pytest.mark.committed]
VIEW = "shelf.books.view"
FOREIGN = size(2_000, 100_000)  # events of the other tenant
HIDDEN = FOREIGN // 20  # events of the organization that no listener sees
OWN = size(200, 2_000)  # events of organizations that listeners see, each a change of its own
TOGETHER = 100  # events of one change
FEW, PAUSE = 20, 0.2  # the same of hidden ones, and seconds between: whoever misses 1,000 of a tenant is told of a gap
LAST = "Last-Event-ID"


def write(scope: Scope, times: int = 1, **facts: Any) -> None:
    """Commit so many events, and tell the streams as a relay does."""
    with using_scope(scope):
        say_often(BOOK_LENT.name, facts, times=times)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(scope.tenant_id)])


def disguises(house: House, other: House, users: list[User]) -> list[dict[str, Any]]:
    """Facts of foreign events: plain ones, and such as name people, organizations and records of the listeners."""
    own_book, book = make_book(house).pk, make_book(other).pk
    return [
        {"resource_id": book, "words": "foreign"},
        {"resource_id": own_book, "words": "foreign about their book"},
        {"resource_id": book, "words": "foreign to them by name", "recipients": [user.pk for user in users]},
        {"resource_id": own_book, "words": "foreign in their organization", "organization_id": house.north.pk},
        {"resource_id": book, "words": "foreign " + "x" * 5_000},
    ]


def storm(scope: Scope, facts: list[dict[str, Any]], number: int, together: int, pause: float) -> None:
    """Commit so many events, some in each change, of every kind in turn."""
    try:
        kinds = cycle(facts)
        for _ in range(number // together):
            write(scope, together, **next(kinds))
            time.sleep(pause)
    finally:
        connections.close_all()


@contextmanager
def storming(house: House, other: House, users: list[User]) -> Iterator[None]:
    """Two writers of the other tenant, and one of the organization above the listeners'."""
    foreign = disguises(house, other, users)
    hidden = [{"resource_id": make_book(house).pk, "words": "hidden"}]
    places = (other.north, other.root)
    works = [(other.scope(place), foreign, FOREIGN // 2, TOGETHER, 0.0) for place in places]
    works.append((house.scope(house.root), hidden, HIDDEN, FEW, PAUSE))
    threads = [threading.Thread(target=storm, args=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@dataclass
class Restless:
    """Somebody whose connection breaks all the time; with `ids` they come back with what others were given."""

    server: Server
    user: User
    forged: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    connections: int = 0
    has_ended: bool = False
    last: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sign in once: of very many sessions the oldest ends, and the streams that were opened with it."""
        self.headers = as_user(self.user)

    def honest(self) -> None:
        """Come back with the last id until the last word has come."""
        while not self.has_ended:
            with self._opened({LAST: self.last} if self.last else {}) as tap:
                time.sleep(0.3)
            self._keep(tap)
            self.last = tap.last_id or self.last
            self.has_ended = tap.has_heard(LAST_WORD)

    def forging(self) -> None:
        """Come with ids of the other tenant, by header and by address, and with own marks on foreign places."""
        while not self.has_ended:
            for name in self.forged[-3:]:
                grafted = "-".join([*name.split("-")[:3], self.last.rpartition("-")[2]]) if self.last else name
                for headers, path in (
                    ({LAST: name}, ADDRESS),
                    ({}, f"{ADDRESS}?after={name}"),
                    ({LAST: grafted}, ADDRESS),
                ):
                    with self._opened(headers, path) as tap:
                        wait_for(lambda tap=tap: tap.kinds())  # type: ignore[misc]
                        time.sleep(0.2)
                    assert tap.kinds()[0] == GAP
                    self._keep(tap)
                    self.last = tap.last_id
            time.sleep(0.05)

    def _opened(self, headers: dict[str, str], path: str = ADDRESS) -> Tap:
        self.connections += 1
        return Tap(self.server, {**self.headers, **headers}, path=path, user_id=self.user.pk)

    def _keep(self, tap: Tap) -> None:
        """Take what was heard, when the last of it has been read."""
        wait_for(lambda: tap.has_ended)
        assert tap.status == 200
        self.words += tap.words()
        self.kinds += tap.kinds()


@contextmanager
def beside(*works: Any) -> Iterator[None]:
    """Do things in threads of their own while the block runs, and wait for them; a fault there is one here."""
    faults: list[BaseException] = []

    def run(work: Any) -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001 - raised again below
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


@dataclass
class Listeners:
    """Who listens: `taps` are Bob (North), Carol (South), Dora (both), and Dora with a foreign id, each to the end."""

    taps: list[Tap]
    control: Tap  # of the other tenant
    honest: Restless
    forger: Restless

    def words(self) -> list[list[str]]:
        """What each heard."""
        return [*(tap.words() for tap in self.taps), self.honest.words, self.forger.words]

    def foreign_words(self) -> list[str]:
        """What nobody should have heard."""
        return [item for words in self.words() for item in words if not item.startswith("own ")]


@contextmanager
def everybody_listening(house: House, other: House, users: list[User]) -> Iterator[Listeners]:
    """A server and all listeners."""
    bob, _carol, dora = users
    with ExitStack() as stack:
        server = stack.enter_context(streaming())
        taps = [stack.enter_context(listening(server, user)) for user in users]
        charlie = member(other, VIEW, name="Charlie")
        control = stack.enter_context(listening(server, charlie, "all"))
        taps.append(stack.enter_context(listening(server, dora, **{LAST: control.last_id})))
        honest, forger = Restless(server, bob, last=taps[0].last_id), Restless(server, dora, [control.last_id])
        with beside(honest.honest, forger.forging):
            yield Listeners(taps, control, honest, forger)
            finish(house, *taps)
            wait_for(lambda: honest.has_ended, seconds=20)
            forger.has_ended = True


def write_own(house: House, forger: Restless, control: Tap) -> None:
    """Commit the listeners' own events one by one, North's and South's in turn; the forger gets ever newer ids."""
    book = make_book(house).pk
    for number in range(OWN):
        write(house.scope((house.north, house.south)[number % 2]), resource_id=book, words=f"own {number}")
        forger.forged.append(control.last_id)
        time.sleep(0.002)


def test_of_a_storm_of_foreign_events_nobody_hears_one(house: House, other_house: House) -> None:
    places = {"Bob": (house.north,), "Carol": (house.south,), "Dora": (house.north, house.south)}
    users = [member(house, VIEW, name=name, only=only) for name, only in places.items()]
    with everybody_listening(house, other_house, users) as heard:
        began = time.monotonic()
        with storming(house, other_house, users):
            write_own(house, heard.forger, heard.control)
        took = time.monotonic() - began
    print(
        f"{FOREIGN:,} foreign and {HIDDEN:,} hidden events, {OWN:,} own ones, in {took:.0f} s: "
        f"{len(heard.foreign_words())} of others were heard; {heard.honest.connections} connections of the restless, "
        f"{heard.forger.connections} with forged ids; "
        f"the other tenant's own client heard {len(heard.control.events()):,}"
    )
    every = [f"own {number}" for number in range(OWN)]
    assert heard.foreign_words() == []
    assert [tap.words() for tap in heard.taps] == [every[::2], every[1::2], every, every]
    assert [tap.kinds().count(GAP) for tap in heard.taps] == [0, 0, 0, 1]
    assert heard.honest.words == every[::2]
    assert GAP not in heard.honest.kinds
    assert heard.forger.connections >= 9
    assert set(heard.forger.words) <= set(every)
    assert len(heard.control.words()) >= TOGETHER  # they were there to be heard
    assert position_named(heard.control.last_id, house.tenant.pk) is None
