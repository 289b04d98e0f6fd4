"""Records of types that tenants make, over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.entities.models import Record, RecordType
from apps.entities.setup import seed_examples
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House, seeding

LEFT_OUT = ("SAVEPOINT", "set_config", "field_index", "field_definition", "tenant_standing")
TYPES, FIELDS, CARS = "/api/entities/types/", "/api/entities/definitions/", "/api/entities/car/records/"


def caller(house: House, *features: str, **options: Any) -> Client:
    """Somebody in North with these features."""
    return client_of(member(house, *features, **options), organization=house.north)


@pytest.fixture
def alice(house: House) -> Client:
    client = caller(house, "entities.*", "audit_logs.undo_tenant", "audit_logs.view_tenant")
    make_type(client)
    return client


def make_type(client: Client, key: str = "car", **parts: Any) -> dict[str, Any]:
    """A type with a number, a text and a day."""
    answer = send(client, "post", TYPES, {"key": key, "label": "Car", "label_plural": "Cars", **parts})
    assert answer.status_code == 201, answer.content
    for name, kind in {"seats": "integer", "plate": "text", "bought": "date"}.items():
        make_field(client, name, kind, entity=f"custom.{key}")
    made: dict[str, Any] = answer.json()
    return made


def make_field(client: Client, key: str, kind: str, *, entity: str = "custom.car", **parts: Any) -> dict[str, Any]:
    """A field of the type."""
    body = {"entity": entity, "key": key, "label": key.capitalize(), "kind": kind, "is_listed": True, **parts}
    answer = send(client, "post", FIELDS, body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def make_car(client: Client, title: str, *, path: str = CARS, **fields: Any) -> dict[str, Any]:
    """A car."""
    answer = send(client, "post", path, {"title": title, "custom_fields": fields})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def titles(client: Client, **parameters: Any) -> list[str]:
    """Titles on the page."""
    answer = client.get(CARS, parameters)
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def test_a_record_is_made_read_changed_and_deleted(alice: Client) -> None:
    made = make_car(alice, "Van", seats=7, plate="W 1")
    path = f"{CARS}{made['id']}/"
    assert made["custom_fields"] == {"bought": None, "plate": "W 1", "seats": 7}
    changed = send(alice, "patch", path, {"cf_seats": 8, "title": "Bus"})
    assert (changed.status_code, changed.json()["custom_fields"]["seats"], changed["ETag"]) == (200, 8, '"2"')
    shown = alice.get(path)
    assert (shown.json()["title"], shown["ETag"]) == ("Bus", '"2"')
    stale = send(alice, "patch", path, {"title": "x"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.stale_version")
    assert alice.delete(path).status_code == 204
    assert (alice.get(path).status_code, titles(alice)) == (404, [])


def test_lists_filter_sort_page_and_export(alice: Client) -> None:
    for title, seats in {"A": 2, "B": 5, "C": 7, "D": None}.items():
        make_car(alice, title, seats=seats)
    assert titles(alice, cf_seats__gte=5, ordering="-cf_seats") == ["C", "B"]
    assert titles(alice, ordering="cf_seats") == ["A", "B", "C", "D"]
    tree = json.dumps({"field": "cf_seats", "operator": "<", "value": 6})
    assert titles(alice, filter=tree) == ["A", "B"]
    page = alice.get(f"{CARS}?ordering=cf_seats&cursor=&page_size=3").json()
    assert [row["title"] for row in alice.get(page["next"]).json()["results"]] == ["D"]
    file: Any = alice.get(f"{CARS}?format=csv&fields=title,custom_fields&ordering=-cf_seats&cf_seats__gt=2")
    assert b"".join(file.streaming_content).decode().splitlines() == [
        "title,cf_seats,cf_plate,cf_bought",
        "C,7,,",
        "B,5,,",
    ]
    answer = alice.get(CARS, {"cf_seats": "many", "cf_wheels": "4"})
    assert complaints(answer) == {"cf_seats": "kernel.filter.invalid", "cf_wheels": "kernel.parameter.unknown"}


def test_types_are_kept_apart(alice: Client) -> None:
    make_type(alice, "bike")
    make_field(alice, "gears", "integer", entity="custom.bike")
    bikes = "/api/entities/bike/records/"
    bike = make_car(alice, "Racer", path=bikes, gears=22)
    make_car(alice, "Van")
    assert titles(alice) == ["Van"]
    for method in ("get", "delete"):
        assert send(alice, method, f"{CARS}{bike['id']}/").status_code == 404
    assert send(alice, "patch", f"{CARS}{bike['id']}/", {"title": "Mine"}).status_code == 404
    assert complaints(alice.get(CARS, {"cf_gears": "22"})) == {"cf_gears": "kernel.parameter.unknown"}
    answer = send(alice, "post", CARS, {"title": "x", "cf_gears": 1})
    assert (answer.status_code, complaints(answer)) == (400, {"custom_fields.gears": "unknown"})


def test_wrong_values_are_all_told_and_nothing_is_written(alice: Client, house: House) -> None:
    make_field(alice, "vin", "text", is_required=True)
    answer = send(alice, "post", CARS, {"cf_seats": "many", "cf_other": 1})
    expected = {"title": "blank", "custom_fields.seats": "invalid", "custom_fields.other": "unknown"}
    assert (answer.status_code, complaints(answer)) == (400, {**expected, "custom_fields.vin": "required"})
    with seeding(house.scope()):
        assert not Record.objects.exists()


def test_a_field_may_name_the_records(alice: Client, house: House) -> None:
    kind = alice.get(TYPES).json()["results"][0]
    assert send(alice, "patch", f"{TYPES}{kind['id']}/", {"label_field": "plate"}).status_code == 200
    made = send(alice, "post", CARS, {"cf_plate": "W 77"}).json()
    assert made["title"] == "W 77"
    assert send(alice, "patch", f"{CARS}{made['id']}/", {"cf_plate": "W 78"}).json()["title"] == "W 78"


def test_unique_values_are_unique_within_a_type(alice: Client) -> None:
    make_type(alice, "bike")
    for entity in ("custom.car", "custom.bike"):
        make_field(alice, "frame", "text", entity=entity, is_unique=True)
    make_car(alice, "Van", frame="F1")
    make_car(alice, "Racer", path="/api/entities/bike/records/", frame="F1")
    answer = send(alice, "post", CARS, {"title": "Bus", "cf_frame": "F1"})
    assert (answer.status_code, complaints(answer)) == (400, {"custom_fields.frame": "kernel.duplicate"})


def test_many_records_are_changed_as_one_action_and_undone(alice: Client) -> None:
    for title, seats in {"A": 2, "B": 5, "C": 7}.items():
        make_car(alice, title, seats=seats)
    tree = {"field": "cf_seats", "operator": ">", "value": 2}
    body = {"action": "update", "filter": tree, "changes": {"cf_plate": "X"}}
    done = send(alice, "post", f"{CARS}bulk/", body)
    assert (done.status_code, done.json().get("count")) == (200, 2), done.content
    assert titles(alice, cf_plate="X") == ["B", "C"]
    undone = send(alice, "post", f"/api/audit_logs/actions/{done['X-Action-Id']}/undo/", {})
    assert (undone.status_code, titles(alice, cf_plate="X")) == (200, [])


def test_the_history_names_the_fields_of_the_type(alice: Client) -> None:
    made = make_car(alice, "Van", seats=7)
    changed = send(alice, "patch", f"{CARS}{made['id']}/", {"cf_seats": 8})
    details = alice.get(f"/api/audit_logs/actions/{changed['X-Action-Id']}/").json()
    assert '"Seats"' in json.dumps(details), details


def test_an_encrypted_value_stays_out_of_the_history(alice: Client) -> None:
    make_field(alice, "pin", "text", is_encrypted=True)
    made = send(alice, "post", CARS, {"title": "Van", "cf_pin": "hush"})
    details = json.dumps(alice.get(f"/api/audit_logs/actions/{made['X-Action-Id']}/").json()["input"])
    assert "hush" not in details
    assert titles(alice, cf_pin="hush") == ["Van"]


FEATURES = (
    ("entities.car.view", 200, 403),
    ("entities.car.manage", 200, 201),
    ("entities.car.*", 200, 201),
    ("entities.*", 200, 201),
    ("entities.bike.manage", 403, 403),
    ("entities.types.manage", 403, 403),
)


@pytest.mark.parametrize(("feature", "read", "write"), FEATURES)
def test_each_type_has_features_of_its_own(alice: Client, house: House, feature: str, read: int, write: int) -> None:
    make_type(alice, "bike")
    bob = caller(house, feature, name="Bob")
    assert bob.get(CARS).status_code == read
    answer = send(bob, "post", CARS, {"title": "Van"})
    assert answer.status_code == write
    if write == 403:
        assert answer.json()["feature"] == "entities.car.manage"


def test_unknown_types_and_foreign_ones_look_the_same(alice: Client, house: House, other_house: House) -> None:
    charlie = client_of(member(other_house, "entities.*", name="Charlie"), organization=other_house.north)
    mine, theirs = charlie.get(CARS), charlie.get("/api/entities/nothing/records/")
    assert (mine.status_code, theirs.status_code) == (404, 404)
    assert mine.json() == theirs.json()
    bob = caller(house, "currencies.view", name="Bob")
    assert {bob.get(path).status_code for path in (CARS, "/api/entities/nothing/records/")} == {403}
    assert Client().get(CARS).status_code == 401


def test_roles_are_granted_features_of_types(alice: Client, house: House) -> None:
    boss = caller(house, "auth.*", "entities.*", name="Boss")
    offered = json.dumps(boss.get("/api/auth/features/").json())
    assert "entities.car.view" in offered
    assert "Add, change and delete Cars" in offered
    for feature, status in {"entities.car.view": 201, "entities.car.*": 201, "entities.boat.view": 400}.items():
        answer = send(boss, "post", "/api/auth/roles/", {"name": f"Role {feature}", "features": [feature]})
        assert answer.status_code == status, answer.content


def test_a_type_with_records_stays(alice: Client, house: House) -> None:
    kind = alice.get(TYPES).json()["results"][0]
    made = make_car(alice, "Van")
    south = client_of(member(house, "entities.*", name="South"), organization=house.south)
    refused = send(south, "delete", f"{TYPES}{kind['id']}/")
    assert (refused.status_code, refused.json()["code"], refused.json()["records"]) == (409, "entities.type.in_use", 1)
    alice.delete(f"{CARS}{made['id']}/")
    assert alice.delete(f"{TYPES}{kind['id']}/").status_code == 204
    assert alice.get(CARS).status_code == 404
    again = send(alice, "post", TYPES, {"key": "car", "label": "Car"})
    assert (again.status_code, again.json()["code"]) == (409, "entities.type.key_taken")
    assert send(alice, "post", f"{TYPES}{kind['id']}/restore/", {}).status_code == 200
    assert titles(alice) == []
    with seeding(house.scope()):
        assert RecordType.objects.get().deleted_at is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"key": "Car", "label": "Car"}, {"key": "invalid"}),
        ({"key": "records", "label": "x"}, {"key": "reserved"}),
        ({"label": "x" * 81}, {"key": "required", "label": "max_length"}),
    ],
)
def test_a_wrong_type_is_refused(alice: Client, body: dict[str, Any], expected: dict[str, str]) -> None:
    answer = send(alice, "post", TYPES, body)
    assert (answer.status_code, complaints(answer)) == (400, expected)


def test_records_point_to_records(alice: Client) -> None:
    make_type(alice, "driver")
    make_field(alice, "driver", "relation", target="custom.driver")
    driver = make_car(alice, "Ann", path="/api/entities/driver/records/")
    car = make_car(alice, "Van", driver=driver["id"])
    assert titles(alice, cf_driver=driver["id"]) == ["Van"]
    answer = send(alice, "patch", f"{CARS}{car['id']}/", {"cf_driver": car["id"]})
    assert (answer.status_code, list(complaints(answer))) == (400, ["custom_fields.driver"])


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_a_fixed_number_of_queries(alice: Client, count: int) -> None:
    for number in range(count):
        make_car(alice, f"Car {number}", seats=number)
    parameters = {"cf_seats__gte": "0", "ordering": "-cf_seats", "page_size": "100"}
    assert len(titles(alice, **parameters)) == count
    with CaptureQueriesContext(connection) as queries:
        titles(alice, **parameters)
    # What is asked once in half a minute, and what tells the database the scope, is left out.
    asked = [item["sql"] for item in queries if not any(word in item["sql"] for word in LEFT_OUT)]
    assert len(asked) == 4, asked


def test_a_demonstration_has_a_type_with_records_and_gets_it_once(house: House) -> None:
    with using_scope(replace(house.scope(), organization_id=None)):
        for _ in range(2):
            seed_examples(current_scope())
        with scoped_transaction():
            records = Record.objects.order_by("title")
            assert [(row.title, row.custom["seats"], row.custom["drive"]) for row in records] == [
                ("AG 1001", 3, "diesel"),
                ("AG 1002", 5, "electric"),
                ("AG 1003", 2, "electric"),
            ]
