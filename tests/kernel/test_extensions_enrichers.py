"""Response enrichers, through the REST interface of the shelf."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from apps.kernel.api.schema.document import document
from apps.kernel.extensions.enrichers import ENRICHERS, Enricher, Values, response_enricher
from tests.directory.callers import complaints
from tests.kernel.books import BOOKS, librarian, make_books
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House
from tests.support.shelf.models import Book

JSON = "application/json"
SHAPE = {"properties": {"place": {"type": "integer"}}}


@pytest.fixture
def alice(house: House) -> Any:
    return librarian(house)


def enricher(enrich: Callable[[Sequence[UUID]], Values], name: str = "probes.place", **options: Any) -> Enricher:
    return Enricher(name, "shelf.book", enrich, **options)


def placed(ids: Sequence[UUID]) -> Values:
    """Each record's place on its page, as one query counts it."""
    found = Book.objects.filter(pk__in=ids).values_list("pk", "title")
    return {pk: {"place": int(title)} for pk, title in found}


def broken(ids: Sequence[UUID]) -> Values:
    raise RuntimeError("broken")


def sleepy(ids: Sequence[UUID]) -> Values:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    return {}


def test_lists_and_details_carry_what_it_knows(house: House, alice: Any) -> None:
    books = make_books(house, {"title": "1"}, {"title": "2"})
    with declared(ENRICHERS, enricher(placed)):
        page = alice.get(BOOKS).json()
        one = alice.get(f"{BOOKS}{books[1].pk}/").json()
    assert [row["_probes"] for row in page["results"]] == [{"place": 1}, {"place": 2}]
    assert one["_probes"] == {"place": 2}
    assert "_meta" not in page
    assert "_meta" not in one


def test_it_is_asked_once_for_a_page_and_with_its_ids_only(house: House, alice: Any) -> None:
    books = make_books(house, *({"title": str(number)} for number in range(5)))
    asked: list[tuple[UUID, ...]] = []

    def remember(ids: Sequence[UUID]) -> Values:
        asked.append(tuple(ids))
        return {}

    with declared(ENRICHERS, enricher(remember)):
        page = alice.get(BOOKS, {"page_size": 2, "page": 2}).json()
    assert asked == [(books[2].pk, books[3].pk)]
    assert [row["_probes"] for row in page["results"]] == [{}, {}]


def test_one_more_query_whatever_the_page(house: House, alice: Any) -> None:
    make_books(house, *({"title": str(number)} for number in range(30)))

    def cost(size: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(BOOKS, {"page_size": size, "count": "none"}).status_code == 200
        return len(queries)

    cost(1)
    bare = cost(30)
    with declared(ENRICHERS, enricher(placed), enricher(placed, "more.place")):
        assert (cost(1), cost(30)) == (bare + 3, bare + 3)  # two enrichers, and the end of their room


def test_fields_choose_enrichers_too(house: House, alice: Any) -> None:
    make_books(house, {"title": "1"})
    calls: list[int] = []

    def count(ids: Sequence[UUID]) -> Values:
        calls.append(1)
        return {}

    with declared(ENRICHERS, enricher(count)):
        assert alice.get(BOOKS, {"fields": "title"}).json()["results"] == [{"title": "1"}]
        assert calls == []
        assert alice.get(BOOKS, {"fields": "title,_probes"}).json()["results"] == [{"title": "1", "_probes": {}}]
    refused = alice.get(BOOKS, {"fields": "title,_probes"})
    assert complaints(refused) == {"fields": "kernel.fields.unknown"}


def test_asking_for_what_is_for_others_gives_nothing(house: House, alice: Any) -> None:
    [book] = make_books(house, {"title": "1"})
    with declared(ENRICHERS, enricher(placed, features=("audit_logs.view_tenant",))):
        assert alice.get(BOOKS, {"fields": "title,_probes"}).json()["results"] == [{"title": "1"}]
        assert alice.get(f"{BOOKS}{book.pk}/", {"fields": "title,_probes"}).json() == {"title": "1"}
        assert "_probes" not in alice.get(f"{BOOKS}{book.pk}/").json()


def test_it_cannot_change_what_is_there_nor_speak_of_others(house: House, alice: Any) -> None:
    [book, other] = make_books(house, {"title": "1"}, {"title": "2"})

    def meddle(ids: Sequence[UUID]) -> Values:
        return {book.pk: {"title": "Mine", "id": None}, other.pk: {"title": "Mine"}}

    with declared(ENRICHERS, enricher(meddle), enricher(lambda ids: {book.pk: {"id": 7, "more": 1}}, "probes.second")):
        [row] = alice.get(BOOKS, {"page_size": 1}).json()["results"]
        plain = alice.get(f"{BOOKS}{other.pk}/").json()
    assert (row["title"], row["id"]) == ("1", str(book.pk))
    assert row["_probes"] == {"title": "Mine", "id": None, "more": 1}  # the first of a module is right
    assert plain["title"] == "2"


def test_a_hanging_one_costs_its_time_once_and_is_named(house: House, alice: Any) -> None:
    make_books(house, {"title": "1"}, {"title": "2"})
    with declared(ENRICHERS, enricher(sleepy), enricher(placed, "more.place")):
        started = time.monotonic()
        page = alice.get(BOOKS).json()
        took = time.monotonic() - started
    assert 2.0 <= took < 10
    assert page["_meta"] == {"left_out": [{"enricher": "probes.place", "reason": "timed_out"}]}
    assert ["_probes" in row for row in page["results"]] == [False, False]
    assert [row["_more"] for row in page["results"]] == [{"place": 1}, {"place": 2}]


def test_one_that_hangs_in_python_is_left_out_as_well(house: House, alice: Any) -> None:
    make_books(house, {"title": "1"})
    gate = threading.Event()

    def hang(ids: Sequence[UUID]) -> Values:
        gate.wait(20)
        return {}

    with declared(ENRICHERS, enricher(hang, seconds=0.3)):
        page = alice.get(BOOKS).json()
        gate.set()
    assert page["_meta"]["left_out"] == [{"enricher": "probes.place", "reason": "timed_out"}]


@pytest.mark.parametrize("wrong", [broken, lambda ids: 7, lambda ids: {key: {"x": object()} for key in ids}])
def test_a_broken_one_is_left_out_and_named_in_the_record(house: House, alice: Any, wrong: Any) -> None:
    [book] = make_books(house, {"title": "1"})
    with declared(ENRICHERS, enricher(wrong)):
        answer = alice.get(f"{BOOKS}{book.pk}/")
    assert answer.json()["_meta"] == {"left_out": [{"enricher": "probes.place", "reason": "failed"}]}
    assert "_probes" not in answer.json()
    assert answer.json()["title"] == "1"


def test_answers_to_writes_carry_it_and_repetitions_too(house: House, alice: Any) -> None:
    body, key = {"title": "7", "code": "A"}, {"Idempotency-Key": "once"}
    with declared(ENRICHERS, enricher(placed)):
        first = alice.post(BOOKS, body, content_type=JSON, headers=key)
        again = alice.post(BOOKS, body, content_type=JSON, headers=key)
        changed = alice.patch(first.headers["Location"], {"title": "8"}, content_type=JSON)
        assert alice.delete(first.headers["Location"]).status_code == 204
    assert (first.status_code, first.json()["_probes"]) == (201, {"place": 7})
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first.json())
    assert changed.json()["_probes"] == {"place": 8}


def test_no_record_of_another_tenant_reaches_it(house: House, other_house: House, alice: Any) -> None:
    [own] = make_books(house, {"title": "1"})
    [foreign] = make_books(other_house, {"title": "2"})
    seen: set[UUID] = set()

    def look(ids: Sequence[UUID]) -> Values:
        seen.update(ids)
        return {pk: {"title": title} for pk, title in Book.objects.values_list("pk", "title")}

    with declared(ENRICHERS, enricher(look)):
        page = alice.get(BOOKS, {"ids": f"{own.pk},{foreign.pk}"}).json()
        assert alice.get(f"{BOOKS}{foreign.pk}/").status_code == 404
    assert seen == {own.pk}
    assert [row["_probes"] for row in page["results"]] == [{"title": "1"}]


def exported(client: Any, form: str = "csv", **asked: str) -> list[list[str]]:
    answer = client.get(BOOKS, {"format": form, "fields": "title", **asked})
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_files_hold_it_only_where_it_is_meant_for_them(house: House, alice: Any) -> None:
    make_books(house, {"title": "1"}, {"title": "2"})
    with declared(ENRICHERS, enricher(placed)):
        assert exported(alice) == [["title"], ["1"], ["2"]]
        refused = alice.get(BOOKS, {"format": "csv", "fields": "title,_probes"})
        assert complaints(refused) == {"fields": "kernel.export.flat"}
    with declared(ENRICHERS, enricher(placed, in_exports=True)):
        assert exported(alice, fields="title,_probes") == [
            ["title", "_probes"],
            ["1", '{"place":1}'],
            ["2", '{"place":2}'],
        ]


def test_a_file_with_gaps_is_no_file(house: House, alice: Any) -> None:
    make_books(house, {"title": "1"})
    with declared(ENRICHERS, enricher(broken, in_exports=True)), pytest.raises(Exception, match="does not answer"):
        exported(alice, fields="title,_probes")


def test_the_description_of_the_interface_shows_it() -> None:
    with declared(ENRICHERS, enricher(placed, shape=SHAPE)), override_settings(API_DOCS_PUBLIC=True):
        drawn = document.__wrapped__("en")
    book = drawn["components"]["schemas"]["Book"]["properties"]
    assert (book["_probes"]["type"], book["_probes"]["properties"]) == ("object", SHAPE["properties"])
    assert "_meta" in drawn["components"]["schemas"]["BookPartPage"]["properties"]
    [fields] = [item for item in drawn["paths"][BOOKS]["get"]["parameters"] if item["name"] == "fields"]
    assert "_probes" in fields["schema"]["items"]["enum"]


def test_no_enricher_writes_where_it_is_said_what_was_left_out() -> None:
    with pytest.raises(ValueError, match="_meta"):
        response_enricher("meta.changes", entity="*")(placed)
