"""Buttons of records: asked first, run as commands, refused with words."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.backoffice.currencies import LIST, commands_run, make_currency, now, text_of
from tests.support.scopes import House

pytestmark = pytest.mark.routes("tests.backoffice.pages")


def test_a_button_asks_and_then_runs_its_command(house: House, alice: Client) -> None:
    currency = make_currency(house)
    url = f"{LIST}{currency.pk}/do/base/"
    assert "Make base: “EUR — The EUR”?" in text_of(alice.get(url).content)
    answer = alice.post(url, {"next": LIST})
    assert (answer.status_code, answer.headers["Location"]) == (302, LIST)
    assert commands_run(house) == ["currencies.currency.set_base"]


def test_a_button_goes_back_to_our_own_pages_only(house: House, alice: Client) -> None:
    currency = make_currency(house)
    answer = alice.post(f"{LIST}{currency.pk}/do/base/", {"next": "https://evil.example/"})
    assert answer.headers["Location"] == f"{LIST}{currency.pk}/change/"


def test_a_button_that_does_not_apply_is_not_there(house: House, alice: Client) -> None:
    currency = make_currency(house)
    assert alice.post(f"{LIST}{currency.pk}/do/on/").status_code == 404
    assert alice.post(f"{LIST}{currency.pk}/do/nothing/").status_code == 404
    assert commands_run(house) == []


def test_a_refused_button_says_why(house: House, alice: Client) -> None:
    base = make_currency(house, is_base=True)
    answer = alice.post(f"{LIST}{base.pk}/do/off/")
    assert answer.status_code == 409
    assert "EUR is the base currency." in text_of(answer.content)
    assert now(house, base).is_active


def test_a_button_with_a_form_hands_its_fields_to_the_command(house: House, alice: Client) -> None:
    currency = make_currency(house)
    url = f"{LIST}{currency.pk}/do/rename/"
    assert alice.post(url, {"name": ""}).status_code == 200
    assert commands_run(house) == []
    alice.post(url, {"name": "Euro"})
    assert now(house, currency).name == "Euro"


def test_a_button_pressed_on_an_old_version_is_refused(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(f"{LIST}{currency.pk}/do/rename/", {"name": "Euro"})
    answer = alice.post(f"{LIST}{currency.pk}/do/base/", {"expected_version": currency.version})
    assert answer.status_code == 412
    assert not now(house, currency).is_base


def test_a_bulk_button_runs_once_for_each_record(house: House, alice: Client) -> None:
    rows = [make_currency(house, code) for code in ("EUR", "USD", "PLN")]
    chosen = {"action": "off", "_selected_action": [str(row.pk) for row in rows]}
    question = text_of(alice.post(LIST, {**chosen, "index": "0"}).content)
    assert "Switch off: 3 records?" in question
    alice.post(LIST, {**chosen, "confirmed": "yes"})
    assert commands_run(house) == ["kernel.record.bulk", *["currencies.currency.deactivate"] * 3]
