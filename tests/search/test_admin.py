"""Search page, index status and settings in the back office."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from apps.search.models import SearchIndex, SearchSettings
from tests.directory.callers import client_of, member
from tests.kernel.events_probes import everywhere
from tests.search.factories import build_index, catch_up
from tests.support.scopes import House
from tests.support.shelf.factories import make_book

FIND, STATUS, SETTINGS = "/backend/search/find/", "/backend/search/status/", "/backend/search/settings/"
BOOK = "shelf.book"


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "search.*", "shelf.*", "directory.organizations.view"), organization="all")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_invites_finds_narrows_and_says_when_there_is_nothing(house: House, alice: Client) -> None:
    make_book(house, "North <b>wind</b>")
    build_index(house)
    assert "What are you looking for?" in text_of(alice.get(FIND))
    page = text_of(alice.get(FIND, {"q": "north win"}))
    assert "<mark>North</mark> &lt;b&gt;<mark>wind</mark>&lt;/b&gt;" in page
    assert "<b>wind" not in page
    narrowed = text_of(alice.get(FIND, {"q": "north", "entity": "directory.organization"}))
    assert ("&lt;b&gt;" in narrowed, "<mark>North</mark>" in narrowed) == (False, True)
    assert "Nothing found for “&lt;zzz&gt;”" in text_of(alice.get(FIND, {"q": "<zzz>"}))
    assert "Give something to search for." in text_of(alice.get(FIND, {"q": "?!"}))
    assert "Search for 200 characters at most." in text_of(alice.get(FIND, {"q": "x" * 300}))


def test_the_page_says_what_is_not_indexed_yet(house: House, alice: Client) -> None:
    assert "the index of organizations, books is not complete" in text_of(alice.get(FIND, {"q": "dune"}))


def test_whoever_may_search_nothing_is_told(house: House) -> None:
    reader = client_of(member(house, "search.view"), organization="all")
    assert "Your permissions open no kind of record" in text_of(reader.get(FIND))
    assert [reader.get(path).status_code for path in (STATUS, SETTINGS)] == [403, 403]
    assert client_of(member(house, "shelf.*"), organization="all").get(FIND).status_code == 403


def test_an_index_is_rebuilt_from_the_page(house: House, alice: Client) -> None:
    make_book(house, "Dune")
    assert "not complete" in text_of(alice.get(STATUS))
    assert "The index of books is being rebuilt." in text_of(alice.post(STATUS, {"entity": BOOK}, follow=True))
    assert "being rebuilt already" in text_of(alice.post(STATUS, {"entity": BOOK}, follow=True))
    assert "Nothing is found of this kind." in text_of(alice.post(STATUS, {"entity": "no.thing"}, follow=True))
    catch_up()
    with everywhere(house.scope()):
        assert SearchIndex.objects.get(entity=BOOK).is_built
    assert "Every change is in the index." in text_of(alice.get(STATUS))


def test_settings_are_changed_and_refused(house: House, alice: Client) -> None:
    given = {
        "language": "german",
        "strategies": ["fulltext"],
        "provider": "",
        "endpoint": "",
        "model": "",
        "api_key": "k",
    }
    assert "The search settings were changed." in text_of(alice.post(SETTINGS, given, follow=True))
    page = text_of(alice.get(SETTINGS))
    assert "A key is kept." in page
    version = re.search(r'name="expected_version" value="(\d+)"', page)
    assert version is not None
    wrong = text_of(alice.post(SETTINGS, {**given, "strategies": [], "provider": "openai", "endpoint": "ftp://x"}))
    assert "This field is required." in wrong
    wrong = text_of(alice.post(SETTINGS, {**given, "provider": "openai", "endpoint": "ftp://x"}))
    assert "This address cannot be called." in wrong
    alice.post(SETTINGS, {**given, "api_key": "", "language": "simple"})
    stale = text_of(alice.post(SETTINGS, {**given, "expected_version": version[1]}))
    assert "Somebody else has changed the settings meanwhile" in stale
    with everywhere(house.scope()):
        row = SearchSettings.objects.get()
    assert (row.language, row.strategies, row.api_key) == ("simple", ["fulltext"], "k")
