"""Settings, status and rebuilds over HTTP; what follows from other settings; lists that are searched by the index."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.entities.contracts import FieldBook, FieldDefinition, Kind
from apps.kernel import services
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.commands.hosting import hosting_commands
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from apps.search import setup
from apps.search.models import SearchIndex
from apps.search.selectors.custom import CustomTexts
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.events_probes import everywhere
from tests.search.factories import build_index, catch_up, documents
from tests.support.scopes import House
from tests.support.shelf.factories import make_book
from tests.support.shelf.services import create_book

SETTINGS, STATUS, REBUILD = "/api/search/settings/", "/api/search/status/", "/api/search/rebuild/"
BOOK = "shelf.book"


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "search.*", "shelf.*"), organization="all")


def found(client: Client, text: str) -> list[str]:
    return [item["title"] for item in client.get("/api/search/", {"q": text}).json()["results"]]


def test_settings_begin_with_defaults_and_are_changed(alice: Client) -> None:
    before = alice.get(SETTINGS)
    assert before.status_code == 200
    shown = before.json()
    assert {name: shown[name] for name in ("language", "strategies", "provider", "has_api_key")} == {
        "language": "",
        "strategies": ["fulltext", "hashed"],
        "provider": "",
        "has_api_key": False,
    }
    changed = send(alice, "patch", SETTINGS, {"language": "german", "api_key": "sk-1"})
    assert (changed.status_code, changed.json()["language"], changed.json()["has_api_key"]) == (200, "german", True)
    assert "sk-1" not in changed.content.decode()
    again = send(alice, "patch", SETTINGS, {"strategies": ["fulltext"]}, **{"If-Match": changed["ETag"]})
    assert (again.status_code, again.json()["language"], again.json()["strategies"]) == (200, "german", ["fulltext"])
    stale = send(alice, "patch", SETTINGS, {"language": ""}, **{"If-Match": changed["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.stale_version")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"language": "klingon"}, {"language": "invalid_choice"}),
        ({"strategies": []}, {"strategies": "empty"}),
        ({"strategies": ["magic"]}, {"strategies.0": "invalid_choice"}),
        ({"provider": "nobody"}, {"provider": "search.provider.unknown"}),
        ({"provider": "openai", "endpoint": "file:///etc/passwd"}, {"endpoint": "search.endpoint.invalid"}),
        ({"provider": "openai"}, {"endpoint": "search.endpoint.invalid"}),
        ({"colour": "red"}, {"colour": "unknown"}),
        ({"has_api_key": True}, {"has_api_key": "read_only"}),
    ],
)
def test_settings_that_cannot_be_are_refused(alice: Client, body: dict[str, object], expected: dict[str, str]) -> None:
    answer = send(alice, "patch", SETTINGS, body)
    assert (answer.status_code, complaints(answer)) == (400, expected)
    assert alice.get(SETTINGS).json()["version"] == 1


@pytest.mark.parametrize(
    ("method", "path"), [("get", SETTINGS), ("patch", SETTINGS), ("get", STATUS), ("post", REBUILD)]
)
def test_who_may_only_search_configures_nothing(house: House, method: str, path: str) -> None:
    answer = send(
        client_of(member(house, "search.view"), organization="all"), method, path, None if method == "get" else {}
    )
    assert (answer.status_code, answer.json()["feature"]) == (403, "search.manage")


def test_another_language_has_documents_made_anew_and_undo_too(house: House, alice: Client) -> None:
    make_book(house, "Running shoes")
    build_index(house)
    assert found(alice, "run shoes") == ["Running shoes"]  # the tenant's language is English
    send(alice, "patch", SETTINGS, {"language": "simple"})
    catch_up()
    assert found(alice, "run shoes") == []
    assert {item.language for item in documents(house, BOOK).values()} == {"simple"}
    with using_scope(house.scope()):
        with scoped_transaction():
            [action] = Action.objects.filter(command="search.settings.update")
        undo(action.pk)
    catch_up()
    assert found(alice, "run shoes") == ["Running shoes"]


def test_a_way_that_is_off_is_not_gone(house: House, alice: Client) -> None:
    make_book(house, "Dune", notes="secret")
    build_index(house)
    send(alice, "patch", SETTINGS, {"strategies": ["hashed"]})
    assert (found(alice, "dune"), found(alice, "secret")) == ([], ["Dune"])


def test_status_tells_what_there_is_and_what_waits(house: House, alice: Client) -> None:
    make_book(house, "Dune")
    build_index(house)
    with using_scope(house.scope()):
        create_book(title="Emma", code="E-1")
    sweep("relay")
    status = alice.get(STATUS).json()
    [books] = [item for item in status["kinds"] if item["entity"] == BOOK]
    assert (books["documents"], books["is_built"], books["missing"], books["label"]) == (1, True, 0, "books")
    assert (status["waiting"], status["given_up"], status["last_error"]) == (1, 0, "")
    catch_up()
    status = alice.get(STATUS).json()
    assert (status["waiting"], status["lag"]) == (0, 0.0)


def test_a_rebuild_is_a_long_job(house: House, alice: Client) -> None:
    make_book(house, "Dune")
    answer = send(alice, "post", REBUILD, {"entity": BOOK})
    assert answer.status_code == 202
    again = send(alice, "post", REBUILD, {"entity": BOOK})
    assert (again.status_code, again.json()["code"]) == (409, "search.index.rebuilding")
    catch_up()
    with everywhere(house.scope()):
        job = Job.objects.get(pk=answer.json()["progress_job_id"])
        assert (job.status, SearchIndex.objects.get(entity=BOOK).is_built) == ("completed", True)
    assert found(alice, "dune") == ["Dune"]
    unknown = send(alice, "post", REBUILD, {"entity": "shelf.nothing"})
    assert (unknown.status_code, complaints(unknown)) == (400, {"entity": "search.entity.unknown"})


def test_a_new_tenant_gets_its_index(house: House, alice: Client) -> None:
    make_book(house, "Dune")
    for _ in range(2):
        with using_scope(house.scope()), scoped_transaction(), hosting_commands():
            setup.seed_defaults(house.scope())
    catch_up()
    assert alice.get("/api/search/", {"q": "dune"}).json()["building"] == []
    assert found(alice, "dune") == ["Dune"]


def test_lists_are_searched_by_the_index_once_it_is_complete(house: House, alice: Client) -> None:
    make_book(house, "Die Straße", notes="private@example.org")
    books = "/api/shelf/books/"

    def listed(text: str) -> list[str]:
        return [item["title"] for item in alice.get(books, {"q": text}).json()["results"]]

    assert (listed("traß"), listed("strasse")) == (["Die Straße"], [])
    build_index(house)
    assert (listed("traß"), listed("strasse"), listed("private@example.org")) == ([], ["Die Straße"], ["Die Straße"])
    assert listed("nothing") == []


def field(key: str, kind: Kind = Kind.TEXT, **parts: Any) -> FieldDefinition:
    return FieldDefinition("tests.thing", key, key, kind, **{"is_searchable": True, **parts})


class Book:
    """Definitions of which one counts for one organization only."""

    def __init__(self, place: UUID) -> None:
        self.place = place

    def fields_of(self, entity: str, *, organization_id: UUID | None = None) -> tuple[FieldDefinition, ...]:
        own = [field("place")] if organization_id == self.place else []
        more = [
            field("hidden", is_searchable=False),
            field("key", is_encrypted=True),
            field("to", Kind.RELATION),
        ]
        return (field("tags", Kind.MULTISELECT), field("colour"), *own, *more)


class Thing(CustomFields):
    class Meta:
        app_label = "shelf"
        managed = False


@pytest.fixture
def field_book(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(services._by_protocol, FieldBook, Book(house.north.pk))


def test_searchable_custom_fields_are_texts_too(house: House, field_book: None) -> None:
    values = {"colour": "red", "tags": ["big", "old"], "place": "attic", "hidden": "h", "key": "k", "to": "t"}
    texts = CustomTexts("tests.thing")
    assert list(texts.texts_of(Thing(custom=values), house.south.pk)) == [("red", "C"), ("big", "C"), ("old", "C")]
    assert ("attic", "C") in list(texts.texts_of(Thing(custom=values), house.north.pk))


def test_without_the_module_there_are_no_custom_fields(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(services._by_protocol, FieldBook)
    assert list(CustomTexts("tests.thing").texts_of(Thing(custom={"colour": "red"}), None)) == []
