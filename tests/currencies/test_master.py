"""Adding many currencies from the world's list: one action, few statements, one undo."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.currencies.calculations import tender
from apps.currencies.services import add_from_master
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import bases_of, codes_of, make_currency
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House

ADD = "/api/currencies/currencies/add_from_master/"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "currencies.manage"), organization=house.north)


def test_many_currencies_are_one_action_and_one_undo(manager: Client, house: House) -> None:
    make_currency(house, "EUR", is_base=True)
    answer = send(manager, "post", ADD, {"codes": ["JPY", "KWD", "EUR", "JPY"]})
    assert answer.status_code == 201
    assert [row["code"] for row in answer.json()["results"]] == ["JPY", "KWD"]
    assert [row["decimal_places"] for row in answer.json()["results"]] == [0, 3]
    with using_scope(house.scope()):
        with scoped_transaction():
            assert Action.objects.filter(command="currencies.currency.add_from_master").count() == 1
        undo(UUID(answer.headers["X-Action-Id"]))
    assert codes_of(house, house.north) == ["EUR"]


def test_every_bad_code_is_named_and_none_is_added(manager: Client, house: House) -> None:
    answer = send(manager, "post", ADD, {"codes": ["JPY", "QQQ", "EUR", "ZZ9"]})
    assert answer.status_code == 400
    unknown = "currencies.currency.unknown"
    assert complaints(answer) == {"codes.1": unknown, "codes.3": unknown}
    assert codes_of(house, house.north) == []


@pytest.mark.parametrize("codes", [[], "JPY", None, [["JPY"]], [7], ["JPYX"]])
def test_codes_are_a_list_of_codes(manager: Client, codes: object) -> None:
    assert send(manager, "post", ADD, {"codes": codes}).status_code == 400


def test_the_first_of_an_empty_organization_becomes_base(manager: Client, house: House) -> None:
    send(manager, "post", ADD, {"codes": ["CHF", "EUR"]})
    assert bases_of(house, house.north) == ["CHF"]


def test_the_whole_world_takes_two_statements(house: House) -> None:
    with (
        using_scope(house.scope()),
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        created = add_from_master(list(tender()))
    own = [item["sql"] for item in captured if '"currency"' in item["sql"] and "end_command(" not in item["sql"]]
    assert len(created) == len(tender())
    assert [sql.split()[0] for sql in own] == ["SELECT", "INSERT"]
