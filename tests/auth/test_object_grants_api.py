"""Grants on records and explanations of access over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.auth.models import RoleGrant, User, UserGrant
from apps.auth.services.object_grants import grant_access
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from tests.auth.factories import acting_as, make_role, make_user, reading_in
from tests.support.scopes import House
from tests.support.shelf.factories import ENTITY, LIBRARIAN, given, make_book
from tests.support.shelf.models import Book
from tests.support.sign_in import signed_in

GRANTS = "/api/auth/grants/"
EXPLAIN = "/api/auth/explain-access/"


def member(house: House, name: str, *features: str) -> User:
    return make_user(house, name=name, home_organization_id=house.root.pk, roles=(make_role(house, *features),))


@pytest.fixture
def owner(house: House) -> User:
    return member(house, "Alice", *LIBRARIAN)


@pytest.fixture
def bob(house: House) -> User:
    return member(house, "Bob", *LIBRARIAN)


@pytest.fixture
def alice(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def book(house: House) -> Book:
    return make_book(house)


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def about(book: Book, **more: Any) -> dict[str, Any]:
    return {"entity": ENTITY, "record_id": str(book.pk), **more}


def listed(client: Client, book: Book) -> Any:
    return client.get(GRANTS, about(book))


def complaints(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(item["field"], item["code"]) for item in answer.json()["errors"]]


def test_a_grant_is_made_and_listed(house: House, owner: User, bob: User, alice: Client, book: Book) -> None:
    readers = make_role(house, name="Readers")
    made = post(alice, GRANTS, **about(book, user_id=str(bob.pk), level="view", restrict=True))
    post(alice, GRANTS, **about(book, role_id=str(readers.pk), level="change"))
    record = made.json()
    assert made.status_code == 201
    with reading_in(house):
        assert UUID(made.headers["X-Action-Id"]) == Action.objects.filter(command="access.grant").earliest("pk").pk
    assert {name: record[name] for name in ("entity", "record_id", "user_id", "role_id", "holder", "level")} == {
        "entity": ENTITY,
        "record_id": str(book.pk),
        "user_id": str(bob.pk),
        "role_id": None,
        "holder": "Bob",
        "level": "view",
    }
    answer = listed(alice, book).json()
    held = [(row["holder"], row["level"]) for row in answer["results"]]
    assert (answer["is_restricted"], answer["count"]) == (True, 3)
    assert held == [("Bob", "view"), ("Alice", "change"), ("Readers", "change")]


def test_a_grant_is_taken_away_by_its_id(house: House, bob: User, alice: Client, book: Book) -> None:
    made = post(alice, GRANTS, **about(book, user_id=str(bob.pk), restrict=True)).json()
    answer = alice.delete(f"{GRANTS}{made['id']}/")
    assert (answer.status_code, "X-Action-Id" in answer.headers) == (204, True)
    rest = listed(alice, book).json()
    assert ([row["holder"] for row in rest["results"]], rest["is_restricted"]) == (["Alice"], True)
    assert alice.delete(f"{GRANTS}{made['id']}/").status_code == 404
    role = make_role(house)
    made = post(alice, GRANTS, **about(book, role_id=str(role.pk))).json()
    assert alice.delete(f"{GRANTS}{made['id']}/").status_code == 204
    with reading_in(house):
        assert RoleGrant.objects.count() == 0


def test_a_record_is_opened_again(house: House, bob: User, alice: Client, book: Book) -> None:
    post(alice, GRANTS, **about(book, user_id=str(bob.pk), restrict=True))
    answer = post(alice, f"{GRANTS}revoke/", **about(book, user_id=str(bob.pk)))
    assert (answer.status_code, answer.json()) == (200, about(book, is_restricted=True))
    answer = post(alice, f"{GRANTS}revoke/", **about(book, reopen=True))
    assert (answer.status_code, answer.json()) == (200, about(book, is_restricted=False))
    assert listed(signed_in(bob), book).json()["count"] == 0


def test_a_change_over_http_is_undone(house: House, bob: User, alice: Client, book: Book, owner: User) -> None:
    made = post(alice, GRANTS, **about(book, user_id=str(bob.pk), restrict=True))
    with acting_as(house, owner):
        undo(UUID(made.headers["X-Action-Id"]))
    assert listed(alice, book).json()["results"] == []


def test_a_repeated_request_grants_once(house: House, bob: User, alice: Client, book: Book) -> None:
    body = about(book, user_id=str(bob.pk))
    first, second = (
        alice.post(GRANTS, body, content_type="application/json", headers={"Idempotency-Key": "one"}) for _ in range(2)
    )
    assert (first.json(), second.headers.get("Idempotency-Replayed")) == (second.json(), "true")
    with reading_in(house):
        assert Action.objects.filter(command="access.grant").count() == 1


def test_a_stated_version_is_compared_with_the_records(bob: User, alice: Client, book: Book) -> None:
    body = about(book, user_id=str(bob.pk))
    stale = alice.post(GRANTS, body, content_type="application/json", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.stale_version")
    assert alice.post(GRANTS, body, content_type="application/json", headers={"If-Match": '"1"'}).status_code == 201


def test_bad_input_is_named_by_field(house: House, other_house: House, bob: User, alice: Client, book: Book) -> None:
    hidden = make_book(house, "Hidden")
    with acting_as(house, bob):
        grant_access(**given(hidden, user_id=bob.pk, restrict=True))
    assert complaints(post(alice, GRANTS, entity=ENTITY, record_id="x", level="own", more=1)) == (
        400,
        [("record_id", "invalid"), ("level", "invalid_choice"), ("more", "unknown")],
    )
    for record_id in (hidden.pk, make_book(other_house).pk, uuid7()):
        body = {"entity": ENTITY, "record_id": str(record_id), "user_id": str(bob.pk)}
        unknown = (400, [("record_id", "kernel.reference.unknown")])
        assert complaints(post(alice, GRANTS, **body)) == unknown
        assert complaints(post(alice, f"{GRANTS}revoke/", **body)) == unknown
        assert complaints(alice.get(GRANTS, {"entity": ENTITY, "record_id": str(record_id)})) == unknown
    kind = {"entity": "shelf.shelf", "record_id": str(uuid7())}
    assert complaints(post(alice, GRANTS, **kind)) == (400, [("entity", "auth.object_grant.kind")])
    assert complaints(alice.get(GRANTS)) == (400, [("entity", "required"), ("record_id", "required")])
    assert complaints(alice.get(GRANTS, {**about(book), "x": 1})) == (400, [("x", "kernel.parameter.unknown")])
    assert post(alice, GRANTS, **about(book)).json()["errors"][0]["code"] == "auth.object_grant.holder"


def test_a_grant_on_a_hidden_record_is_not_there(house: House, owner: User, bob: User, book: Book) -> None:
    made = post(signed_in(owner), GRANTS, **about(book, user_id=str(owner.pk), restrict=True)).json()
    assert signed_in(bob).delete(f"{GRANTS}{made['id']}/").status_code == 404
    assert signed_in(bob).delete(f"{GRANTS}{uuid7()}/").json() == signed_in(bob).delete(f"{GRANTS}{made['id']}/").json()


@pytest.mark.parametrize("method", ["get", "post"])
def test_grants_are_for_those_who_may_grant(house: House, book: Book, method: str) -> None:
    reader = signed_in(member(house, "Reader", "shelf.*"))
    answer = getattr(reader, method)(
        GRANTS, about(book), **({"content_type": "application/json"} if method == "post" else {})
    )
    assert (answer.status_code, answer.json()["feature"]) == (403, "auth.acl.manage")
    assert getattr(Client(), method)(GRANTS, about(book)).status_code == 401


def test_reading_grants_needs_the_feature_of_the_kind(house: House, book: Book) -> None:
    granter = signed_in(member(house, "Granter", "auth.acl.manage"))
    assert listed(granter, book).json()["feature"] == "shelf.books.view"


def test_everybody_may_ask_about_themselves(house: House, book: Book) -> None:
    reader = member(house, "Reader", "shelf.books.view")
    answer = post(signed_in(reader), EXPLAIN, feature="shelf.books.manage", **about(book))
    assert answer.status_code == 200
    said = answer.json()
    assert (said["allowed"], said["rule"], said["record"]["rule"]) == (False, "not_granted", "open")
    own = post(signed_in(reader), EXPLAIN, feature="shelf.books.view", user_id=str(reader.pk)).json()
    assert (own["allowed"], own["grant"], own["record"]) == (True, "shelf.books.view", None)


def test_asking_about_others_needs_the_feature_to_grant(house: House, owner: User, alice: Client, book: Book) -> None:
    readers = make_role(house, "shelf.books.view", name="Readers")
    carol = make_user(house, name="Carol", roles=(readers,))
    post(alice, GRANTS, **about(book, role_id=str(readers.pk), restrict=True))
    question = {"user_id": str(carol.pk), "feature": "shelf.books.view", **about(book)}
    said = post(alice, EXPLAIN, **question).json()
    assert said["allowed"] is True
    assert said["record"] == {
        "rule": "granted",
        "needs": "view",
        "level": "view",
        "grants": [{"level": "view", "through": "role Readers"}],
    }
    assert said["explanation"] == (
        "Carol may shelf.books.view: holds shelf.books.view from role Readers;"
        " the record is restricted and granted: view through role Readers."
    )
    refused = post(signed_in(carol), EXPLAIN, **{**question, "user_id": str(owner.pk)})
    assert (refused.status_code, refused.json()["feature"]) == (403, "auth.acl.manage")


def test_bad_questions_are_refused_by_field(house: House, other_house: House, alice: Client, book: Book) -> None:
    foreign = make_user(other_house)
    answer = post(
        alice, EXPLAIN, feature="shelf.nothing", user_id=str(foreign.pk), entity=ENTITY, record_id=str(uuid7())
    )
    assert complaints(answer) == (
        400,
        [
            ("feature", "auth.feature.unknown"),
            ("user_id", "kernel.reference.unknown"),
            ("record_id", "kernel.reference.unknown"),
        ],
    )
    half = post(alice, EXPLAIN, feature="shelf.books.view", entity=ENTITY)
    assert complaints(half) == (400, [("record_id", "required")])
    nowhere = post(alice, EXPLAIN, feature="shelf.books.view", entity="no.where", record_id=str(book.pk))
    assert complaints(nowhere) == (400, [("entity", "kernel.reference.unknown")])


def test_nobody_learns_about_a_hidden_record_by_asking(house: House, owner: User, bob: User, book: Book) -> None:
    post(signed_in(owner), GRANTS, **about(book, user_id=str(owner.pk), restrict=True))
    hidden, missing = (
        post(signed_in(bob), EXPLAIN, feature="shelf.books.view", entity=ENTITY, record_id=str(record_id))
        for record_id in (book.pk, uuid7())
    )
    assert hidden.json() == missing.json()
    with reading_in(house):
        assert UserGrant.objects.count() == 1
