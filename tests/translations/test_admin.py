"""Pages of translations in the back office."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from apps.directory.models import Organization
from apps.kernel.ids import uuid7
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.support.scopes import House
from tests.support.shelf.factories import make_book
from tests.support.shelf.models import Book
from tests.translations.factories import choose, translate, translator

ALL = ("translations.*", "shelf.*", "dictionaries.*", "audit_logs.*")


def browser(house: House, *features: str, only: Organization | None = None) -> Client:
    role = make_role(house, *features, organization_ids=[only.pk] if only else None)
    home = (only or house.root).pk
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=home))


@pytest.fixture
def alice(house: House) -> Client:
    return browser(house, *ALL)


@pytest.fixture
def book(house: House) -> Book:
    return make_book(house, "Dune")


def page(record: object, entity: str = "shelf.book", **more: str) -> str:
    asked = {"entity": entity, "id": getattr(record, "pk", record), **more}
    return f"{reverse('admin:translations_record')}?{urlencode(asked)}"


def text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())


def test_a_record_has_a_tab_that_leads_to_its_texts(alice: Client, house: House, book: Book) -> None:
    tab = f'<a href="{page(book).replace("&", "&amp;")}">Translations</a>'
    assert tab in text(alice.get(reverse("admin:shelf_book_change", args=[book.pk])))
    shown = text(alice.get(page(book)))
    assert 'aria-current="page">Translations</a>' in shown
    looking = browser(house, "shelf.*")
    assert "Translations</a>" not in text(looking.get(reverse("admin:shelf_book_change", args=[book.pk])))
    assert looking.get(page(book)).status_code == 403


def test_texts_are_saved_side_by_side_and_may_be_taken_back(alice: Client, book: Book) -> None:
    answer = alice.post(page(book, locale="pl"), {"title": "Diuna"}, follow=True)
    shown = text(answer)
    assert "The texts are saved." in shown
    assert 'value="Diuna"' in shown
    assert "Undo" in shown
    listed = alice.get("/backend/shelf/book/", headers={"Accept-Language": "pl"})
    assert "Dune" in text(listed)  # the back office shows what is stored, which is what forms change


def test_whoever_saves_second_is_shown_what_stands_there_now(alice: Client, house: House, book: Book) -> None:
    writer = translator(house)
    opened = alice.get(page(book, locale="pl"))
    translate(writer, book, pl={"title": "Piaski"})
    form = {"title": "Diuna", "state": opened.context["form"].now}
    answer = alice.post(page(book, locale="pl"), form)
    assert answer.status_code == 412
    assert "were changed meanwhile" in text(answer)
    assert 'Stored now: <span lang="pl">Piaski</span>' in text(answer)
    assert 'value="Diuna"' in text(answer)
    again = alice.post(page(book, locale="pl"), form | {"state": answer.context["form"].now}, follow=True)
    assert "The texts are saved." in text(again)


def test_an_outdated_text_is_marked_and_a_missing_one_too(alice: Client, house: House, book: Book) -> None:
    assert ">missing</span>" in text(alice.get(page(book, locale="pl")))
    writer = translator(house)
    translate(writer, book, pl={"title": "Diuna"})
    writer.patch(f"/api/shelf/books/{book.pk}/", {"title": "Dune 2"}, content_type="application/json")
    assert ">outdated</span>" in text(alice.get(page(book, locale="pl")))


def test_a_text_that_is_too_long_is_said_beside_its_field(alice: Client, house: House) -> None:
    novel = entry_of(house, make_dictionary(house, "Novel", owner=house.root), "Novel")
    answer = alice.post(page(novel, "dictionaries.entry", locale="pl"), {"label": "x" * 151})
    assert "at most 150 characters" in text(answer)
    assert alice.get(page(novel, "dictionaries.entry")).context["tabs"][0].done.translated == 0


def test_what_may_not_be_changed_is_shown_without_fields(house: House, book: Book) -> None:
    looking = browser(house, "translations.view", "shelf.books.view", "dictionaries.view")
    assert 'name="title"' not in text(looking.get(page(book)))
    assert looking.post(page(book, locale="pl"), {"title": "x"}).status_code == 403
    novel = entry_of(house, make_dictionary(house, "Novel", owner=house.root), "Novel")
    below = browser(house, *ALL, only=house.north)
    assert 'name="label"' not in text(below.get(page(novel, "dictionaries.entry")))
    assert below.post(page(novel, "dictionaries.entry", locale="pl"), {"label": "x"}).status_code == 409


def test_hidden_missing_and_untranslated_records_have_no_page(house: House, other_house: House, alice: Client) -> None:
    hidden = make_book(house, "Hidden", scope=house.scope(house.south))
    foreign = make_book(other_house, "Foreign")
    below = browser(house, *ALL, only=house.north)
    for address in (
        page(hidden),
        page(foreign),
        page(uuid7()),
        page("nonsense"),
        page(uuid7(), "shelf.shelf"),
        page(uuid7(), "nothing.here"),
    ):
        assert below.get(address).status_code == 404, address
    bare = alice.get(reverse("admin:translations_record"))
    assert (bare.status_code, bare["Location"]) == (302, reverse("admin:translations_report"))


def test_the_report_leads_to_what_is_missing(alice: Client, house: House, book: Book) -> None:
    make_book(house, "Emma")
    writer = translator(house)
    choose(writer, "pl")
    translate(writer, book, pl={"title": "Diuna"})
    report = reverse("admin:translations_report")
    shown = text(alice.get(report))
    assert "Missing: 1, books, Polish" in shown
    assert "50&nbsp;%" in shown
    lacking = text(alice.get(report, {"entity": "shelf.book", "locale": "pl", "state": "missing"}))
    assert "Books: missing in Polish" in lacking
    assert ">Emma</a>" in lacking
    assert ">Dune</a>" not in lacking
    assert alice.get(report, {"entity": "nothing", "locale": "pl", "state": "odd"}).status_code == 200
    assert "Books" not in text(browser(house, "translations.view").get(report)).partition("<main")[2]


def test_languages_are_chosen_on_a_page(alice: Client, house: House) -> None:
    address = reverse("admin:translations_languages")
    assert "Polish" in text(alice.get(address))
    answer = alice.post(address, {"locales": "pt-br, fr"}, follow=True)
    assert "The languages are chosen." in text(answer)
    assert 'value="pt-BR, fr"' in text(alice.get(address))
    wrong = alice.post(address, {"locales": "fr, english"})
    assert (wrong.status_code, "english: Give languages such as" in text(wrong)) == (400, True)
    assert browser(house, "translations.manage").get(address).status_code == 403
