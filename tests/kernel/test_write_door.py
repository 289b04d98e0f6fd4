"""The write door: outside a command every write is refused, inside one every write leaves images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest

from apps.currencies.models import Currency
from apps.directory.models import Organization
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.scopes import House, make_organization, seeding

Write = Callable[[Currency], object]


def make_currency(code: str = "EUR", **overrides: object) -> Currency:
    """A living currency, inside a seed."""
    values = {"name": code, "symbol": code, "decimal_places": 2, **overrides}
    currency = Currency(code=code, **values)
    currency.save(force_insert=True)
    return currency


def raw(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def renamed(currency: Currency) -> None:
    currency.name = "Changed"
    currency.save()


# A page of Django's admin that nobody taught about commands.
STOCK: Any = ModelAdmin(Currency, AdminSite())
REQUEST = HttpRequest()

WRITES: dict[str, Write] = {
    "save": renamed,
    "insert": lambda currency: make_currency("GBP"),
    "bulk_create": lambda currency: Currency.objects.bulk_create([Currency(code="CHF", name="c", symbol="c")]),
    "bulk_update": lambda currency: Currency.objects.bulk_update([set_name(currency)], ["name"]),
    "update": lambda currency: Currency.objects.filter(pk=currency.pk).update(name="Changed"),
    "delete": lambda currency: currency.delete(),
    "query set delete": lambda currency: Currency.objects.filter(pk=currency.pk).delete(),
    "stock admin": lambda currency: STOCK.save_model(REQUEST, set_name(currency), None, True),
    "stock admin delete": lambda currency: STOCK.delete_queryset(REQUEST, Currency.objects.filter(pk=currency.pk)),
    "raw update": lambda currency: raw("UPDATE currency SET name = 'Changed' WHERE id = %s", currency.pk),
    "raw delete": lambda currency: raw("DELETE FROM currency WHERE id = %s", currency.pk),
}


OPERATIONS = {
    "stock admin delete": "D",
    "insert": "I",
    "bulk_create": "I",
    "delete": "D",
    "query set delete": "D",
    "raw delete": "D",
}


def set_name(currency: Currency) -> Currency:
    currency.name = "Changed"
    return currency


@pytest.fixture
def currency(house: House) -> Currency:
    with seeding(house.scope()):
        return make_currency()


@pytest.mark.parametrize("kind", WRITES)
def test_a_write_outside_a_command_is_refused_and_changes_nothing(house: House, currency: Currency, kind: str) -> None:
    with using_scope(house.scope()), scoped_transaction():
        before = list(Currency.objects.order_by("pk").values())
        with pytest.raises(DatabaseError, match="outside a command"), transaction.atomic():
            WRITES[kind](currency)
        assert list(Currency.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("kind", WRITES)
def test_a_write_inside_a_command_leaves_an_image(house: House, currency: Currency, kind: str) -> None:
    with seeding(house.scope()):
        latest = Action.objects.order_by("-pk")[0].pk
        WRITES[kind](currency)
        images = list(RowImage.objects.filter(action_id=latest).values_list("table_name", "operation"))
    assert images == [
        (
            "currency",
            {"delete": "D", "create": "I", "insert": "I"}.get(
                kind.rsplit("_", maxsplit=1)[-1].rsplit(maxsplit=1)[-1], "U"
            ),
        )
    ]


@pytest.mark.parametrize("kind", WRITES)
def test_after_the_last_command_the_door_is_shut_again(house: House, currency: Currency, kind: str) -> None:
    with using_scope(house.scope()), scoped_transaction():
        with seeding():
            make_currency("USD")
        with pytest.raises(DatabaseError, match="outside a command"), transaction.atomic():
            WRITES[kind](currency)


def test_a_cascade_is_captured(house: House) -> None:
    with seeding(house.scope()):
        leaf = make_organization("Leaf", parent=house.north)
    with seeding(house.scope()):
        action = Action.objects.order_by("-pk")[0].pk
        raw("DELETE FROM organization WHERE id IN (%s, %s)", leaf.pk, house.north.pk)
        rows = set(RowImage.objects.filter(action_id=action, operation="D").values_list("row_id", flat=True))
    assert rows == {leaf.pk, house.north.pk}


@pytest.mark.committed
def test_the_id_of_an_earlier_action_opens_nothing(house: House) -> None:
    with using_scope(house.scope()):
        with seeding():
            make_currency()
        with scoped_transaction():
            old = Action.objects.order_by("-pk")[0].pk
            forge(old)
            with pytest.raises(DatabaseError, match="outside a command"):
                Organization.objects.update(name="Forged")


@pytest.mark.parametrize("forged", ["", "no-uuid", "01900000-0000-7000-8000-000000000001"])
def test_a_made_up_action_id_opens_nothing(house: House, currency: Currency, forged: str) -> None:
    with pytest.raises(DatabaseError), using_scope(house.scope()), scoped_transaction():
        forge(forged)
        Currency.objects.update(name="Forged")


def forge(action_id: UUID | str) -> None:
    raw("SELECT set_config('app.action_id', %s, true)", str(action_id))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO row_image (action_id, stmt, tenant_id, table_name, row_id, operation, fingerprint)"
        " SELECT id, 1, tenant_id, 'currency', id, 'I', '' FROM action LIMIT 1",
        "UPDATE row_image SET operation = 'D'",
        "DELETE FROM row_image",
        "TRUNCATE row_image",
        "DELETE FROM action",
        "UPDATE action SET command = 'other'",
        "INSERT INTO action (id, txid) VALUES (gen_random_uuid(), pg_current_xact_id())",
        "ALTER TABLE currency DISABLE TRIGGER row_images_update",
        "ALTER TABLE currency DISABLE ROW LEVEL SECURITY",
        "SET session_replication_role = replica",
        "SELECT setval('row_image_stmt', 1)",
        "SET ROLE agora_owner",
        "TRUNCATE currency",
        "INSERT INTO platform_admin (user_id) VALUES (gen_random_uuid())",
        "DELETE FROM credential_index",
    ],
)
def test_the_app_role_cannot_forge_or_switch_off_the_audit(house: House, currency: Currency, sql: str) -> None:
    refusal = pytest.raises(DatabaseError, match=r"permission|must be owner")
    with refusal, using_scope(house.scope()), scoped_transaction():
        raw(sql)


def test_an_earlier_transactions_action_cannot_be_renamed(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("UPDATE action SET resource_label = 'x' WHERE txid <> pg_current_xact_id()")
        assert cursor.rowcount == 0


def test_ids_never_change(house: House, currency: Currency) -> None:
    with seeding(house.scope()), pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        raw("UPDATE currency SET id = uuid7() WHERE id = %s", currency.pk)


def test_a_save_that_changes_nothing_leaves_no_image(house: House, currency: Currency) -> None:
    with seeding(house.scope()):
        action = Action.objects.order_by("-pk")[0].pk
        currency.save()
        assert not RowImage.objects.filter(action_id=action).exists()
        assert currency.version == 2
