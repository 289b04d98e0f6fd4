"""Encrypted custom fields: readable where the record is, ciphertext everywhere else."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.currencies.models import Currency
from apps.entities.selectors.sealing import digest_of
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.crypto.envelope import key_version
from apps.kernel.crypto.keys import start_data_key
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, make_field
from tests.support.scopes import House, seeding

SECRET = "PL61109010140000071219812874"


@pytest.fixture
def bob(house: House) -> Client:
    make_field(house, "account", "text", is_encrypted=True, is_unique=True)
    user = member(house, "currencies.manage", "audit_logs.view_tenant", "audit_logs.undo_self")
    return client_of(user, organization=house.north)


def stored(house: House) -> dict[str, Any]:
    with seeding(house.scope()):
        custom: dict[str, Any] = Currency.objects.get(code="CHF").custom
    return custom


def everything(house: House) -> str:
    """Whatever the database holds about the record, as a dump would have it."""
    with seeding(house.scope()), connection.cursor() as cursor:
        texts = []
        for table in ("currency", Action._meta.db_table, RowImage._meta.db_table, OutboxEvent._meta.db_table):
            cursor.execute(f"SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM {table} t")
            texts.append(cursor.fetchone()[0])
        cursor.execute("SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM idempotency_record t")
        texts.append(cursor.fetchone()[0])
    return " ".join(texts)


def test_the_plaintext_stands_nowhere(bob: Client, house: House) -> None:
    key = {"Idempotency-Key": "once"}
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET}, **key)
    assert made.json()["custom_fields"]["account"] == SECRET
    send(bob, "patch", f"{CURRENCIES}{made.json()['id']}/", {"custom_fields": {"account": f"{SECRET}9"}})
    assert set(stored(house)) == {"account", "account.index"}
    held = everything(house)
    assert stored(house)["account"] in held
    assert SECRET not in held
    with seeding(house.scope()):
        inputs = [action.input for action in Action.objects.filter(command__startswith="currencies.currency")]
    assert [item["custom_fields"] for item in inputs] == [{"account": "[redacted]"}, {"account": "[redacted]"}]


def test_a_change_of_many_keeps_the_value_out_of_the_history(bob: Client, house: House) -> None:
    made = send(bob, "post", CURRENCIES, {"code": "CHF"}).json()
    body = {"action": "update", "ids": [made["id"]], "changes": {"custom_fields": {"account": SECRET}}}
    assert send(bob, "post", f"{CURRENCIES}bulk/", body).status_code == 200
    assert bob.get(f"{CURRENCIES}{made['id']}/").json()["custom_fields"]["account"] == SECRET
    assert SECRET not in everything(house)


def test_it_is_found_by_its_exact_value(bob: Client, house: House) -> None:
    send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET})
    with seeding(house.scope()):
        assert stored(house)["account.index"] == digest_of(SECRET)
        assert digest_of(SECRET[:-1]) != digest_of(SECRET)
    again = send(bob, "post", CURRENCIES, {"code": "EUR", "cf_account": SECRET})
    assert complaints(again) == {"custom_fields.account": "kernel.duplicate"}


def test_the_same_value_again_is_no_change(bob: Client, house: House) -> None:
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET}).json()
    before = stored(house)
    send(bob, "patch", f"{CURRENCIES}{made['id']}/", {"cf_account": SECRET})
    assert stored(house) == before


def test_undo_restores_the_value(bob: Client, house: House) -> None:
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET}).json()
    path = f"{CURRENCIES}{made['id']}/"
    changed = send(bob, "patch", path, {"cf_account": None})
    assert stored(house) == {}
    assert send(bob, "post", f"/api/audit_logs/actions/{changed['X-Action-Id']}/undo/", {}).status_code == 200
    assert bob.get(path).json()["custom_fields"]["account"] == SECRET


def test_the_history_shows_it_to_who_may_read_the_record(bob: Client, house: House) -> None:
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET}).json()
    history = f"/api/audit_logs/records/currencies.currency/{made['id']}/history/"
    assert SECRET in json.dumps(bob.get(history).json())
    auditor = client_of(member(house, "audit_logs.view_tenant", name="Eve"), organization=house.north)
    answer = auditor.get(history)
    assert SECRET not in answer.content.decode()


def test_an_envelope_opens_nowhere_else(bob: Client, house: House) -> None:
    make_field(house, "other", "text", is_encrypted=True)
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET, "cf_other": SECRET}).json()
    custom = stored(house)
    assert custom["account"] != custom["other"]
    assert made["custom_fields"]["other"] == SECRET


def test_values_outlive_a_new_data_key(bob: Client, house: House) -> None:
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_account": SECRET}).json()
    with using_scope(house.scope(house.north)), scoped_transaction():
        start_data_key()
    path = f"{CURRENCIES}{made['id']}/"
    assert bob.get(path).json()["custom_fields"]["account"] == SECRET
    assert send(bob, "patch", path, {"cf_account": "another"}).json()["custom_fields"]["account"] == "another"
    assert key_version(b64decode(stored(house)["account"])) == 2
