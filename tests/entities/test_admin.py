"""Back office pages: definitions, and custom fields on the pages of records."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.currencies.models import Currency
from apps.currencies.services import create_currency
from apps.entities.models import FieldDefinition
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import client_of, member
from tests.entities.factories import CURRENCY, body_of, make_field
from tests.support.scopes import House, seeding

LIST = "/backend/entities/fielddefinition/"
MONEY = "/backend/currencies/currency/"
OPTIONS = [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}]
NEW = {"entity": CURRENCY, "key": "size", "label": "Size", "kind": "select", "options": "s | Small | #00ff00\nl"}


@pytest.fixture
def manager(house: House) -> Client:
    features = ("currencies.*", "entities.*", "audit_logs.view_tenant", "audit_logs.undo_tenant")
    return client_of(member(house, *features), organization=house.north)


def make_currency(house: House, **custom: Any) -> Currency:
    with using_scope(house.scope(house.north)):
        made: Currency = create_currency(code="CHF", custom_fields=custom)
    return made


def custom_of(house: House) -> dict[str, Any]:
    with seeding(house.scope()):
        custom: dict[str, Any] = Currency.objects.get(code="CHF").custom
    return custom


def test_a_field_is_defined_with_its_options(manager: Client, house: House) -> None:
    assert manager.get(f"{LIST}add/").status_code == 200
    answer = manager.post(f"{LIST}add/", {**NEW, "default": "l", "is_visible": "on", "is_listed": "on"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with seeding(house.scope()):
        field = FieldDefinition.objects.get()
    assert field.options == [
        {"value": "s", "label": "Small", "colour": "#00ff00"},
        {"value": "l", "label": "l", "colour": ""},
    ]
    assert (field.default, field.is_listed, field.is_filterable, field.order) == ("l", True, False, 10)
    page = manager.get(LIST).content.decode()
    assert "Smallest coin" in page
    assert "Currencies" in page


def test_what_is_wrong_stands_beside_the_parts(manager: Client) -> None:
    wrong = {"kind": "integer", "minimum": "low", "options": "s | S | red"}
    answer = manager.post(f"{LIST}add/", {**NEW, **wrong})
    assert set(answer.context["adminform"].form.errors) == {"options", "minimum"}


def test_a_field_is_adapted_changed_deleted_restored_and_purged(manager: Client, house: House) -> None:
    adapt = manager.get(LIST).context["declared"][0]["adapt"]
    form = body_of(manager.get(adapt))
    assert manager.post(f"{LIST}add/", {**form, "label": "Coin"}).status_code == 302
    with seeding(house.scope()):
        field = FieldDefinition.objects.get()
    page = f"{LIST}{field.pk}/"
    form = body_of(manager.get(f"{page}change/"))
    answer = manager.post(f"{page}change/", {**form, "label": "Rappen"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert manager.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert "Rappen" not in manager.get(LIST).content.decode().partition('id="result_list"')[2]
    assert f"{page}do/restore/" in manager.get(f"{LIST}?state=deleted").content.decode()
    assert manager.get(f"{page}change/").status_code == 200
    assert manager.post(f"{page}do/restore/", {}).status_code == 302
    manager.post(f"{page}delete/", {"post": "yes"})
    purged = manager.post(f"{page}do/purge/", {})
    assert (purged.status_code, purged["Location"]) == (302, LIST)


def test_two_people_change_a_definition(manager: Client, house: House) -> None:
    field = make_field(house, "size", "integer")
    page = f"{LIST}{field.pk}/change/"
    mine, theirs = body_of(manager.get(page)), body_of(manager.get(page))
    assert manager.post(page, {**theirs, "label": "Their label"}).status_code == 302
    answer = manager.post(page, {**mine, "label": "My label"})
    assert answer.status_code == 412
    conflicts = [(item.name, item.theirs, item.yours) for item in answer.context["conflicts"]]
    assert conflicts == [("label", "Their label", "My label")]


VALUES: tuple[tuple[str, dict[str, Any], dict[str, Any], Any], ...] = (
    ("text", {}, {"cf_size": "x"}, "x"),
    ("multiline", {}, {"cf_size": "x\r\ny"}, "x\ny"),
    ("richtext", {}, {"cf_size": "<b>x</b>"}, "<b>x</b>"),
    ("integer", {}, {"cf_size": "12"}, 12),
    ("decimal", {}, {"cf_size": "1,50"}, "1.5"),
    ("boolean", {}, {"cf_size": "false"}, False),
    ("date", {}, {"cf_size": "2026-02-28"}, "2026-02-28"),
    ("datetime", {}, {"cf_size": "2026-02-28 12:00"}, "2026-02-28T12:00:00.000000Z"),
    ("select", {"options": OPTIONS}, {"cf_size": "red"}, "red"),
    ("multiselect", {"options": OPTIONS}, {"cf_size": ["red", "blue"]}, ["red", "blue"]),
    ("currency", {}, {"cf_size_0": "12.5", "cf_size_1": "eur"}, "12.5"),
    ("url", {}, {"cf_size": "https://example.com/"}, "https://example.com/"),
    ("email", {}, {"cf_size": "ada@example.com"}, "ada@example.com"),
    ("phone", {}, {"cf_size": "+48 22 123 45 67"}, "+48221234567"),
)


@pytest.mark.parametrize(("kind", "parts", "given", "held"), VALUES)
def test_a_value_of_each_kind_is_entered_and_kept(
    manager: Client, house: House, *, kind: str, parts: dict[str, Any], given: dict[str, Any], held: Any
) -> None:
    make_field(house, "size", kind, group="Sizes", is_listed=True, **parts)
    page = manager.get(f"{MONEY}add/")
    assert "Sizes" in page.content.decode()
    answer = manager.post(f"{MONEY}add/", {"code": "CHF", **given})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    custom = custom_of(house)
    assert (str(custom["size"]) if kind in {"decimal", "currency"} else custom["size"]) == held
    with seeding(house.scope()):
        change = f"{MONEY}{Currency.objects.get(code='CHF').pk}/change/"
    form = body_of(manager.get(change))
    assert manager.post(change, {**form, "name": "Franc"}).status_code == 302
    assert custom_of(house) == custom
    assert manager.get(MONEY).status_code == 200


def test_a_link_is_chosen_while_typing(manager: Client, house: House) -> None:
    make_field(house, "partner", "relation", target=CURRENCY, is_listed=True)
    with using_scope(house.scope(house.north)):
        euro = create_currency(code="EUR")
    asked = {"app_label": "currencies", "model_name": "currency", "field_name": "cf_partner", "term": "eur"}
    found = manager.get("/backend/references/", asked).json()
    assert [item["id"] for item in found["results"]] == [str(euro.pk)]
    assert manager.post(f"{MONEY}add/", {"code": "CHF", "cf_partner": str(euro.pk)}).status_code == 302
    assert custom_of(house) == {"partner": str(euro.pk)}
    assert "EUR — Euro" in manager.get(MONEY).content.decode().partition("CHF")[2]


def test_complaints_stand_beside_the_fields(manager: Client, house: House) -> None:
    make_field(house, "size", "integer", minimum="10")
    make_field(house, "need", "text", is_required=True)
    answer = manager.post(f"{MONEY}add/", {"code": "CHF", "cf_size": "3", "cf_cash_step": "x"})
    assert set(answer.context["adminform"].form.errors) == {"cf_size", "cf_need", "cf_cash_step"}


def test_who_may_only_look_reads_values(house: House) -> None:
    make_field(house, "size", "select", options=OPTIONS)
    chf = make_currency(house, size="red")
    reader = client_of(member(house, "currencies.view"), organization=house.north)
    page = reader.get(f"{MONEY}{chf.pk}/change/").content.decode()
    assert "Red" in page
    assert 'name="cf_size"' not in page


def test_two_people_change_custom_values(manager: Client, house: House) -> None:
    make_field(house, "size", "integer")
    make_field(house, "colour", "select", options=OPTIONS)
    chf = make_currency(house, size=1, colour="red")
    page = f"{MONEY}{chf.pk}/change/"
    mine, theirs = body_of(manager.get(page)), body_of(manager.get(page))
    assert manager.post(page, {**theirs, "cf_size": "2"}).status_code == 302
    answer = manager.post(page, {**mine, "cf_size": "3", "cf_colour": "blue"})
    assert answer.status_code == 412
    conflicts = {item.name: (item.before, item.theirs, item.yours, item.choice) for item in answer.context["conflicts"]}
    assert conflicts == {"cf_size": ("1", "2", "3", "yours"), "cf_colour": ("Red", "Red", "Blue", "yours")}


def test_the_history_names_fields_and_options(manager: Client, house: House) -> None:
    make_field(house, "size", "select", label="Size of it", options=OPTIONS)
    chf = make_currency(house, size="red")
    page = f"{MONEY}{chf.pk}/change/"
    manager.post(page, {**body_of(manager.get(page)), "cf_size": "blue"})
    entry = manager.get(f"{MONEY}{chf.pk}/history/").context["entries"][0]
    assert [(item.label, item.old, item.new) for item in entry.diff.rows[0].fields] == [("Size of it", "Red", "Blue")]
