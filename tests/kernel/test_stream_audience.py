"""Who hears what, over real streams: tenants, organizations, recipients, features, restricted records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from apps.auth.services.object_grants import grant_access
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user, scope_as
from tests.auth.programs import make_key
from tests.directory.callers import member
from tests.kernel.streams import Tap, finish, listening, streaming, tell
from tests.kernel.web_servers import Server
from tests.support.scopes import House, seeding
from tests.support.shelf.events import BOOK_DUE, BOOK_LENT, BOOK_WEIGHED, READER_CALLED
from tests.support.shelf.factories import LIBRARIAN, given, make_book
from tests.support.shelf.models import Book
from tests.support.shelf.services import update_book

pytestmark = [pytest.mark.processes, pytest.mark.committed]
VIEW = "shelf.books.view"


@pytest.fixture
def server(house: House) -> Iterator[Server]:
    with streaming() as found:
        yield found


def test_an_event_comes_as_it_is_described(house: House, server: Server) -> None:
    book, alice = make_book(house), member(house, VIEW)
    with listening(server, alice) as tap:
        tell(house.scope(), BOOK_LENT, resource_id=book.pk, words="Łódź")
        [heard] = tap.wait()
    assert tap.raw.startswith(b"retry: 2000\n: connected\n\nid: ")
    facts = dict(heard.data)
    assert facts.pop("id")
    assert facts.pop("occurred_at").endswith("Z")
    assert facts == {
        "name": "shelf.book.lent",
        "entity": "shelf.book",
        "entity_id": str(book.pk),
        "organization_id": str(house.root.pk),
        "actor": {"kind": "staff", "id": str(house.tenant.pk)},
        "payload": {"resource_id": str(book.pk), "words": "Łódź"},
    }
    assert heard.id not in {str(book.pk), heard.data["id"]}


def test_each_hears_what_their_tenant_organizations_and_features_open(
    house: House, other_house: House, server: Server
) -> None:
    alice, north_only = member(house, VIEW, name="Alice"), member(house, VIEW, only=(house.north,))
    nobody, elsewhere = member(house, "currencies.view", name="Carol"), member(other_house, "*", name="Charlie")
    book = make_book(house).pk
    with (
        listening(server, alice, "all") as wide,
        listening(server, alice, house.north) as chosen,
        listening(server, north_only) as narrow,
        listening(server, nobody, "all") as closed,
        listening(server, elsewhere, "all") as foreign,
    ):
        tell(house.scope(house.root), BOOK_LENT, resource_id=book, words="root")
        tell(house.scope(house.north), BOOK_LENT, resource_id=book, words="north")
        tell(house.scope(house.south), BOOK_DUE, resource_id=book, words="portal, south")
        tell(house.scope(house.north), BOOK_WEIGHED, resource_id=book, words="for nobody")
        tell(house.scope(house.north), BOOK_LENT, resource_id=book, words="Bob's", recipients=[north_only.pk])
        tell(house.scope(house.north), BOOK_LENT, resource_id=book, words="Carol's", recipients=[nobody.pk])
        tell(house.scope(house.north), BOOK_LENT, resource_id=book, words="nobody's", recipients=[])
        tell(house.scope(house.north), READER_CALLED, words="called", recipients=[nobody.pk])
        tell(house.scope(house.north), READER_CALLED, words="called whom")
        finish(house, wide, chosen, narrow, closed)
        finish(other_house, foreign)
    assert wide.words() == ["root", "north", "portal, south"]
    assert chosen.words() == ["north"]
    assert narrow.words() == ["north", "Bob's"]
    assert closed.words() == ["called"]
    assert foreign.words() == []


def test_what_is_restricted_is_told_to_those_who_see_it(house: House, server: Server) -> None:
    owner, granted, outside = (member(house, *LIBRARIAN, name=name) for name in ("Owner", "Granted", "Outside"))
    readers = make_role(house, VIEW)
    by_role, chief = make_user(house, roles=(readers,)), member(house, is_super_admin=True)
    open_book, secret = make_book(house, "Open"), make_book(house, "Secret")
    with using_scope(scope_as(house, owner)):
        grant_access(**given(secret, user_id=owner.pk, level="change", restrict=True))
        grant_access(**given(secret, user_id=granted.pk))
        grant_access(**given(secret, role_id=readers.pk))
    with ExitStack() as stack:
        taps = [stack.enter_context(listening(server, user)) for user in (granted, by_role, chief, outside)]
        start = taps[-1].last_id
        with using_scope(scope_as(house, owner)):
            update_book(secret.pk, pages=7)
            update_book(open_book.pk, pages=8)
        tell(house.scope(), BOOK_LENT, resource_id=secret.pk, words="lent")
        with seeding(house.scope()):
            Book.objects.filter(pk=secret.pk).delete()
        tell(house.scope(), BOOK_LENT, resource_id=secret.pk, words="gone")
        finish(house, *taps)
    everything = ["shelf.book.updated", "shelf.book.updated", "lent", "gone"]
    assert [tap.words() for tap in taps[:3]] == [everything] * 3
    assert taps[3].words() == ["shelf.book.updated"]
    assert taps[3].events()[0].data["entity_id"] == str(open_book.pk)
    for user, tap in ((outside, taps[3]), (granted, taps[0])):
        with listening(server, user, **{"Last-Event-ID": start}) as again:
            assert [item.data for item in again.wait(len(tap.events()))] == [item.data for item in tap.events()]


def test_a_key_hears_what_its_features_open_and_nothing_that_is_for_people(house: House, server: Server) -> None:
    key, book, bob = make_key(house, VIEW), make_book(house), member(house, VIEW)
    with Tap(server, {"X-Api-Key": key.secret}) as tap:
        tell(house.scope(), BOOK_LENT, resource_id=book.pk, words="Bob's", recipients=[bob.pk])
        tell(house.scope(), BOOK_LENT, resource_id=book.pk, words="heard")
        tap.wait()
    assert tap.words() == ["heard"]


def test_a_large_payload_is_left_out(house: House, server: Server) -> None:
    book, alice = make_book(house), member(house, VIEW)
    with listening(server, alice) as tap:
        tell(house.scope(), BOOK_LENT, resource_id=book.pk, words="x" * 3_000)
        tell(house.scope(), BOOK_LENT, resource_id=book.pk, words="x" * 4_096)
        whole, cut = tap.wait(2)
    assert whole.data["payload"]["words"] == "x" * 3_000
    assert "truncated" not in whole.data
    assert cut.data["payload"] == {"resource_id": str(book.pk)}
    assert cut.data["truncated"] is True
