"""Values of custom fields over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.currencies.models import Currency
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
