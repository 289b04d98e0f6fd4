"""Restricted records over HTTP: for those who were not granted them they are missing, everywhere alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.auth.services.object_grants import grant_access, revoke_access
from apps.kernel.ids import uuid7
from tests.auth.factories import acting_as, make_role, make_user
from tests.support.scopes import House
from tests.support.shelf.factories import LIBRARIAN, given, make_book
from tests.support.shelf.models import Book
from tests.support.sign_in import signed_in

API = "/api/shelf/books/"
PAGES = "/backend/shelf/book/"


@pytest.fixture
def owner(house: House) -> User:
    return make_user(house, name="Alice", home_organization_id=house.root.pk, roles=(make_role(house, *LIBRARIAN),))


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, home_organization_id=house.root.pk, roles=(make_role(house, *LIBRARIAN),))


@pytest.fixture
def secret(house: House, owner: User) -> Book:
    book = make_book(house, "Secret")
    with acting_as(house, owner):
        grant_access(**given(book, user_id=owner.pk, level="change", restrict=True))
    return book


@pytest.fixture
def reader(bob: User) -> Client:
    return signed_in(bob)


def grant(house: House, owner: User, book: Book, **more: Any) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, **more))


def listed(client: Client) -> tuple[int, list[str]]:
    answer = client.get(API).json()
    return answer["count"], [row["title"] for row in answer["results"]]


def test_a_grant_and_a_revoke_hold_at_the_next_request(
    house: House, owner: User, bob: User, secret: Book, reader: Client
) -> None:
    make_book(house, "Open")
    assert listed(reader) == (1, ["Open"])
    grant(house, owner, secret, user_id=bob.pk)
    assert listed(reader) == (2, ["Open", "Secret"])
    with acting_as(house, owner):
        revoke_access(**given(secret, user_id=bob.pk))
    assert listed(reader) == (1, ["Open"])
    with acting_as(house, owner):
        revoke_access(**given(secret, reopen=True))
    assert listed(reader) == (2, ["Open", "Secret"])


@pytest.mark.parametrize("method", ["get", "patch", "put", "delete"])
def test_a_hidden_record_and_a_missing_one_give_the_same_answer(secret: Book, reader: Client, method: str) -> None:
    body = {"title": "Mine", "code": "M-1"} if method in {"patch", "put"} else None

    def answer_for(record_id: UUID) -> tuple[int, dict[str, Any]]:
        answer = getattr(reader, method)(f"{API}{record_id}/", body, content_type="application/json")
        return answer.status_code, answer.json()

    assert answer_for(secret.pk) == answer_for(uuid7())
    assert answer_for(secret.pk)[0] == 404


def test_who_may_only_see_a_record_reads_it_and_cannot_write_it(
    house: House, owner: User, bob: User, secret: Book, reader: Client
) -> None:
    grant(house, owner, secret, user_id=bob.pk)
    shown = reader.get(f"{API}{secret.pk}/")
    assert (shown.status_code, shown.json()["is_restricted"]) == (200, True)
    refused = reader.patch(f"{API}{secret.pk}/", {"title": "Mine"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.record.read_only")
    assert reader.get(f"{API}{secret.pk}/").json()["title"] == "Secret"


def test_nobody_restricts_a_record_by_writing_the_column(house: House, reader: Client) -> None:
    book = make_book(house)
    for body in ({"is_restricted": True}, {"title": "A", "is_restricted": False}):
        answer = reader.patch(f"{API}{book.pk}/", body, content_type="application/json")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "is_restricted")


def test_filters_and_searches_do_not_betray_a_hidden_record(secret: Book, reader: Client) -> None:
    for query in (f"ids={secret.pk}", "q=Secret", "title=Secret", "is_restricted=true", "title__icontains=ecre"):
        answer = reader.get(f"{API}?{query}").json()
        assert (query, answer["count"], answer["results"]) == (query, 0, [])


def test_an_export_leaves_hidden_records_out(house: House, secret: Book, reader: Client) -> None:
    make_book(house, "Open")
    answer: Any = reader.get(f"{API}?format=csv")
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert "Open" in text
    assert "Secret" not in text


def test_changing_many_at_once_takes_a_hidden_record_for_missing(house: House, secret: Book, reader: Client) -> None:
    def answer_for(record_id: UUID) -> tuple[int, str]:
        body = {"action": "delete", "ids": [str(record_id)]}
        answer = reader.post(f"{API}bulk/", body, content_type="application/json")
        return answer.status_code, answer.content.decode().replace(str(record_id), "ID")

    assert answer_for(secret.pk) == answer_for(uuid7())
    assert answer_for(secret.pk)[0] >= 400


def test_a_list_with_restricted_records_costs_no_more_queries(
    house: House, owner: User, bob: User, secret: Book, reader: Client
) -> None:
    make_book(house, "Open")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader.get(API)
        return len(captured)

    cost()
    hidden = cost()
    grant(house, owner, secret, user_id=bob.pk)
    assert cost() == hidden


def test_the_back_office_shows_no_hidden_record(house: House, secret: Book, reader: Client) -> None:
    make_book(house, "Open")
    page = reader.get(PAGES).content.decode()
    assert "Open" in page
    assert "Secret" not in page
    assert str(secret.pk) not in page + reader.get(f"{PAGES}?q=Secret").content.decode()


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_pages_of_a_hidden_and_of_a_missing_record_are_the_same(secret: Book, reader: Client, page: str) -> None:
    hidden, missing = (reader.get(f"{PAGES}{record_id}/{page}/") for record_id in (secret.pk, uuid7()))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert "Secret" not in hidden.content.decode()


def test_the_back_office_shows_a_record_that_may_only_be_seen_without_its_form(
    house: House, owner: User, bob: User, secret: Book, reader: Client
) -> None:
    address = f"{PAGES}{secret.pk}/change/"
    grant(house, owner, secret, user_id=bob.pk)
    seen = reader.get(address)
    assert (seen.status_code, 'name="title"' in seen.content.decode()) == (200, False)
    assert reader.get(f"{PAGES}{secret.pk}/delete/").status_code == 403
    grant(house, owner, secret, user_id=bob.pk, level="change")
    assert 'name="title"' in reader.get(address).content.decode()


def test_hidden_records_are_not_deleted_with_a_selection(
    house: House, owner: User, secret: Book, reader: Client
) -> None:
    book = make_book(house, "Open")
    form = {"action": "delete_selected", "_selected_action": [book.pk, secret.pk], "confirmed": "yes"}
    reader.post(PAGES, form)
    assert listed(reader) == (0, [])
    assert listed(signed_in(owner)) == (1, ["Secret"])
