"""Translations over HTTP: fallbacks on lists and details, what is outdated, undo."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.currencies.services import create_currency
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.dictionaries.factories import ENTRIES, entry_of, make_dictionary
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House
from tests.support.shelf.factories import make_book
from tests.support.shelf.models import Book
from tests.translations.factories import BOOKS, LOCALES, address, choose, translate, translator


@pytest.fixture
def alice(house: House) -> Client:
    return translator(house)


@pytest.fixture
def dune(house: House, alice: Client) -> Book:
    """A book with a title in three languages; another one has none."""
    book = make_book(house, "Dune")
    make_book(house, "Emma")
    choose(alice, "pl", "pt", "pt-BR")
    translate(alice, book, pl={"title": "Diuna"}, pt={"title": "Duna"}, pt_BR={"title": "Duna (Brasil)"})
    return book


def titles(client: Client, query: str = "", **headers: str) -> list[str]:
    """Titles as a list shows them."""
    answer = client.get(f"{BOOKS}{query}", headers=headers)
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["results"]]


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("pl", "Diuna"),
        ("pl-PL", "Diuna"),
        ("pt-BR", "Duna (Brasil)"),
        ("pt_br", "Duna (Brasil)"),
        ("pt-PT", "Duna"),
        ("de", "Dune"),
        ("en", "Dune"),
        ("en-GB", "Dune"),
    ],
)
def test_a_text_is_shown_in_the_nearest_language_on_lists_and_details(
    alice: Client, dune: Book, locale: str, title: str
) -> None:
    assert titles(alice, f"?locale={locale}") == [title, "Emma"]
    assert titles(alice, **{"X-Locale": locale}) == [title, "Emma"]
    assert alice.get(f"{BOOKS}{dune.pk}/?locale={locale}").json()["title"] == title
    assert alice.get(f"{BOOKS}{dune.pk}/", headers={"X-Locale": locale}).json()["title"] == title


@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("de-AT,de;q=0.9,pl;q=0.8,en;q=0.7", "Diuna"),
        ("de,en;q=0.9,pl;q=0.8", "Dune"),
        ("pl;q=0.5,pt-BR;q=0.9", "Duna (Brasil)"),
        ("*", "Dune"),
        ("", "Dune"),
    ],
)
def test_what_a_browser_accepts_is_tried_in_its_order_up_to_the_language_of_the_texts(
    alice: Client, dune: Book, accepted: str, title: str
) -> None:
    assert titles(alice, **{"Accept-Language": accepted}) == [title, "Emma"]


def test_the_parameter_goes_before_the_header_and_marks_what_was_translated(alice: Client, dune: Book) -> None:
    answer = alice.get(f"{BOOKS}?locale=pt-PT", headers={"X-Locale": "pl"}).json()["results"]
    assert [(item["title"], item["_locale"], item["_translated"]) for item in answer] == [
        ("Duna", "pt-PT", {"title": "pt"}),
        ("Emma", "pt-PT", {}),
    ]
    record = alice.get(f"{BOOKS}{dune.pk}/?locale=pt-PT").json()
    assert (record["_locale"], record["_translated"]) == ("pt-PT", {"title": "pt"})
    assert "_locale" not in alice.get(f"{BOOKS}{dune.pk}/", headers={"X-Locale": "pl"}).json()
    chosen = alice.get(f"{BOOKS}?locale=pl&fields=title").json()["results"]
    assert chosen == [{"title": "Diuna"}, {"title": "Emma"}]
    assert alice.get(f"{BOOKS}?locale=pl&fields=code").json()["results"][0].keys() == {"code"}


@pytest.mark.parametrize("locale", ["", "p", "polish", "pl-Pl-PL-PL", "../pl", "pl\x00"])
def test_a_bad_language_is_refused(alice: Client, locale: str) -> None:
    answer = alice.get(BOOKS, {"locale": locale})
    assert (answer.status_code, complaints(answer)) == (400, {"locale": "kernel.locale.invalid"})
    assert alice.get(BOOKS, headers={"X-Locale": "nonsense!"}).status_code == 200


def test_where_nothing_is_translated_there_is_no_such_parameter(alice: Client) -> None:
    answer = alice.get("/api/shelf/shelves/?locale=pl")
    assert (answer.status_code, complaints(answer)) == (400, {"locale": "kernel.parameter.unknown"})


def test_files_and_records_beside_records_are_translated_too(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", owner=house.root)
    novel = entry_of(house, parent, "Novel")
    book = make_book(house, "Dune", genre_id=novel.pk)
    translate(alice, novel, pl={"label": "Powieść"})
    translate(alice, book, pl={"title": "Diuna"})
    shown = alice.get(f"{BOOKS}?expand=genre&locale=pl").json()["results"][0]
    assert (shown["title"], shown["genre"]["label"]) == ("Diuna", "Powieść")
    file = alice.get(f"{BOOKS}?format=csv&fields=title&locale=pl")
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert list(csv.reader(StringIO(text))) == [["title"], ["Diuna"]]
    reader = client_of(member(house, "shelf.*", name="Bob"), organization=house.root)
    beside = reader.get(f"{BOOKS}{book.pk}/?expand=genre&locale=pl").json()["genre"]
    assert beside["label"] == "Powieść"
    offered = alice.get(f"/api/dictionaries/dictionaries/options/?key={parent.key}", headers={"X-Locale": "pl"})
    assert [item["label"] for item in offered.json()["results"]] == ["Powieść"]


def test_currencies_have_names_in_further_languages(alice: Client, house: House) -> None:
    with using_scope(house.scope()):
        euro = create_currency(code="EUR", name="Euro")
    translate(alice, euro, de={"name": "Euro (Währung)"})
    listed = alice.get("/api/currencies/currencies/", headers={"Accept-Language": "de-CH,de"}).json()["results"]
    assert [item["name"] for item in listed] == ["Euro (Währung)"]


def test_an_edit_makes_translations_outdated_until_they_are_set_again(alice: Client, dune: Book) -> None:
    texts = address("shelf.book", dune)
    assert alice.get(texts).json()["translations"]["pl"]["title"] == {"value": "Diuna", "is_outdated": False}
    send(alice, "patch", f"{BOOKS}{dune.pk}/", {"title": "Dune, revised"})
    found = alice.get(texts).json()
    assert found["base"] == {"title": "Dune, revised"}
    assert found["translations"]["pl"]["title"] == {"value": "Diuna", "is_outdated": True}
    assert found["completeness"]["pl"] == {"total": 1, "translated": 1, "outdated": 1, "missing": 0, "percent": 0}
    assert titles(alice, "?locale=pl&ids=" + str(dune.pk)) == ["Diuna"]
    translate(alice, dune, pl={"title": "Diuna"})
    found = alice.get(texts).json()
    assert found["translations"]["pl"]["title"]["is_outdated"] is False
    assert found["translations"]["pt"]["title"]["is_outdated"] is True
    send(alice, "patch", f"{BOOKS}{dune.pk}/", {"title": "Dune"})
    assert alice.get(texts).json()["translations"]["pt"]["title"]["is_outdated"] is False


def test_a_language_is_set_as_a_whole_and_others_stay(alice: Client, dune: Book) -> None:
    answer = translate(alice, dune, pl={"title": "  "})
    assert set(answer.json()["translations"]) == {"pt", "pt-BR"}
    assert titles(alice, "?locale=pl") == ["Dune", "Emma"]
    assert send(alice, "delete", address("shelf.book", dune) + "?locale=pt-BR").status_code == 204
    assert titles(alice, "?locale=pt-BR") == ["Duna", "Emma"]
    assert send(alice, "delete", address("shelf.book", dune)).status_code == 204
    assert alice.get(address("shelf.book", dune)).json()["translations"] == {}


def test_one_undo_brings_texts_back(alice: Client, dune: Book) -> None:
    for method, path, body in (
        ("put", "", {"translations": {"pl": {"title": "Piasek"}, "pt": {"title": "Areia"}}}),
        ("delete", "", None),
    ):
        before = alice.get(address("shelf.book", dune)).json()
        changed = send(alice, method, address("shelf.book", dune) + path, body)
        assert alice.get(address("shelf.book", dune)).json() != before
        undone = send(alice, "post", f"/api/audit_logs/actions/{changed['X-Action-Id']}/undo/", {})
        assert undone.status_code == 200, undone.content
        assert alice.get(address("shelf.book", dune)).json() == before


def test_texts_go_out_of_sight_with_their_record_and_come_back_with_it(alice: Client, dune: Book) -> None:
    gone = send(alice, "delete", f"{BOOKS}{dune.pk}/")
    assert alice.get(address("shelf.book", dune)).status_code == 404
    assert titles(alice, "?locale=pl") == ["Emma"]
    send(alice, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert titles(alice, "?locale=pl") == ["Diuna", "Emma"]


def test_states_tell_whether_somebody_else_was_faster(alice: Client, dune: Book) -> None:
    path = address("shelf.book", dune)
    states = alice.get(path).json()["states"]
    first = {"translations": {"pl": {"title": "Piasek"}}, "states": {"pl": states["pl"]}}
    saved = send(alice, "put", path, first)
    assert saved.status_code == 200
    assert saved.json()["states"]["pl"] != states["pl"]
    late = send(alice, "put", path, first | {"translations": {"pl": {"title": "Piaski"}}})
    assert (late.status_code, late.json()["code"]) == (412, "translations.translation.changed")
    assert alice.get(path).json()["translations"]["pl"]["title"]["value"] == "Piasek"
    send(alice, "patch", f"{BOOKS}{dune.pk}/", {"title": "Dune 2"})
    late = send(alice, "put", path, {"translations": {"pl": {}}, "states": {"pl": saved.json()["states"]["pl"]}})
    assert late.status_code == 412, "the text was made from another one"
    odd = send(alice, "put", path, {"translations": {"pl": {}}, "states": {"de": "x"}})
    assert complaints(odd) == {"states.de": "unknown"}


def test_bad_texts_are_all_named_and_nothing_is_changed(alice: Client, dune: Book, house: House) -> None:
    path = address("shelf.book", dune)
    before = alice.get(path).json()
    body = {"translations": {"pl": {"title": "a\0b", "nothing": "x"}, "pt": {"code": "y"}}}
    answer = send(alice, "put", path, body)
    assert answer.status_code == 400
    answer = send(alice, "put", path, {"translations": {"pl": {"nothing": "x"}, "pt": {"code": "y"}}})
    assert complaints(answer) == {"translations.pl.nothing": "unknown", "translations.pt.code": "unknown"}
    answer = send(alice, "put", path, {"translations": {"de": {"title": "x"}, "en": {"title": "y"}}})
    assert complaints(answer) == {f"translations.{tag}": "translations.locale.not_held" for tag in ("de", "en")}
    odd: tuple[Any, ...] = ([], "x", {"pl": "x"}, {"pl": {"title": 1}}, {"": {"title": "x"}})
    for bad in odd:
        assert send(alice, "put", path, {"translations": bad}).status_code == 400, bad
    novel = entry_of(house, make_dictionary(house, "Novel", owner=house.root), "Novel")
    answer = send(alice, "put", address("dictionaries.entry", novel), {"translations": {"pl": {"label": "x" * 151}}})
    assert complaints(answer) == {"translations.pl.label": "max_length"}
    assert alice.get(path).json() == before


def test_hidden_foreign_missing_and_untranslated_records_look_the_same(
    house: House, other_house: House, alice: Client
) -> None:
    bob = client_of(member(house, "translations.*", "shelf.*", only=(house.north,)), organization=house.north)
    hidden = make_book(house, "Hidden", scope=house.scope(house.south))
    foreign = make_book(other_house, "Foreign")
    deleted = make_book(house, "Deleted", scope=house.scope(house.north))
    send(alice, "delete", f"{BOOKS}{deleted.pk}/")
    paths = [address("shelf.book", row) for row in (hidden, foreign, deleted)]
    paths += [f"/api/translations/shelf.book/{uuid7()}/", f"/api/translations/shelf.shelf/{uuid7()}/"]
    answers = {(answer.status_code, answer.content) for answer in map(bob.get, paths)}
    assert len(answers) == 1
    body = {"translations": {"pl": {"title": "x"}}}
    assert {send(bob, "put", path, body).status_code for path in paths} == {404}


def test_who_may_not_read_the_record_does_not_read_its_texts(house: House, dune: Book) -> None:
    stranger = client_of(member(house, "translations.*", name="Carol"), organization=house.root)
    answer = stranger.get(address("shelf.book", dune))
    assert (answer.status_code, answer.json()["feature"]) == (403, "shelf.books.view")
    looking = client_of(member(house, "translations.view", "shelf.books.view", name="Dan"), organization=house.root)
    assert looking.get(address("shelf.book", dune)).status_code == 200
    answer = send(looking, "put", address("shelf.book", dune), {"translations": {"pl": {"title": "x"}}})
    assert (answer.status_code, answer.json()["feature"]) == (403, "translations.manage")
    assert send(looking, "put", LOCALES, {"locales": []}).json()["feature"] == "translations.locales.manage"


def test_texts_of_what_comes_from_above_are_not_changed_below(house: House) -> None:
    novel = entry_of(house, make_dictionary(house, "Novel", owner=house.root), "Novel")
    bob = client_of(member(house, "translations.*", "dictionaries.*", only=(house.north,)), organization=house.north)
    answer = send(bob, "put", address("dictionaries.entry", novel), {"translations": {"pl": {"label": "Powieść"}}})
    assert (answer.status_code, answer.json()["code"]) == (409, "dictionaries.dictionary.inherited")
    assert bob.get(f"{ENTRIES}{novel.pk}/?locale=pl").json()["label"] == "Novel"


def test_languages_are_chosen_in_order_and_without_a_choice_they_are_those_of_the_house(alice: Client) -> None:
    assert alice.get(LOCALES).json() == {"default_locale": "en", "locales": ["pl", "de", "es"]}
    answer = send(alice, "put", LOCALES, {"locales": ["pt-br", "fr", "pt_BR"]})
    assert answer.json() == {"default_locale": "en", "locales": ["pt-BR", "fr"]}
    bad = send(alice, "put", LOCALES, {"locales": ["fr", "en", "x"]})
    assert set(complaints(bad)) == {"locales.1", "locales.2"}
    assert alice.get(LOCALES).json()["locales"] == ["pt-BR", "fr"]
    undone = send(alice, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200
    assert send(alice, "put", LOCALES, {"locales": []}).json()["locales"] == ["pl", "de", "es"]


def test_the_same_write_with_the_same_key_is_done_once(alice: Client, dune: Book) -> None:
    body = {"translations": {"pl": {"title": "Raz"}}}
    first, second = (
        send(alice, "put", address("shelf.book", dune), body, **{"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert second["Idempotency-Replayed"] == "true"
    assert (first.json(), first["X-Action-Id"]) == (second.json(), second["X-Action-Id"])


def test_a_report_counts_what_is_missing_and_outdated(alice: Client, dune: Book, house: House) -> None:
    send(alice, "patch", f"{BOOKS}{dune.pk}/", {"title": "Dune, revised"})
    found = {
        item["locale"]: item for item in alice.get("/api/translations/report/?entity=shelf.book").json()["results"]
    }
    assert found["pl"] == {
        "entity": "shelf.book", "locale": "pl", "total": 2, "translated": 1, "outdated": 1, "missing": 1, "percent": 0,
    }  # fmt: skip
    records = "/api/translations/report/records/?entity=shelf.book&locale=pl"
    assert [item["label"] for item in alice.get(records).json()["results"]] == ["Emma"]
    outdated = alice.get(f"{records}&state=outdated").json()
    assert [(item["label"], item["fields"]) for item in outdated["results"]] == [("Dune, revised", ["title"])]
    assert outdated["has_more"] is False
    stranger = client_of(member(house, "translations.*", name="Carol"), organization=house.root)
    assert stranger.get(records).json()["results"] == []
    assert stranger.get("/api/translations/report/?entity=shelf.book").json()["results"] == []


def cost(client: Client, query: str = "", **headers: str) -> int:
    """Queries of a list, at its second call."""
    client.get(f"{BOOKS}{query}", headers=headers)
    with CaptureQueriesContext(connection) as captured:
        client.get(f"{BOOKS}{query}", headers=headers)
    return len(captured)


def test_a_list_costs_one_query_more_in_another_language_and_none_in_that_of_the_texts(
    alice: Client, dune: Book, house: House
) -> None:
    plain = cost(alice)
    assert cost(alice, **{"Accept-Language": "en-GB,en"}) == plain
    assert cost(alice, **{"Accept-Language": "ja"}) == plain
    assert cost(alice, "?locale=en") == plain
    assert cost(alice, "?locale=pl") == plain + 1
    for number in range(20):
        make_book(house, f"Book {number}")
    assert cost(alice, **{"X-Locale": "pt-BR"}) == plain + 1
