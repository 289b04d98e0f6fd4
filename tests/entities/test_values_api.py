"""Values of custom fields over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.currencies.models import Currency
from apps.currencies.services import add_from_master, create_currency
from apps.kernel.errors import InvalidInput
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, make_field
from tests.support.scopes import House, seeding

OPTIONS = [{"value": "red", "label": "Red", "colour": "#ff0000"}, {"value": "blue", "label": "Blue"}]
# kind, further parts of the definition, what is given, what is shown
ROUND_TRIPS: tuple[tuple[str, dict[str, Any], Any, Any], ...] = (
    ("text", {}, "  Cafe\u0301 ", "Café"),
    ("multiline", {}, "one\r\ntwo", "one\ntwo"),
    ("richtext", {}, "<p onclick='x()'>Hi <b>there</b><script>alert(1)</script></p>", "<p>Hi <b>there</b></p>"),
    ("integer", {}, 42, 42),
    ("decimal", {}, 12.50, "12.5"),
    ("decimal", {}, "0.100000000000000001", "0.100000000000000001"),
    ("boolean", {}, False, False),
    ("date", {}, "2026-02-28", "2026-02-28"),
    ("datetime", {}, "2026-02-28T12:00:00+02:00", "2026-02-28T10:00:00.000000Z"),
    ("select", {"options": OPTIONS}, "red", "red"),
    ("multiselect", {"options": OPTIONS}, ["blue", "red", "blue"], ["red", "blue"]),
    ("currency", {}, {"amount": 12.5, "currency": "EUR"}, {"amount": "12.5", "currency": "EUR"}),
    ("url", {}, "HTTPS://Example.COM/Path", "https://example.com/Path"),
    ("email", {}, "Ada@EXAMPLE.com", "Ada@example.com"),
    ("phone", {}, "0048 (22) 123-45-67", "+48221234567"),
)


@pytest.fixture
def bob(house: House) -> Client:
    user = member(house, "currencies.manage", "entities.definitions.manage", "audit_logs.undo_self")
    return client_of(user, organization=house.north)


NEVER_ENCRYPTED = {"richtext", "multiselect", "currency"}
CASES = [
    *((*case, False) for case in ROUND_TRIPS),
    *((*case, True) for case in ROUND_TRIPS if case[0] not in NEVER_ENCRYPTED),
]


def own(record: dict[str, Any]) -> dict[str, Any]:
    """Custom values without the field that the module itself declares."""
    return {key: value for key, value in record["custom_fields"].items() if key != "cash_step"}


@pytest.mark.parametrize(("kind", "parts", "given", "shown", "is_encrypted"), CASES)
def test_a_value_of_each_kind_comes_back(
    bob: Client, house: House, *, kind: str, parts: dict[str, Any], given: Any, shown: Any, is_encrypted: bool
) -> None:
    make_field(house, "size", kind, is_encrypted=is_encrypted, **parts)
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "custom_fields": {"size": given}})
    assert (made.status_code, own(made.json())) == (201, {"size": shown})
    again = bob.get(f"{CURRENCIES}{made.json()['id']}/").json()
    assert own(again) == {"size": shown}
    assert own(bob.get(CURRENCIES).json()["results"][0]) == {"size": shown}
    sent_back = send(bob, "patch", f"{CURRENCIES}{again['id']}/", {"custom_fields": again["custom_fields"]})
    assert own(sent_back.json()) == {"size": shown}


def test_all_wrong_values_are_told_at_once_with_the_other_fields(bob: Client, house: House) -> None:
    make_field(house, "size", "integer", minimum="10")
    make_field(house, "day", "date")
    make_field(house, "need", "text", is_required=True)
    given = {"size": 3, "day": "tomorrow", "other": 1}
    answer = send(bob, "post", CURRENCIES, {"code": "CHF", "symbol": "x" * 11, "custom_fields": given})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "symbol": "max_length",
            "custom_fields.size": "min_value",
            "custom_fields.day": "invalid",
            "custom_fields.other": "unknown",
            "custom_fields.need": "required",
        },
    )
    answer = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_size": 3, "cf:day": "tomorrow"})
    assert complaints(answer) == {
        "custom_fields.size": "min_value",
        "custom_fields.day": "invalid",
        "custom_fields.need": "required",
    }
    with seeding(house.scope(house.north)):
        assert not Currency.objects.exists()


def test_a_change_merges_and_null_removes(bob: Client, house: House) -> None:
    make_field(house, "size", "integer")
    make_field(house, "note", "text", default="none")
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_size": 3}).json()
    assert own(made) == {"size": 3, "note": "none"}
    path = f"{CURRENCIES}{made['id']}/"
    assert own(send(bob, "patch", path, {"cf_note": "x"}).json()) == {"size": 3, "note": "x"}
    assert own(send(bob, "patch", path, {"cf_size": None}).json()) == {"size": None, "note": "x"}
    assert own(send(bob, "patch", path, {"name": "Franc"}).json()) == {"size": None, "note": "x"}


def test_undo_brings_the_values_back(bob: Client, house: House) -> None:
    make_field(house, "size", "integer")
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_size": 3}).json()
    path = f"{CURRENCIES}{made['id']}/"
    changed = send(bob, "patch", path, {"cf_size": 4})
    undone = send(bob, "post", f"/api/audit_logs/actions/{changed['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200
    assert own(bob.get(path).json()) == {"size": 3}


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_a_file_has_a_column_for_each_listed_field(bob: Client, house: House, form: str) -> None:
    make_field(house, "size", "decimal", is_listed=True)
    make_field(house, "price", "currency", is_listed=True)
    make_field(house, "secret_note", "text")
    amount = {"amount": 2, "currency": "EUR"}
    send(bob, "post", CURRENCIES, {"code": "CHF", "cf_size": "3.5", "cf_price": amount, "cf_secret_note": "hush"})
    answer = bob.get(f"{CURRENCIES}?format={form}&fields=code,custom_fields")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if form == "csv":
        assert content.decode().splitlines() == ["code,cf_size,cf_price", "CHF,3.5,2 EUR"]
    elif form == "json":
        assert answer.headers["Content-Type"] == "application/json"
        assert content == b'[\n{"code":"CHF","cf_size":"3.5","cf_price":"2 EUR"}\n]\n'
    else:
        assert content[:2] == b"PK"
        assert len(content) > 1000


def test_a_relation_leads_to_a_record_that_the_writer_sees(bob: Client, house: House) -> None:
    make_field(house, "partner", "relation", target="currencies.currency")
    euro = send(bob, "post", CURRENCIES, {"code": "EUR"}).json()
    south = {"X-Organization-Id": str(house.south.pk)}
    far = send(bob, "post", CURRENCIES, {"code": "EUR"}, **south).json()
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_partner": euro["id"]})
    assert own(made.json()) == {"partner": euro["id"]}
    ned = client_of(member(house, "currencies.manage", only=(house.north,), name="Ned"), organization=house.north)
    for unseen in (far["id"], "01900000-0000-7000-8000-000000000000"):
        refused = send(ned, "patch", f"{CURRENCIES}{made.json()['id']}/", {"cf_partner": unseen})
        assert complaints(refused) == {"custom_fields.partner": "kernel.reference.unknown"}


def test_undo_does_not_lead_to_a_deleted_record(bob: Client, house: House) -> None:
    make_field(house, "partner", "relation", target="currencies.currency")
    send(bob, "post", CURRENCIES, {"code": "USD"})
    euro = send(bob, "post", CURRENCIES, {"code": "EUR"}).json()
    made = send(bob, "post", CURRENCIES, {"code": "CHF", "cf_partner": euro["id"]}).json()
    cleared = send(bob, "patch", f"{CURRENCIES}{made['id']}/", {"cf_partner": None})
    send(bob, "delete", f"{CURRENCIES}{euro['id']}/")
    refused = send(bob, "post", f"/api/audit_logs/actions/{cleared['X-Action-Id']}/undo/", {})
    assert complaints(refused) == {"custom_fields.partner": "kernel.reference.unknown"}


def test_required_values_are_demanded_of_python_callers_too(house: House) -> None:
    make_field(house, "need", "text", is_required=True)
    with using_scope(house.scope(house.north)):
        with pytest.raises(InvalidInput) as refusal:
            create_currency(code="CHF")
        add_from_master(["EUR"])
    assert [(item.field, item.code) for item in refusal.value.errors] == [("custom_fields.need", "required")]
    with seeding(house.scope(house.north)):
        with pytest.raises(InvalidInput):
            Currency.objects.bulk_create([Currency(code="CHF", name="x", symbol="x")])
        with pytest.raises(InvalidInput):
            Currency(code="CHF", name="x", symbol="x", custom={"other": 1}).save(force_insert=True)
        with pytest.raises(TypeError):
            Currency.objects.update(custom={"need": 5})


def test_a_record_holds_128_values_at_most(bob: Client, house: House) -> None:
    with seeding(house.scope(house.north)):
        row = Currency(code="CHF", name="x", symbol="x")
        row.settle({f"old_{number}": number for number in range(128)})
        row.save(force_insert=True)
    make_field(house, "size", "integer")
    answer = send(bob, "patch", f"{CURRENCIES}{row.pk}/", {"cf_size": 1})
    assert complaints(answer) == {"custom_fields": "max_length"}


def test_a_number_keeps_its_digits_in_the_database(bob: Client, house: House) -> None:
    make_field(house, "size", "decimal")
    send(bob, "post", CURRENCIES, {"code": "CHF", "cf_size": "12345678901234567890.123456789012345678"})
    with seeding(house.scope()), connection.cursor() as cursor:
        cursor.execute("SELECT cf_num(custom, 'size')::text FROM currency WHERE code = 'CHF'")
        assert cursor.fetchone()[0] == "12345678901234567890.123456789012345678"
