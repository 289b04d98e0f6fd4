"""Translations in a browser: fit to look at, at a desk and on a dark phone, in English and in Polish."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.dictionaries.factories import make_dictionary
from tests.support.scopes import House
from tests.support.shelf.factories import make_book
from tests.translations.factories import choose, translate, translator

pytestmark = [pytest.mark.browser, pytest.mark.committed]
BASE = "/backend/translations/"


def furnish(house: House) -> dict[str, str]:
    """Records in every state, and the pages that show them."""
    parent = make_dictionary(
        house, "Novel", owner=house.root, name="Genres", description="What books are about.\nOne for each book."
    )
    book = make_book(house, "A book with quite a long title, which tells what happens in it")
    writer: Client = translator(house)
    choose(writer, "pl", "pt-BR", "de")
    translate(writer, book, pl={"title": "Książka"}, de={"title": "Ein Buch"})
    translate(writer, parent, pl={"name": "Gatunki"})
    writer.patch(f"/api/dictionaries/dictionaries/{parent.pk}/", {"name": "Kinds"}, content_type="application/json")
    return {
        "report": f"{BASE}report/",
        "report-missing": f"{BASE}report/?entity=shelf.book&locale=pt-BR&state=missing",
        "record": f"{BASE}record/?entity=shelf.book&id={book.pk}&locale=pl",
        "record-outdated": f"{BASE}record/?entity=dictionaries.dictionary&id={parent.pk}&locale=pl",
        "languages": f"{BASE}languages/",
    }


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_every_page_is_fit_to_look_at(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice, faults, look = desk("*"), list[str](), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    page.goto(f"{BASE}report/")
    shoot(page, f"tr-empty-{look}")
    faults += faults_of(page, "empty")
    for name, address in furnish(house).items():
        page.goto(address)
        shoot(page, f"tr-{name}-{look}")
        faults += faults_of(page, name)
    page.fill("input[name=locales]", "english")
    page.click("main button[type=submit], .ag-card button[type=submit]")
    shoot(page, f"tr-wrong-{look}")
    faults += faults_of(page, "wrong")
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "400" not in item] == []
