"""Vectors: asked of a provider behind changes, compared exactly, and done without when the provider fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.search.models import SearchDocument
from apps.search.providers.local.provider import LENGTH, LocalProvider
from apps.search.selectors.hits import Question
from apps.search.selectors.kinds import reachable
from apps.search.selectors.meanings import OwnDistance, VectorDistance, has_pgvector, meaning_hits
from apps.search.services import embedding
from tests.directory.callers import client_of, member, send
from tests.search.factories import build_index, catch_up, documents, inside
from tests.search.meanings import Provider, direction
from tests.support.scopes import House
from tests.support.shelf.factories import make_book
from tests.support.shelf.services import update_book

SETTINGS, SEARCH = "/api/search/settings/", "/api/search/"
BOOK = "shelf.book"


@pytest.fixture
def provider(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    settings.DEBUG = settings.OUTBOUND_ALLOW_PRIVATE = True
    monkeypatch.setattr(embedding, "_questions", embedding._Questions())
    server = Provider()
    yield server
    server.close()


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "search.*", "shelf.*"), organization="all")


def switch_on(alice: Client, provider: Provider) -> None:
    body = {"strategies": ["fulltext", "vectors"], "provider": "openai", "endpoint": provider.endpoint, "model": "m"}
    assert send(alice, "patch", SETTINGS, body | {"api_key": "sk-secret"}).status_code == 200
    catch_up()


def later() -> None:
    """Let the pause pass that meanings are asked for behind a change."""
    with clock.frozen(clock.now() + timedelta(seconds=5)):
        catch_up()


def search(alice: Client, text: str) -> tuple[list[str], dict[str, str]]:
    answer = alice.get(SEARCH, {"q": text}).json()
    return [item["title"] for item in answer["results"]], {
        item["strategy"]: item["reason"] for item in answer["failed"]
    }


def test_records_are_found_by_what_they_mean(house: House, alice: Client, provider: Provider) -> None:
    for title in ("Dog and cat", "Car and engine", "Soup"):
        make_book(house, title, code=f"C-{title[:3]}", notes="private soup")
    build_index(house)
    switch_on(alice, provider)
    assert search(alice, "vehicle") == (["Car and engine"], {})
    assert search(alice, "pet") == (["Dog and cat"], {})
    assert provider.texts[:3] != []
    assert all("private" not in text for text in provider.texts)
    assert all(
        "authorization: Bearer sk-secret" in item.replace("Authorization", "authorization")
        for item in provider.requests
    )


def test_the_same_question_is_asked_once(house: House, alice: Client, provider: Provider) -> None:
    switch_on(alice, provider)
    for _ in range(3):
        search(alice, "vehicle")
    assert provider.texts.count("vehicle") == 1
    alice.get("/api/search/palette/", {"q": "something new"})
    assert "something new" not in provider.texts


def test_a_changed_text_gets_another_vector_and_an_unchanged_one_none(
    house: House, alice: Client, provider: Provider
) -> None:
    book = make_book(house, "Dog")
    build_index(house)
    switch_on(alice, provider)
    asked = len(provider.texts)
    with using_scope(house.scope()):
        update_book(book.pk, notes="other")
        catch_up()
        assert documents(house, BOOK)[book.pk].embedding == direction("dog")
        update_book(book.pk, title="Soup")
        catch_up()
    assert documents(house, BOOK)[book.pk].embedding is None
    later()
    assert documents(house, BOOK)[book.pk].embedding == direction("soup")
    assert len(provider.texts) == asked + 1


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        (("500 Oops", b""), "the provider answers with status 500"),
        (("401 No", b""), "the provider answers with status 401"),
        (("200 OK", b"<html>"), "the provider's answer cannot be read"),
        (("200 OK", b'{"data": []}'), "the provider gave another number of vectors than texts"),
    ],
)
def test_a_provider_that_fails_is_named_and_words_are_found_all_the_same(
    house: House, alice: Client, provider: Provider, answered: tuple[str, bytes], reason: str
) -> None:
    make_book(house, "Dog")
    build_index(house)
    switch_on(alice, provider)
    provider.status, provider.body = answered
    titles, failed = search(alice, "dog")
    assert (titles, list(failed)) == (["Dog"], ["vectors"])
    assert failed["vectors"].startswith(reason)


def test_documents_wait_for_a_provider_that_does_not_answer(house: House, alice: Client, provider: Provider) -> None:
    book = make_book(house, "Dog")
    build_index(house)
    provider.status = "503 Busy"
    switch_on(alice, provider)
    with inside(house):
        [work] = Work.objects.filter(kind="search.embed")
        assert (work.attempts, work.parked_at) == (1, None)
    provider.status = "200 OK"
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        catch_up()
    assert documents(house, BOOK)[book.pk].embedding == direction("dog")


def test_another_model_begins_anew(house: House, alice: Client, provider: Provider) -> None:
    make_book(house, "Dog")
    build_index(house)
    switch_on(alice, provider)
    asked = len(provider.texts)
    send(alice, "patch", SETTINGS, {"model": "other"})
    catch_up()
    assert len(provider.texts) == 2 * asked
    send(alice, "patch", SETTINGS, {"provider": "", "strategies": ["fulltext"]})
    catch_up()
    assert [item.embedding for item in documents(house, BOOK).values()] == [None]


def test_both_ways_of_comparing_agree(house: House) -> None:
    titles = ("Dog and car", "Car", "Soup and car and car", "Bread")
    for title in titles:
        make_book(house, title)
    build_index(house)
    for item in documents(house, BOOK).values():
        with inside(house):
            SearchDocument.objects.filter(pk=item.pk).update(embedding=direction(item.title))
    assert has_pgvector(), "the embedded server has pgvector"
    with using_scope(house.scope()), scoped_transaction():
        question = Question("car", reachable([BOOK]), "simple")
        found = {kind: meaning_hits(question, direction("car"), kind=kind) for kind in (OwnDistance, VectorDistance)}
        assert [len(hits) for hits in found.values()] == [3, 3]
        assert found[OwnDistance] == found[VectorDistance]
        assert meaning_hits(question, [1.0, 0.0]) == {}  # of another model


def test_the_local_provider_is_the_same_everywhere_and_knows_like_from_unlike(house: House, alice: Client) -> None:
    near, far = "Kowalski Transport", "Blumenladen"
    one, again, other = LocalProvider().embed(["Kowalsky Transporte", "Kowalsky Transporte", far], None)  # type: ignore[arg-type]
    assert (one, len(one)) == (again, LENGTH)
    make_book(house, near)
    make_book(house, far)
    build_index(house)
    send(alice, "patch", SETTINGS, {"strategies": ["vectors"], "provider": "local"})
    catch_up()
    assert search(alice, "Kowalsky Transporte") == ([near], {})
    assert other != one
