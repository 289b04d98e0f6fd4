"""A form for a new record in one window, another organization selected in a second one meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.backoffice.lists import BOOKS, books_now
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
