"""Values of custom fields that lead to records: counted before these go, and moved with them, over HTTP."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.currencies.models import Currency
from apps.dictionaries.models import Dictionary
from apps.entities.models import FieldDefinition
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import usages_by_id
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.dictionaries.factories import ENTRIES, entry_of, make_dictionary, offered
from tests.directory.callers import client_of, member, send
from tests.entities.factories import CURRENCIES, DEFINITIONS, make_field
from tests.entities.test_records import CARS, make_car, make_type
from tests.entities.test_records import make_field as make_type_field
from tests.support.scopes import House, seeding


@pytest.fixture
def alice(house: House) -> Client:
    features = ("currencies.manage", "entities.definitions.manage", "dictionaries.manage", "audit_logs.undo_self")
    return client_of(member(house, *features), organization=house.north)


@pytest.fixture
def sources(house: House) -> Dictionary:
    return make_dictionary(house, "Fair", "fairs", "Web", key="sources")


def id_of(house: House, dictionary: Dictionary, value: str) -> str:
    return str(entry_of(house, dictionary, value).pk)


def made(client: Client, code: str, **body: Any) -> dict[str, Any]:
    answer = send(client, "post", CURRENCIES, {"code": code, **body})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def held(house: House, key: str = "source") -> dict[str, str | None]:
    """Codes of all currencies, deleted ones too, and what they hold."""
    with seeding(house.scope()):
        return {row.code: row.custom.get(key) for row in Currency.objects.order_by("code")}


def test_a_value_that_a_custom_field_uses_is_not_deleted(alice: Client, house: House, sources: Dictionary) -> None:
    make_field(house, "source", "dictionary", dictionary="sources")
    make_field(house, "second", "dictionary", dictionary="sources")
    fair = id_of(house, sources, "Fair")
    chf = made(alice, "CHF", cf_source=fair)
    made(alice, "EUR", cf_source=fair, cf_second=fair)
    gone = made(alice, "USD", cf_source=fair)
    send(alice, "delete", f"{CURRENCIES}{gone['id']}/")
    answer = send(alice, "delete", f"{ENTRIES}{fair}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "dictionaries.entry.in_use")
    counts = {"currencies.currency.custom.second": 1, "currencies.currency.custom.source": 2}
    assert answer.json()["usages"] == counts
    assert answer.json()["summary"] == "1 × currencies (Second), 2 × currencies (Source)"
    assert offered(house, sources) == ["Fair", "fairs", "Web"]
    send(alice, "patch", f"{CURRENCIES}{chf['id']}/", {"cf_source": None})
    assert send(alice, "delete", f"{ENTRIES}{id_of(house, sources, 'Web')}/").status_code == 204


def test_a_value_that_new_records_get_is_not_deleted(alice: Client, house: House, sources: Dictionary) -> None:
    fair, web = (id_of(house, sources, value) for value in ("Fair", "Web"))
    field = make_field(house, "source", "dictionary", dictionary="sources", default=fair)
    answer = send(alice, "delete", f"{ENTRIES}{fair}/")
    assert (answer.status_code, answer.json()["usages"]) == (409, {"entities.fielddefinition.default": 1})
    assert send(alice, "post", f"{ENTRIES}{fair}/merge/", {"into_id": web}).status_code == 200
    assert alice.get(f"{DEFINITIONS}{field.pk}/").json()["default"] == web
    assert made(alice, "CHF")["custom_fields"]["source"] == web


def test_a_merge_moves_custom_values_and_one_undo_brings_them_back(
    alice: Client, house: House, sources: Dictionary
) -> None:
    make_field(house, "source", "dictionary", dictionary="sources")
    make_field(house, "second", "dictionary", dictionary="sources")
    make_field(house, "note", "text")
    wrong, right, web = (id_of(house, sources, value) for value in ("fairs", "Fair", "Web"))
    chf = made(alice, "CHF", cf_source=wrong, cf_second=wrong, cf_note=wrong)
    made(alice, "EUR", cf_source=right, cf_second=wrong)
    made(alice, "PLN", cf_source=web)
    gone = made(alice, "USD", cf_source=wrong)
    send(alice, "delete", f"{CURRENCIES}{gone['id']}/")
    before = held(house), held(house, "second")
    merged = send(alice, "post", f"{ENTRIES}{wrong}/merge/", {"into_id": right})
    assert merged.status_code == 200, merged.content
    moved = ({"CHF": right, "EUR": right, "PLN": web, "USD": right}, {"CHF": right, "EUR": right} | NOBODY)
    assert (held(house), held(house, "second")) == moved
    assert held(house, "note")["CHF"] == wrong
    assert alice.get(f"{CURRENCIES}{chf['id']}/").json()["version"] == chf["version"] + 1
    undo = f"/api/audit_logs/actions/{merged['X-Action-Id']}/undo/"
    undone = send(alice, "post", undo, {}, **{"X-Organization-Id": "all"})
    assert undone.status_code == 200, undone.content
    assert (held(house), held(house, "second"), offered(house, sources)) == (*before, ["Fair", "fairs", "Web"])
    again = f"/api/audit_logs/actions/{undone['X-Action-Id']}/undo/"
    redone = send(alice, "post", again, {}, **{"X-Organization-Id": "all"})
    assert redone.status_code == 200, redone.content
    assert (held(house), held(house, "second")) == moved


NOBODY = {"PLN": None, "USD": None}


def test_a_merge_reaches_records_of_other_organizations(alice: Client, house: House, sources: Dictionary) -> None:
    make_field(house, "source", "dictionary", dictionary="sources")
    wrong, right = (id_of(house, sources, value) for value in ("fairs", "Fair"))
    south = {"X-Organization-Id": str(house.south.pk)}
    assert send(alice, "post", CURRENCIES, {"code": "CHF", "cf_source": wrong}, **south).status_code == 201
    assert send(alice, "delete", f"{ENTRIES}{wrong}/").status_code == 409
    assert send(alice, "post", f"{ENTRIES}{wrong}/merge/", {"into_id": right}).status_code == 200
    assert held(house) == {"CHF": right}


def test_a_merge_does_not_make_unique_values_the_same(alice: Client, house: House, sources: Dictionary) -> None:
    make_field(house, "source", "dictionary", dictionary="sources", is_unique=True)
    wrong, right, web = (id_of(house, sources, value) for value in ("fairs", "Fair", "Web"))
    made(alice, "CHF", cf_source=wrong)
    made(alice, "EUR", cf_source=right)
    answer = send(alice, "post", f"{ENTRIES}{wrong}/merge/", {"into_id": right})
    assert (answer.status_code, answer.json()["code"]) == (409, "entities.value.unique")
    assert held(house) == {"CHF": wrong, "EUR": right}
    assert send(alice, "post", f"{ENTRIES}{wrong}/merge/", {"into_id": web}).status_code == 200
    assert held(house) == {"CHF": web, "EUR": right}


def test_values_of_a_deleted_field_are_in_nobodys_way_and_move_along(
    alice: Client, house: House, sources: Dictionary
) -> None:
    field = make_field(house, "source", "dictionary", dictionary="sources")
    wrong, right = (id_of(house, sources, value) for value in ("fairs", "Fair"))
    made(alice, "CHF", cf_source=wrong)
    send(alice, "delete", f"{DEFINITIONS}{field.pk}/")
    assert alice.get(f"{ENTRIES}{wrong}/usages/").json()["usages"] == []
    assert send(alice, "post", f"{ENTRIES}{wrong}/merge/", {"into_id": right}).status_code == 200
    assert held(house) == {"CHF": right}


def test_a_record_that_a_relation_leads_to_is_not_deleted(alice: Client, house: House) -> None:
    make_field(house, "partner", "relation", target="currencies.currency")
    made(alice, "EUR")  # the first one is the base, which is not deleted in any case
    dollar = made(alice, "USD")
    franc = made(alice, "CHF", cf_partner=dollar["id"])
    path = f"{CURRENCIES}{dollar['id']}/"
    answer = send(alice, "delete", path)
    assert (answer.status_code, answer.json().get("usages")) == (409, {"currencies.currency.custom.partner": 1})
    send(alice, "delete", f"{CURRENCIES}{franc['id']}/")
    assert send(alice, "delete", path).status_code == 204


def test_relations_that_lead_nowhere_are_reported(house: House) -> None:
    make_field(house, "partner", "relation", target="currencies.currency")
    out = StringIO()
    with seeding(house.scope(house.north)):
        euro = Currency(code="EUR", name="x", symbol="x")
        euro.settle({})
        euro.save(force_insert=True)
        franc = Currency(code="CHF", name="x", symbol="x")
        franc.settle({"partner": str(euro.pk)})
        franc.save(force_insert=True)
    call_command("check_references", tenant=house.tenant.pk, stdout=out)
    with seeding(house.scope(house.north)):
        for code in ("PLN", "USD"):
            row = Currency(code=code, name="x", symbol="x")
            row.settle({"partner": str(uuid7()) if code == "PLN" else "nonsense"})
            row.save(force_insert=True)
    with pytest.raises(CommandError, match="2 references"):
        call_command("check_references", tenant=house.tenant.pk, stdout=out)
    assert "2 × currency.custom.partner → currencies.currency" in out.getvalue()


def test_where_no_field_points_no_record_is_looked_at(house: House) -> None:
    make_field(house, "partner", "relation", target="currencies.currency")
    with using_scope(house.scope()), scoped_transaction(), CaptureQueriesContext(connection) as captured:
        usages_by_id("dictionaries.entry", [uuid7() for _ in range(20)])
    own = [query["sql"] for query in captured if '"custom"' in query["sql"]]
    assert own == []
    assert sum(FieldDefinition._meta.db_table in query["sql"] for query in captured) == 1


def test_records_of_the_tenant_s_own_types_hold_and_are_held(house: House, sources: Dictionary) -> None:
    client = client_of(member(house, "entities.*", "dictionaries.manage"), organization=house.north)
    make_type(client)
    make_type(client, "garage", label="Garage", label_plural="Garages")
    make_type_field(client, "source", "dictionary", dictionary="sources")
    make_type_field(client, "stands", "relation", target="custom.garage")
    wrong, right = (id_of(house, sources, value) for value in ("fairs", "Fair"))
    garage = make_car(client, "South side", path="/api/entities/garage/records/")
    car = make_car(client, "Fiat", source=wrong, stands=garage["id"])
    answer = send(client, "delete", f"{ENTRIES}{wrong}/")
    assert (answer.status_code, answer.json()["summary"]) == (409, "1 × Cars (Source)")
    answer = send(client, "delete", f"/api/entities/garage/records/{garage['id']}/")
    assert (answer.status_code, answer.json()["usages"]) == (409, {"entities.record.custom.car.stands": 1})
    assert send(client, "post", f"{ENTRIES}{wrong}/merge/", {"into_id": right}).status_code == 200
    assert client.get(f"{CARS}{car['id']}/").json()["custom_fields"]["source"] == right
