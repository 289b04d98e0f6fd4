"""API interceptors, through the REST interface of the shelf."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from apps.kernel.commands.models import Action
from apps.kernel.errors import Conflict
from apps.kernel.extensions.interceptors import INTERCEPTORS, Answered, Call, Changes, Interceptor, api_interceptor
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import PROBLEM, complaints
from tests.kernel.books import BOOKS, librarian, make_books, titles
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House
from tests.support.shelf.models import Book

JSON = "application/json"
NEW = {"title": "New", "code": "NEW"}


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


def interceptor(before: Any = None, *, name: str = "probes.first", on: str = "shelf.book", **more: Any) -> Interceptor:
    return Interceptor(name, on, before=before, **more)


def books_of(house: House) -> list[str]:
    with using_scope(house.scope()), scoped_transaction():
        return list(Book.objects.order_by("title").values_list("title", flat=True))


def writes_of(house: House) -> list[str]:
    """Commands that changed books; signing in is one of auth."""
    with using_scope(house.scope()), scoped_transaction():
        return list(Action.objects.filter(command__startswith="shelf.").values_list("command", flat=True))


def broken(call: Call) -> Changes | None:
    raise RuntimeError("broken")


def refusing(call: Call) -> Changes | None:
    raise Conflict


def test_it_sees_the_call(house: House, alice: Any) -> None:
    [book] = make_books(house, {})
    seen: list[Call] = []
    with declared(INTERCEPTORS, interceptor(seen.append, headers={"X-Colour": "Which one."})):
        alice.get(BOOKS, {"ordering": "code"}, headers={"X-Colour": "green"})
        alice.patch(f"{BOOKS}{book.pk}/", {"pages": 3}, content_type=JSON, headers={"X-Other": "no"})
    [read, change] = seen
    assert (read.method, read.path, read.entity, read.action, read.record_id) == (
        "GET",
        BOOKS,
        "shelf.book",
        "list",
        None,
    )
    assert (read.query, read.body, read.headers) == ({"ordering": ("code",)}, None, {"X-Colour": "green"})
    assert (change.action, change.record_id, change.body, change.headers) == (
        "partial_update",
        book.pk,
        {"pages": 3},
        {},
    )


def test_it_refuses_before_anything_is_written(house: House, alice: Any) -> None:
    with declared(INTERCEPTORS, interceptor(refusing)):
        answer = alice.post(BOOKS, NEW, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.conflict")
    assert (books_of(house), writes_of(house)) == ([], [])


def test_a_crash_fails_closed_with_nothing_written(house: House, alice: Any) -> None:
    with declared(INTERCEPTORS, interceptor(broken)):
        answers = [alice.post(BOOKS, NEW, content_type=JSON), alice.get(BOOKS)]
    for answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM)
        assert (answer.json()["code"], answer.json()["extension"]) == ("kernel.extension.failed", "probes.first")
        assert "broken" not in answer.content.decode()
    assert (books_of(house), writes_of(house)) == ([], [])


def test_a_hanging_one_fails_closed_in_its_time(house: House, alice: Any) -> None:
    def hang(call: Call) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    started = time.monotonic()
    with declared(INTERCEPTORS, interceptor(hang, seconds=0.3)):
        answer = alice.post(BOOKS, NEW, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (500, "kernel.extension.failed")
    assert time.monotonic() - started < 3
    assert books_of(house) == []
    assert interceptor().seconds == 5.0


def test_one_that_hangs_in_python_fails_closed_too(house: House, alice: Any) -> None:
    gate = threading.Event()
    with declared(INTERCEPTORS, interceptor(lambda call: gate.wait(20), seconds=0.3)):
        answer = alice.delete(f"{BOOKS}{house.root.pk}/")
        gate.set()
    assert (answer.status_code, answer.json()["code"]) == (500, "kernel.extension.failed")


def test_it_changes_the_body(house: House, alice: Any) -> None:
    def shout(call: Call) -> Changes:
        return Changes(body={**call.body, "title": call.body["title"].upper()})

    def sign(call: Call) -> Changes:
        return Changes(body={**call.body, "notes": f"{call.body['title']} by interceptor"})

    with declared(INTERCEPTORS, interceptor(shout, priority=2), interceptor(sign, name="probes.second")):
        answer = alice.post(BOOKS, NEW, content_type=JSON)
    assert (answer.json()["title"], answer.json()["notes"]) == ("NEW", "NEW by interceptor")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"title": 7}, {"title": "invalid"}),
        ({"colour": "red"}, {"colour": "unknown"}),
        ({"version": 1}, {"version": "read_only"}),
    ],
)
def test_what_it_changes_is_validated_again(
    house: House, alice: Any, change: dict[str, Any], found: dict[str, str]
) -> None:
    with declared(INTERCEPTORS, interceptor(lambda call: Changes(body={**call.body, **change}))):
        answer = alice.post(BOOKS, NEW, content_type=JSON)
    assert (answer.status_code, complaints(answer)) == (400, found)
    assert books_of(house) == []


def test_a_body_that_is_not_valid_never_reaches_it(house: House, alice: Any) -> None:
    calls: list[Call] = []
    with declared(INTERCEPTORS, interceptor(calls.append)):
        assert alice.post(BOOKS, {"title": 7}, content_type=JSON).status_code == 400
        assert librarian(house, only=()).post(BOOKS, NEW, content_type=JSON).status_code in {403, 422}
    assert calls == []


def test_it_changes_the_query_which_is_read_like_any_other(house: House, alice: Any) -> None:
    make_books(house, {"title": "A", "pages": 1}, {"title": "B", "pages": 2})
    with declared(INTERCEPTORS, interceptor(lambda call: Changes(query={**call.query, "pages__gte": ["2"]}))):
        assert titles(alice.get(BOOKS)) == ["B"]
        file = b"".join(alice.get(BOOKS, {"format": "csv", "fields": "title"}).streaming_content)
    assert file.decode().split() == ["title", "B"]
    with using_scope(house.scope()), scoped_transaction():  # what a job behind the answer would read again
        assert "pages__gte=2" in Action.objects.get(command="kernel.list.export").input["address"]
    with declared(INTERCEPTORS, interceptor(lambda call: Changes(query={"colour": ["red"]}))):
        assert complaints(alice.get(BOOKS)) == {"colour": "kernel.parameter.unknown"}


@pytest.mark.parametrize(
    ("on", "methods", "stands"),
    [
        ("shelf.book", ("GET",), [True, False]),
        ("shelf.*", ("POST",), [False, True]),
        ("/api/shelf/*", ("GET", "POST"), [True, True]),
        ("/api/shelf/shelves/*", ("GET", "POST"), [False, False]),
        ("currencies.*", ("GET", "POST"), [False, False]),
    ],
)
def test_it_stands_where_pattern_and_method_say(
    house: House, alice: Any, on: str, methods: tuple[str, ...], stands: list[bool]
) -> None:
    with declared(INTERCEPTORS, interceptor(refusing, on=on, methods=methods)):
        found = [alice.get(BOOKS).status_code == 409, alice.post(BOOKS, NEW, content_type=JSON).status_code == 409]
    assert found == stands


def test_head_is_read_as_get(house: House, alice: Any) -> None:
    with declared(INTERCEPTORS, interceptor(refusing, methods=("GET",))):
        assert alice.head(BOOKS).status_code == 409


def after(change: Callable[[Any], Any], **more: Any) -> Interceptor:
    return interceptor(after=lambda call, answer: change(answer.body), **more)


def test_it_adds_to_answers(house: House, alice: Any) -> None:
    make_books(house, {"title": "A"})

    def add(body: Any) -> Any:
        body["results"][0]["_probes"] = {"seen": True}
        return {**body, "note": "hello"}

    with declared(INTERCEPTORS, after(add)):
        page = alice.get(BOOKS).json()
    assert (page["note"], page["results"][0]["_probes"], page["count"]) == ("hello", {"seen": True}, 1)


def test_it_replaces_what_it_says_to_be_its_own(house: House, alice: Any) -> None:
    [book] = make_books(house, {"pages": 3})
    with declared(INTERCEPTORS, after(lambda body: {**body, "pages": 4}, owns=frozenset({"pages"}))):
        assert alice.get(f"{BOOKS}{book.pk}/").json()["pages"] == 4


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: {**body, "pages": 4},
        lambda body: {"id": body["id"]},
        lambda body: [],
        lambda body: {**body, "more": object()},
    ],
)
def test_whatever_else_it_does_to_a_record_is_no_answer(house: House, alice: Any, spoil: Callable[[Any], Any]) -> None:
    [book] = make_books(house, {"pages": 3})
    with declared(INTERCEPTORS, after(spoil)):
        answer = alice.get(f"{BOOKS}{book.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (500, "kernel.extension.failed")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: {**body, "results": body["results"][:1]},
        lambda body: {**body, "results": [{**row, "title": "Mine"} for row in body["results"]]},
        lambda body: {**body, "count": 7},
    ],
)
def test_whatever_else_it_does_to_a_page_is_no_answer(house: House, alice: Any, spoil: Callable[[Any], Any]) -> None:
    make_books(house, {"title": "A"}, {"title": "B"})
    with declared(INTERCEPTORS, after(spoil)):
        assert alice.get(BOOKS).status_code == 500


def test_a_crash_behind_a_write_leaves_it_and_a_repetition_shows_it(house: House, alice: Any) -> None:
    key = {"Idempotency-Key": "once"}

    def crash(body: Any) -> Any:
        raise RuntimeError("broken")

    with declared(INTERCEPTORS, after(crash)):
        failed = alice.post(BOOKS, NEW, content_type=JSON, headers=key)
    again = alice.post(BOOKS, NEW, content_type=JSON, headers=key)
    assert (failed.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (500, 201, "true")
    assert books_of(house) == ["New"]


def test_what_it_gets_is_a_copy(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "A"})

    def meddle(call: Call, answer: Answered) -> None:
        answer.body["title"] = "Mine"

    with declared(INTERCEPTORS, interceptor(after=meddle)):
        assert alice.get(f"{BOOKS}{book.pk}/").json()["title"] == "A"


def test_refusals_pass_it_untouched(house: House, alice: Any) -> None:
    calls: list[Any] = []
    with declared(INTERCEPTORS, interceptor(after=lambda call, answer: calls.append(answer))):
        assert alice.get(BOOKS, {"colour": "red"}).status_code == 400
    assert calls == []


def test_its_reason_is_kept_with_the_action(house: House, alice: Any) -> None:
    with declared(INTERCEPTORS, interceptor(lambda call: Changes(reason="because"))):
        alice.post(BOOKS, NEW, content_type=JSON)
    alice.post(BOOKS, {**NEW, "code": "N2"}, content_type=JSON)
    with using_scope(house.scope()), scoped_transaction():
        kept = list(Action.objects.filter(command="shelf.book.create").order_by("id").values_list("reason", flat=True))
    assert kept == ["because", ""]


def test_unknown_methods_are_no_interceptors() -> None:
    with pytest.raises(ValueError, match="TRACE"):
        api_interceptor(replace(interceptor(), methods=("TRACE",)))
