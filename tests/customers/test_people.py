"""People over HTTP: names, ways to reach them, addresses, tags and groups, deletion and undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.customers.models import ContactPoint, Customer
from tests.auth.factories import make_user
from tests.customers.factories import (
    DEALS,
    INTERACTIONS,
    PEOPLE,
    clerk,
    make_deal,
    make_group,
    make_interaction,
    make_person,
    make_tag,
)
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import complaints, send
from tests.support.scopes import House, seeding

ADA = {"first_name": "Ada", "last_name": "Lovelace"}
EMAIL = {"channel": "email", "type": "work", "value": "Ada@Example.org"}
PHONE = {"channel": "phone", "type": "mobile", "value": "+44 20 7946 0958"}
HOME = {"purpose": "home", "line1": "St James's Square 12", "city": "London", "country": "GB"}


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(bob: Client, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", PEOPLE, {**ADA, **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def test_a_person_comes_with_everything_that_belongs_to_them(bob: Client, house: House) -> None:
    tag, group = str(make_tag(house).pk), str(make_group(house).pk)
    record = made(bob, contact_points=[EMAIL, PHONE], addresses=[HOME], tag_ids=[tag], group_ids=[group])
    assert record["display_name"] == "Ada Lovelace"
    points = [(item["channel"], item["value"], item["is_primary"]) for item in record["contact_points"]]
    assert points == [("email", "ada@example.org", True), ("phone", "+442079460958", True)]
    assert [(item["city"], item["country"], item["is_primary"]) for item in record["addresses"]] == [
        ("London", "GB", True)
    ]
    assert (record["tag_ids"], record["group_ids"]) == ([tag], [group])
    assert bob.get(f"{PEOPLE}{record['id']}/").json() == record
    [listed] = bob.get(PEOPLE).json()["results"]
    assert listed["display_name"] == "Ada Lovelace"
    assert "contact_points" not in listed


def test_the_display_name_follows_the_names_until_it_is_chosen(bob: Client, house: House) -> None:
    path = f"{PEOPLE}{made(bob)['id']}/"
    assert send(bob, "patch", path, {"last_name": "King"}).json()["display_name"] == "Ada King"
    assert send(bob, "patch", path, {"display_name": "The Countess"}).json()["display_name"] == "The Countess"
    assert send(bob, "patch", path, {"last_name": "Byron"}).json()["display_name"] == "The Countess"
    assert send(bob, "patch", path, {"display_name": ""}).json()["display_name"] == "Ada Byron"
    answer = send(bob, "patch", path, {"display_name": "", "first_name": "", "last_name": " "})
    assert complaints(answer) == {"display_name": "customers.customer.name_missing"}
    with seeding(house.scope()):
        assert list(Customer.objects.values_list("kind", "name")) == [("person", "Ada Byron")]


def test_a_time_zone_is_one_that_there_is(bob: Client) -> None:
    assert made(bob, time_zone="Europe/Warsaw")["time_zone"] == "Europe/Warsaw"
    wrong = send(bob, "post", PEOPLE, {**ADA, "time_zone": "Nowhere/Bogus"})
    assert complaints(wrong) == {"time_zone": "customers.person.time_zone"}


def test_null_clears_a_text_as_the_empty_one_does(bob: Client) -> None:
    record = made(
        bob, display_name="Countess", job_title="Analyst", description=None, linkedin_url="https://ada.example"
    )
    path = f"{PEOPLE}{record['id']}/"
    cleared = dict.fromkeys(("display_name", "first_name", "job_title", "linkedin_url"))
    changed = send(bob, "patch", path, cleared).json()
    assert [changed[name] for name in cleared] == ["Lovelace", "", "", ""]
    assert complaints(send(bob, "patch", path, {"last_name": None})) == {
        "display_name": "customers.customer.name_missing"
    }


def test_a_list_is_set_as_a_whole_and_its_rows_keep_their_ids(bob: Client) -> None:
    record = made(bob, contact_points=[EMAIL, PHONE])
    path, [email, phone] = f"{PEOPLE}{record['id']}/", record["contact_points"]
    private = {"channel": "email", "type": "private", "value": "ada@home.example", "is_primary": True}
    answer = send(bob, "patch", path, {"contact_points": [{"id": email["id"], "is_primary": False}, private]})
    found = answer.json()["contact_points"]
    assert [(item["value"], item["is_primary"]) for item in found] == [
        ("ada@home.example", True),
        ("ada@example.org", False),
    ]
    assert found[1]["id"] == email["id"]
    assert phone["id"] not in {item["id"] for item in found}
    assert answer.json()["version"] == 2
    assert send(bob, "patch", path, {"job_title": "Analyst"}).json()["contact_points"] == found
    assert send(bob, "patch", path, {"contact_points": []}).json()["contact_points"] == []


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(bob: Client, house: House) -> None:
    body = {
        "first_name": "x" * 121,
        "linkedin_url": "nonsense",
        "owner_id": str(make_tag(house).pk),
        "contact_points": [{**EMAIL, "value": "ada"}, {**PHONE, "value": "12", "type": "x"}],
        "tag_ids": ["01a2056d-6f6b-75e5-baed-229d1661d77d"],
        "cf_pronouns": 5,
        "colour": "red",
    }
    found = complaints(send(bob, "post", PEOPLE, body))
    assert {"first_name", "linkedin_url", "contact_points.1.type", "colour"} <= found.keys()
    del body["colour"], body["first_name"], body["linkedin_url"], body["owner_id"], body["cf_pronouns"]
    body |= {"first_name": "Ada", "contact_points": [{**EMAIL, "value": "ada"}, {**PHONE, "value": "12"}]}
    found = complaints(send(bob, "post", PEOPLE, body))
    assert found == {
        "contact_points.0.value": "customers.contact_point.value_invalid",
        "contact_points.1.value": "customers.contact_point.value_invalid",
        "tag_ids.0": "kernel.reference.unknown",
    }
    assert bob.get(PEOPLE).json()["count"] == 0


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([EMAIL, {**EMAIL, "value": "ada@example.org"}], {"contact_points.1.value": "customers.list.repeated"}),
        (
            [{**EMAIL, "is_primary": True}, {**EMAIL, "value": "b@example.org", "is_primary": True}],
            {"contact_points.1.is_primary": "customers.list.two_primary"},
        ),
        (
            [{**EMAIL, "id": "01a2056d-6f6b-75e5-baed-229d1661d77d"}],
            {"contact_points.0.id": "kernel.reference.unknown"},
        ),
    ],
)
def test_a_list_that_does_not_go_together_is_refused(
    bob: Client, points: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    assert complaints(send(bob, "post", PEOPLE, {**ADA, "contact_points": points})) == expected


def test_rows_of_somebody_else_are_no_rows(bob: Client) -> None:
    first = made(bob, contact_points=[EMAIL])
    answer = send(bob, "post", PEOPLE, {**ADA, "contact_points": [{**EMAIL, "id": first["contact_points"][0]["id"]}]})
    assert complaints(answer)["contact_points.0.id"] == "kernel.reference.unknown"


def test_undo_takes_everything_back_and_redo_brings_it_again(bob: Client) -> None:
    record = made(bob, contact_points=[EMAIL], addresses=[HOME])
    path = f"{PEOPLE}{record['id']}/"
    changed = send(bob, "patch", path, {"last_name": "King", "contact_points": [PHONE], "addresses": []})
    undone = send(bob, "post", f"/api/audit_logs/actions/{changed['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    now = bob.get(path).json()
    assert [now[name] for name in ("display_name", "contact_points", "addresses")] == [
        record[name] for name in ("display_name", "contact_points", "addresses")
    ]
    send(bob, "post", f"/api/audit_logs/actions/{undone['X-Action-Id']}/undo/", {})
    assert bob.get(path).json()["display_name"] == "Ada King"


def test_a_deleted_person_is_out_of_sight_until_restored(bob: Client, house: House) -> None:
    record = made(bob, contact_points=[EMAIL])
    path = f"{PEOPLE}{record['id']}/"
    assert send(bob, "delete", path).status_code == 204
    assert bob.get(path).status_code == 404
    assert send(bob, "patch", path, {"last_name": "x"}).status_code == 404
    restored = send(bob, "post", f"{path}restore/", {})
    assert (restored.status_code, restored.json()["contact_points"]) == (200, record["contact_points"])
    assert send(bob, "post", f"{path}restore/", {}).status_code == 404


def test_addresses_and_emails_are_nowhere_in_the_clear(bob: Client, house: House) -> None:
    made(bob, contact_points=[EMAIL], addresses=[HOME])
    with connection.cursor() as cursor:
        for table in ("contact_point", "customer_address", "row_image", "action", "outbox"):
            cursor.execute(f"SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM {table} t")
            [text] = cursor.fetchone() or ("",)
            assert "ada@example.org" not in text.lower(), table
            assert "James" not in text, table
    with seeding(house.scope(house.north)):
        assert ContactPoint.objects.filter(value="ada@example.org").count() == 1


def test_another_organization_and_another_tenant_see_nothing(bob: Client, house: House, other_house: House) -> None:
    path = f"{PEOPLE}{made(bob)['id']}/"
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert stranger.get(path).status_code == 404
        assert send(stranger, "patch", path, {"last_name": "x"}).status_code == 404
        assert stranger.get(PEOPLE).json()["count"] == 0


def test_a_status_is_one_of_the_dictionary_for_statuses(bob: Client, house: House) -> None:
    statuses = make_dictionary(house, "Active", key="customers.status", is_system=True)
    others = make_dictionary(house, "Red", key="colours")
    active, red = (str(entry_of(house, *pair).pk) for pair in ((statuses, "Active"), (others, "Red")))
    assert made(bob, status_id=active)["status_id"] == active
    answer = send(bob, "post", PEOPLE, {**ADA, "status_id": red, "source_id": active})
    assert complaints(answer) == dict.fromkeys(("status_id", "source_id"), "kernel.reference.unknown")


def test_a_colleague_who_has_left_is_in_nobodys_way(house: House) -> None:
    bob, carol = clerk(house, "customers.*", "auth.*"), make_user(house, name="Carol")
    owner = {"owner_id": str(carol.pk)}
    person = f"{PEOPLE}{make_person(house, owner_id=carol.pk).pk}/"
    deal = f"{DEALS}{make_deal(house, owner_id=carol.pk).pk}/"
    call = f"{INTERACTIONS}{make_interaction(house, owner_id=carol.pk).pk}/"
    assert send(bob, "delete", f"/api/auth/users/{carol.pk}/").status_code == 204
    for path, values in ((person, {"job_title": "Countess"}), (deal, {"title": "Mills"}), (call, {"title": "Mills"})):
        assert send(bob, "patch", path, values).status_code == 200
    other = f"{PEOPLE}{make_person(house).pk}/"
    assert complaints(send(bob, "patch", other, owner)) == {"owner_id": "kernel.reference.unknown"}
