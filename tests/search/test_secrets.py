"""What is kept out of the index is nowhere: in no table, index, log or answer; and restricted records are hidden."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connection

from apps.auth.models import User
from apps.auth.services.object_grants import grant_access
from apps.kernel.commands.history.privacy import is_encrypted
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.search.contracts import SEARCHABLES, searchable
from apps.search.services.building import DraftMaker, FieldWithheld
from apps.search.services.searching import find
from tests.auth.factories import make_role, make_user
from tests.directory.callers import client_of, member
from tests.search.factories import build_index, catch_up, declared_as, documents, inside
from tests.support.databases import admin
from tests.support.scopes import House
from tests.support.shelf.factories import acting_as_key, given, make_book, make_reader
from tests.support.shelf.models import Book
from tests.support.shelf.services import create_book, update_book

BOOK = "shelf.book"
SECRET = "Quetzalcoatl77"
EVERY_TABLE = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1
"""


def tables_with(text: str, *, besides: tuple[str, ...] = ()) -> list[str]:
    """Tables in which the text stands, whoever they belong to: each row is looked through as text, case-blind."""
    found = []
    with admin(str(connection.settings_dict["NAME"])) as session:
        for (table,) in session.execute(EVERY_TABLE).fetchall():
            query = f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s'
            row = session.execute(query.encode(), [f"%{text}%"]).fetchone()
            if table not in besides and row and row[0]:
                found.append(table)
    return found


@pytest.mark.committed
@pytest.mark.parametrize("how", ["excluded", "hash_only"])
def test_a_withheld_value_is_nowhere(house: House, caplog: pytest.LogCaptureFixture, how: str) -> None:
    caplog.set_level(logging.DEBUG)
    others = {"excluded": (), "hash_only": (), how: ("notes",)}
    bob = client_of(member(house, "search.view", "shelf.*"), organization="all")
    with declared_as(BOOK, **others):
        book = make_book(house, "Dune", notes=SECRET)
        build_index(house)
        create_book_as_alice(house)
        catch_up()
        answers = [bob.get("/api/search/", {"q": text}) for text in ("dune", SECRET[:8])]
    assert [answer.json()["count"] for answer in answers] == [2, 0]
    assert tables_with(SECRET) == []
    assert all(SECRET not in answer.content.decode() for answer in answers)
    assert SECRET not in caplog.text
    assert SECRET.lower() not in caplog.text.lower()
    assert len(documents(house, BOOK)[book.pk].tokens) == (1 if how == "hash_only" else 0)


def create_book_as_alice(house: House) -> None:
    with using_scope(house.scope()):
        create_book(title="Dune too", code="D-2", notes=SECRET)


@pytest.mark.committed
def test_the_looking_finds_what_is_there(house: House) -> None:
    """The test above cannot pass because it looks in the wrong place."""
    make_book(house, f"Dune {SECRET}")
    build_index(house)
    assert {"search_document", "shelf_book", "search_word"} - {"search_word"} <= set(tables_with(SECRET))


def test_tokens_are_of_the_tenant_alone(house: House, other_house: House) -> None:
    for each in (house, other_house):
        make_book(each, "Dune", notes=SECRET)
        build_index(each)
    [ours], [theirs] = documents(house, BOOK).values(), documents(other_house, BOOK).values()
    assert len(ours.tokens) == len(theirs.tokens) == 1
    assert ours.tokens != theirs.tokens


def test_texts_cannot_be_made_of_what_is_withheld(house: House) -> None:
    book = make_book(house, "Dune", notes=SECRET)
    wrong: Any = lambda record: record.notes  # noqa: E731
    with declared_as(BOOK, hash_only=(), build_source=wrong), pytest.raises(FieldWithheld), inside(house):
        DraftMaker(SEARCHABLES[BOOK]).draft(book)
    assert is_encrypted(Book._meta.get_field("notes"))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"excluded": ("title",)}, "cannot be shown"),
        ({"hash_only": ("code",), "fields": {"code": "A"}}, "cannot be shown"),
        ({"hash_only": ("notes",), "excluded": ("notes",)}, "not even digests"),
        ({"fields": {"title": "E"}}, "weights are"),
        ({"kind": ""}, "no entity_id"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(changes: dict[str, Any], complaint: str) -> None:
    declared: dict[str, Any] = {"kind": "tests.thing", "feature": "tests.view", "title": "title"} | changes
    with pytest.raises(ValueError, match=complaint):
        searchable(declared.pop("kind"), **declared)


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, name="Bob", roles=(make_role(house, "search.view", "shelf.books.view"),))


def restrict(house: House, book: Book, to: User) -> None:
    with using_scope(house.scope(actor_id=to.pk)):
        grant_access(**given(book, user_id=to.pk, level="change", restrict=True))


def test_a_restricted_record_is_found_by_those_granted(house: House, bob: User) -> None:
    alice = make_reader(house, "Alice", features=("search.view", "shelf.*", "auth.acl.manage"))
    make_book(house, "Open Dune")
    secret = make_book(house, "Secret Dune")
    build_index(house)
    restrict(house, secret, alice)  # and the index has heard nothing of it yet
    seen = {}
    for user in (alice, bob):
        answer = client_of(user, organization="all").get("/api/search/", {"q": "dune"}).json()
        seen[user.name] = ([item["title"] for item in answer["results"]], answer["count"])
    assert seen == {"Alice": (["Open Dune", "Secret Dune"], 2), "Bob": (["Open Dune"], 1)}


def test_what_is_looked_for_is_asked_of_nobody_who_may_not_answer(house: House) -> None:
    """An address finds its user, for whoever may see users."""
    make_user(house, name="Carol", email="carol@example.org")
    build_index(house)
    for features, count in ((("auth.users.view",), 1), ((), 0)):
        client = client_of(member(house, "search.view", *features), organization="all")
        assert client.get("/api/search/", {"q": "Carol@Example.ORG"}).json()["count"] == count
    assert tables_with("carol@example.org") == []


def test_a_changed_private_value_is_not_found_any_more(house: House) -> None:
    book = make_book(house, "Dune", notes=SECRET)
    build_index(house)
    with using_scope(house.scope()):
        update_book(book.pk, notes="other")
        catch_up()
    client = client_of(member(house, "search.view", "shelf.books.view"), organization="all")
    assert client.get("/api/search/", {"q": SECRET}).json()["count"] == 0
    assert client.get("/api/search/", {"q": "other"}).json()["count"] == 1


def test_a_key_finds_what_its_roles_see(house: House) -> None:
    make_book(house, "Dune")
    build_index(house)
    for features, count in ((("search.view", "shelf.books.view"), 1), (("search.view",), 0)):
        with acting_as_key(house, make_role(house, *features)), scoped_transaction():
            assert len(find("dune").results) == count
