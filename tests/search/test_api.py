"""The search over HTTP: what is found, by whom, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.directory.callers import client_of, complaints, member
from tests.search.factories import build_index
from tests.support.scopes import House
from tests.support.shelf.factories import make_book

SEARCH, PALETTE = "/api/search/", "/api/search/palette/"
READER = ("search.view", "shelf.books.view")
TYPED = (
    "zażółć",
    "ZAZOLC",
    "zażó",
    "gęślą jaźń",
    "jazn gesla",
    "müller",
    "muller",
    "mueller",
    "MÜLL",
    "strasse",
    "straße",
    "AC-100",
    "ac100",
    "AC 100",
    "ac-10",
    "smith",
    "smiht",
    "Smiht zażółć",
    "smith-",
)
# Of signs alone nothing is left to look for; with a letter among them they are looked for.
SIGNS = {
    **dict.fromkeys(("'", "\\", "(((", "<->", "%_", "\ud7ff"), 400),
    **dict.fromkeys(("a'b", "a:*", "!dune & |", "ﬁ", "日本語", "🎉 dune"), 200),
}


@pytest.fixture
def bob(house: House) -> Client:
    return client_of(member(house, *READER), organization="all")


def found(client: Client, text: str, **more: Any) -> list[str]:
    answer = client.get(SEARCH, {"q": text, **more})
    assert answer.status_code == 200, answer.content
    return [result["title"] for result in answer.json()["results"]]


def test_a_hit_says_what_it_is_and_where(house: House, bob: Client) -> None:
    book = make_book(house, "Gardens of <Łódź>", code="LODZ-1", pages=12)
    build_index(house)
    answer = bob.get(SEARCH, {"q": "łódź gard"}).json()
    [hit] = answer["results"]
    assert hit == {
        "entity": "shelf.book",
        "entity_label": "book",
        "id": str(book.pk),
        "title": "Gardens of <Łódź>",
        "subtitle": "LODZ-1, 12",
        "url": f"/backend/shelf/book/{book.pk}/change/",
        "icon": "book_2",
        "score": 0.016393,
        "organization": "Acme Group",
        "highlights": {
            "title": "<mark>Gardens</mark> of &lt;<mark>Łódź</mark>&gt;",
            "subtitle": "<mark>LODZ</mark>-1, 12",
        },
    }
    assert (answer["count"], answer["count_capped"]) == (1, False)
    assert answer["counts"] == [{"entity": "shelf.book", "label": "books", "count": 1}]
    assert (answer["strategies"], answer["failed"], answer["building"]) == (["fulltext", "hashed"], [], [])
    assert answer["took"] > 0


def test_words_are_found_however_they_are_typed(house: House, bob: Client) -> None:
    title = "Zażółć gęślą jaźń, Müller & Smith, Hauptstraße Straße"
    make_book(house, title, code="AC-100")
    make_book(house, "Something else")
    build_index(house)
    assert {typed: found(bob, typed) for typed in TYPED} == {typed: [title] for typed in TYPED}


def test_mueller_is_found_by_mueller_with_an_umlaut(house: House, bob: Client) -> None:
    make_book(house, "Johann Mueller")
    build_index(house)
    assert found(bob, "Müller") == ["Johann Mueller"]


def test_every_word_has_to_be_there(house: House, bob: Client) -> None:
    make_book(house, "Red roses")
    make_book(house, "Red tulips")
    build_index(house)
    assert found(bob, "red") == ["Red roses", "Red tulips"]
    assert found(bob, "red tul") == ["Red tulips"]
    assert found(bob, "re tulips") == []


def test_the_whole_title_comes_first_and_the_title_before_the_rest(house: House, bob: Client) -> None:
    make_book(house, "Atlas of Rivers", tags=["dune"])
    make_book(house, "Dune Messiah and more about Dune")
    make_book(house, "Dune")
    build_index(house)
    assert found(bob, "dune") == ["Dune", "Dune Messiah and more about Dune", "Atlas of Rivers"]


def test_a_private_value_is_found_as_a_whole_only(house: House, bob: Client) -> None:
    make_book(house, "Diary", notes="Anna.Kowalska@Example.org")
    make_book(house, "Phone book", notes="+48 601-234-567")
    build_index(house)
    assert found(bob, " anna.kowalska@example.org ") == ["Diary"]
    assert found(bob, "+48 601 234 567") == ["Phone book"]
    assert found(bob, "Kowalska") == []
    assert found(bob, "anna.kowalska@example") == []


def test_who_may_not_see_a_kind_does_not_find_it(house: House) -> None:
    make_book(house, "Dune")
    build_index(house)
    stranger = client_of(member(house, "search.view", "currencies.view"), organization="all")
    answer = stranger.get(SEARCH, {"q": "dune"}).json()
    assert (answer["results"], answer["counts"], answer["count"]) == ([], [], 0)
    refused = stranger.get(SEARCH, {"q": "dune", "entities": "shelf.book"})
    unknown = stranger.get(SEARCH, {"q": "dune", "entities": "shelf.nothing"})
    assert [item.status_code for item in (refused, unknown)] == [400, 400]
    assert complaints(refused) == complaints(unknown) == {"entities": "search.entity.unknown"}
    texts = [item.json()["errors"][0]["message"].replace("nothing", "book") for item in (refused, unknown)]
    assert texts[0] == texts[1]


def test_without_the_feature_nothing_is_searched(house: House) -> None:
    answer = client_of(member(house, "shelf.books.view"), organization="all").get(SEARCH, {"q": "dune"})
    assert (answer.status_code, answer.json()["feature"]) == (403, "search.view")


def test_another_organization_and_another_tenant_are_not_found(house: House, other_house: House) -> None:
    make_book(house, "Northern Dune", scope=house.scope(house.north))
    make_book(house, "Southern Dune", scope=house.scope(house.south))
    make_book(other_house, "Foreign Dune")
    for each in (house, other_house):
        build_index(each)
    bob = client_of(member(house, *READER, only=(house.north,)), organization=house.north)
    assert found(bob, "dune") == ["Northern Dune"]
    assert bob.get(SEARCH, {"q": "dune"}).json()["count"] == 1
    charlie = client_of(member(other_house, *READER), organization="all")
    assert found(charlie, "dune") == ["Foreign Dune"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"q": "required"}),
        ({"q": ""}, {"q": "blank"}),
        ({"q": "?! -"}, {"q": "search.question.empty"}),
        ({"q": "x" * 201}, {"q": "max_length"}),
        ({"q": "x", "page_size": "51"}, {"page_size": "max_value"}),
        ({"q": "x", "page_size": "many"}, {"page_size": "invalid"}),
        ({"q": "x", "colour": "red"}, {"colour": "kernel.parameter.unknown"}),
        ({"q": "a\0b"}, {"q": "null_characters_not_allowed"}),
    ],
)
def test_what_cannot_be_asked_is_refused(bob: Client, asked: dict[str, str], expected: dict[str, str]) -> None:
    answer = bob.get(SEARCH, asked)
    assert (answer.status_code, complaints(answer)) == (400, expected)


def test_signs_of_the_database_are_just_signs(house: House, bob: Client) -> None:
    make_book(house, "Dune ' \\ a'b :* 日本語 ﬁsh")
    build_index(house)
    assert {text: bob.get(SEARCH, {"q": text}).status_code for text in SIGNS} == SIGNS


def test_the_organization_is_named_where_it_is_one_of_several(house: House) -> None:
    for organization in (house.north, house.south):
        make_book(house, "Gardens", scope=house.scope(organization))
    build_index(house)
    reader = member(house, *READER)
    everywhere, there = (client_of(reader, organization=item) for item in ("all", house.south))
    named = [
        sorted(hit["organization"] for hit in one.get(SEARCH, {"q": "gardens"}).json()["results"])
        for one in (everywhere, there)
    ]
    assert named == [["North", "South"], [""]]


def test_the_palette_gives_the_best_dozen(house: House, bob: Client) -> None:
    for number in range(14):
        make_book(house, f"Dune {number:02}")
    build_index(house)
    answer = bob.get(PALETTE, {"q": "dun"}).json()
    assert (len(answer["results"]), answer["count"]) == (12, 14)
    assert answer["results"][0]["title"] == "Dune 00"


def test_a_page_and_kinds_can_be_chosen(house: House) -> None:
    make_book(house, "North wind")
    make_book(house, "North pole")
    build_index(house)
    alice = client_of(member(house, *READER, "directory.organizations.view"), organization="all")
    answer = alice.get(SEARCH, {"q": "north"}).json()
    assert [(item["entity"], item["count"]) for item in answer["counts"]] == [
        ("shelf.book", 2),
        ("directory.organization", 1),
    ]
    assert found(alice, "north", entities="directory.organization") == ["North"]
    assert len(found(alice, "north", page_size=2)) == 2


def test_kinds_that_are_not_indexed_yet_are_named(house: House, bob: Client) -> None:
    make_book(house, "Dune")
    answer = bob.get(SEARCH, {"q": "dune"}).json()
    assert (answer["results"], answer["building"]) == ([], ["shelf.book"])
