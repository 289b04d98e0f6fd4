"""A form for a new record in one window, another organization selected in a second one meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from apps.catalog.models import Category
from apps.currencies.models import Currency
from apps.customers.models import Deal
from apps.kernel.imports.models import ImportRun
from tests.auth.factories import reading_in
from tests.backoffice.currencies import text_of
from tests.backoffice.lists import BOOKS, books_now
from tests.customers.factories import make_pipeline, stages_in
from tests.support.scopes import House

ADD = f"{BOOKS}add/"
BOOK = {"title": "Dune", "code": "D1", "kind": "novel", "pages": "412"}


def choose(client: Client, organization: Any) -> None:
    answer = client.post("/backend/organization/", {"organization": str(organization), "next": "/backend/"})
    assert answer.status_code == 302


def hidden(page: Any) -> dict[str, str]:
    """The hidden inputs of the form."""
    text = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(opened_in|expected_version)" value="([^"]*)"', text))


def test_a_new_record_is_not_written_into_an_organization_that_its_form_did_not_show(
    house: House, alice: Client
) -> None:
    choose(alice, house.north.pk)
    form = hidden(alice.get(ADD))
    choose(alice, house.south.pk)  # in a second window
    answer = alice.post(ADD, {**BOOK, **form})
    assert answer.status_code == 200
    [said] = answer.context["adminform"].form.non_field_errors()
    assert f"would belong to {house.south.name}" in said
    assert "Dune</textarea>" in answer.content.decode()
    assert books_now(house) == {}
    assert alice.post(ADD, {**BOOK, **hidden(answer)}).status_code == 302
    assert books_now(house)["D1"].organization_id == house.south.pk


@pytest.mark.parametrize("given", [{}, {"opened_in": ""}, {"opened_in": "nonsense\0"}])
def test_who_says_nothing_writes_where_they_are(house: House, alice: Client, given: dict[str, str]) -> None:
    choose(alice, house.north.pk)
    answer = alice.post(ADD, {**BOOK, **given})
    if given.get("opened_in"):
        assert answer.status_code == 200
        return
    assert answer.status_code == 302
    assert books_now(house)["D1"].organization_id == house.north.pk


def test_without_a_second_window_nobody_is_asked(house: House, alice: Client) -> None:
    choose(alice, house.north.pk)
    assert alice.post(ADD, {**BOOK, **hidden(alice.get(ADD))}).status_code == 302
    assert books_now(house)["D1"].organization_id == house.north.pk


def test_forms_of_records_that_are_there_are_not_asked(house: House, alice: Client) -> None:
    alice.post(ADD, BOOK)
    book = books_now(house)["D1"]
    assert "opened_in" not in hidden(alice.get(f"{BOOKS}{book.pk}/change/"))
    assert "opened_in" not in hidden(alice.get("/backend/auth/role/add/"))


def category(house: House) -> tuple[str, dict[str, Any]]:
    return "/backend/catalog/category/tree/", {"deed": "add:root", "name": "Clothes"}


def currencies(house: House) -> tuple[str, dict[str, Any]]:
    return "/backend/currencies/currency/add-from-master/", {"codes": ["JPY"]}


def deal(house: House) -> tuple[str, dict[str, Any]]:
    [stage, *_others] = stages_in(house, make_pipeline(house))
    return "/backend/customers/deal/board/", {"deed": "add", "stage_id": str(stage.pk), "title": "Chairs"}


def table(house: House) -> tuple[str, dict[str, Any]]:
    return f"{BOOKS}import/", {"file": SimpleUploadedFile("books.csv", b"title,code\nDune,A\n")}


KINDS: tuple[type[models.Model], ...] = (Category, Currency, Deal, ImportRun)


def counted(house: House) -> list[int]:
    with reading_in(house):
        return [kind._default_manager.count() for kind in KINDS]


@pytest.mark.parametrize("form", [category, currencies, deal, table])
def test_pages_of_modules_that_add_something_ask_as_well(house: House, alice: Client, form: Any) -> None:
    address, given = form(house)
    choose(alice, house.north.pk)
    opened = hidden(alice.get(address))
    assert opened == {"opened_in": str(house.north.pk)}
    choose(alice, house.south.pk)  # in a second window
    before = counted(house)
    answer = alice.post(address, {**given, **opened}, follow=True)
    assert f"would belong to {house.south.name}" in text_of(answer.content)
    assert counted(house) == before
    choose(alice, house.north.pk)
    if "file" in given:
        given["file"].seek(0)
    alice.post(address, {**given, **opened})
    assert sum(counted(house)) == sum(before) + 1
