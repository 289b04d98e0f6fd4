"""Back office pages of currencies."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import bases_of, codes_of, make_currency
from tests.directory.callers import client_of, member
from tests.support.scopes import House

LIST = "/backend/currencies/currency/"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "currencies.*"), organization=house.north)


def test_a_currency_needs_nothing_but_its_code(manager: Client, house: House) -> None:
    assert manager.get(f"{LIST}add/").status_code == 200
    answer = manager.post(f"{LIST}add/", {"code": "JPY", "name": "", "symbol": "", "decimal_places": ""})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    page = manager.get(LIST).content.decode()
    assert "Japanese Yen" in page
    assert codes_of(house, house.north) == ["JPY"]


def test_what_the_command_refuses_stands_in_the_form(manager: Client, house: House) -> None:
    make_currency(house, "EUR")
    answer = manager.post(f"{LIST}add/", {"code": "EUR"})
    assert (answer.status_code, "has this currency already" in answer.content.decode()) == (200, True)


def test_changes_keep_the_code(manager: Client, house: House) -> None:
    euro = make_currency(house, "EUR")
    body = {"code": "USD", "name": "Evro", "symbol": "E", "decimal_places": "3", "expected_version": "1"}
    assert manager.post(f"{LIST}{euro.pk}/change/", body).status_code == 302
    with using_scope(house.scope(house.north)), scoped_transaction():
        euro.refresh_from_db()
    assert (euro.code, euro.name, euro.symbol, euro.decimal_places) == ("EUR", "Evro", "E", 3)


def test_the_base_is_handed_on_by_its_button(manager: Client, house: House) -> None:
    make_currency(house, "EUR", is_base=True)
    dollar = make_currency(house, "USD")
    button = f"{LIST}{dollar.pk}/do/set-base/"
    assert button in manager.get(LIST).content.decode()
    assert manager.post(button, {}).status_code == 302
    assert bases_of(house, house.north) == ["USD"]


def test_the_base_is_not_deleted(manager: Client, house: House) -> None:
    euro = make_currency(house, "EUR", is_base=True)
    answer = manager.post(f"{LIST}{euro.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, "Make another currency the base" in answer.content.decode()) == (409, True)


def test_many_are_added_from_the_worlds_list_in_one_action(manager: Client, house: House) -> None:
    make_currency(house, "EUR")
    page = f"{LIST}add-from-master/"
    offered = manager.get(page).content.decode()
    assert 'value="JPY"' in offered
    assert 'value="EUR"' not in offered
    assert manager.post(page, {"codes": ["JPY", "KWD"]}).status_code == 302
    assert codes_of(house, house.north) == ["EUR", "JPY", "KWD"]
    with using_scope(house.scope()), scoped_transaction():
        assert Action.objects.filter(command="currencies.currency.add_from_master", source="admin").count() == 1


def test_without_a_selected_organization_the_form_says_so(house: House) -> None:
    anywhere = client_of(member(house, "currencies.*"), organization="all")
    answer = anywhere.post(f"{LIST}add-from-master/", {"codes": ["JPY"]})
    assert (answer.status_code, "Select an organization first" in answer.content.decode()) == (422, True)


def test_viewers_find_no_buttons(house: House) -> None:
    dollar = make_currency(house, "USD")
    viewer = client_of(member(house, "currencies.view"), organization=house.north)
    assert "/do/" not in viewer.get(LIST).content.decode()
    assert viewer.get(f"{LIST}add-from-master/").status_code == 403
    assert viewer.post(f"{LIST}{dollar.pk}/do/set-base/", {}).status_code == 403
