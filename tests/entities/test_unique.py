"""Unique custom fields, however many write at once."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from apps.currencies.models import Currency
from apps.entities.errors import KindKept
from apps.entities.services import update_definition
from apps.kernel.errors import InvalidInput
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, DEFINITIONS, make_field
from tests.support.crowds import all_at_once
from tests.support.scopes import House, seeding

CODES = ("CHF", "EUR", "USD", "GBP", "PLN", "CZK", "DKK", "SEK")


@pytest.fixture
def bob(house: House) -> Client:
    user = member(house, "currencies.manage", "entities.definitions.manage", "audit_logs.undo_self")
    return client_of(user, organization=house.north)


@pytest.mark.parametrize(("kind", "value", "same"), [("text", "a", " a "), ("decimal", "1.50", 1.5), ("integer", 3, 3)])
def test_a_value_is_there_once_in_an_organization(
    bob: Client, house: House, kind: str, value: object, same: object
) -> None:
    make_field(house, "number", kind, is_unique=True)
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_number": value}).json()
    again = send(bob, "post", CURRENCIES, {"code": "EUR", "cf_number": same})
    assert (again.status_code, complaints(again)) == (400, {"custom_fields.number": "kernel.duplicate"})
    assert send(bob, "patch", f"{CURRENCIES}{made['id']}/", {"cf_number": same}).status_code == 200
    elsewhere = {"X-Organization-Id": str(house.south.pk)}
    assert send(bob, "post", CURRENCIES, {"code": "EUR", "cf_number": value}, **elsewhere).status_code == 201


def test_a_deleted_record_makes_way_and_undo_finds_the_value_taken(bob: Client, house: House) -> None:
    make_field(house, "number", "text", is_unique=True)
    send(bob, "post", CURRENCIES, {"code": "PLN"})
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_number": "a"}).json()
    gone = send(bob, "delete", f"{CURRENCIES}{made['id']}/")
    assert send(bob, "post", CURRENCIES, {"code": "EUR", "cf_number": "a"}).status_code == 201
    refused = send(bob, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "kernel.duplicate")
    assert complaints(refused) == {"custom_fields.number": "kernel.duplicate"}


def test_values_that_repeat_cannot_become_unique(bob: Client, house: House) -> None:
    field = make_field(house, "number", "text")
    for code in ("CHF", "EUR"):
        send(bob, "post", CURRENCIES, {"code": code, "cf_number": "a"})
    refused = send(bob, "patch", f"{DEFINITIONS}{field.pk}/", {"is_unique": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "entities.definition.values_repeat")


@pytest.mark.committed
def test_of_many_at_once_one_gets_the_value(house: House) -> None:
    make_field(house, "number", "text", is_unique=True)

    def add(number: int) -> str:
        """No command of currencies, because those follow one another anyway."""
        with seeding(house.scope(house.north)):
            row = Currency(code=CODES[number], name=CODES[number], symbol="x")
            row.take({"number": "a"})
            try:
                row.save(force_insert=True)
            except InvalidInput as refusal:
                return refusal.errors[0].code
        return "made"

    answers = all_at_once(len(CODES), add)
    assert sorted(answers) == ["kernel.duplicate"] * (len(CODES) - 1) + ["made"]
    with seeding(house.scope()):
        assert Currency.objects.filter(custom__has_key="number").count() == 1


@pytest.mark.committed
def test_a_definition_waits_for_values_that_are_being_written(house: House) -> None:
    field = make_field(house, "number", "text")
    inside, done = threading.Event(), threading.Event()

    def work(number: int) -> object:
        if number == 0:
            with seeding(house.scope(house.north)):
                row = Currency(code="CHF", name="CHF", symbol="x")
                row.take({"number": "twelve"})
                row.save(force_insert=True)
                inside.set()
                assert not done.wait(0.3)
            return "written"
        inside.wait(5)
        with using_scope(house.scope(house.north)):
            try:
                update_definition(field.pk, kind="integer")
            except KindKept:
                return "refused"
            finally:
                done.set()
        return "changed"

    assert all_at_once(2, work) == ["written", "refused"]
