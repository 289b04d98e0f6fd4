"""E-mails, phones and addresses by themselves over HTTP: one primary of each group, who sees them, undo, events."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.customers.models import Address
from apps.kernel.commands.history.wording import kind_words
from apps.kernel.commands.models import Action
from apps.kernel.eventbus.models import OutboxEvent
from tests.auth.programs import make_key, program
from tests.customers.factories import (
    ADDRESSES,
    COMPANIES,
    PEOPLE,
    POINTS,
    WORKS,
    clerk,
    make_company,
    make_person,
)
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House, reading

NOBODY = "01a2056d-6f6b-75e5-baed-229d1661d77d"
OFFICE = {"purpose": "office", "line1": "St James's Square 12", "city": "London", "country": "GB"}
ADA = {"channel": "email", "value": "Ada@Example.org"}


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(client: Client, path: str, customer: Any, **values: Any) -> dict[str, Any]:
    answer = send(client, "post", path, {"customer_id": str(customer.pk), **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def undo(client: Client, answer: Any) -> Any:
    return send(client, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})


def listed(client: Client, path: str, **asked: Any) -> list[str]:
    answer = client.get(path, asked)
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["results"]]


def primary(client: Client, path: str) -> list[str]:
    return sorted(listed(client, path, is_primary="true"))


def told(house: House, entity: str) -> list[str]:
    with reading(house.scope()):
        return list(OutboxEvent.objects.filter(entity=entity).order_by("seq").values_list("name", flat=True))


def test_an_address_is_added_changed_and_taken_away_and_undo_brings_it_back(bob: Client, house: House) -> None:
    company = make_company(house)
    address = made(bob, ADDRESSES, company, **OFFICE)
    assert [address[name] for name in ("customer_kind", "country", "is_primary", "version", "region")] == [
        "company",
        "GB",
        True,
        1,
        "",
    ]
    path = f"{ADDRESSES}{address['id']}/"
    changed = send(bob, "patch", path, {"city": "Bath", "postal_code": "BA1"})
    assert (changed.json()["city"], changed["ETag"], bob.get(path)["ETag"]) == ("Bath", '"2"', '"2"')
    gone = send(bob, "delete", path)
    assert (gone.status_code, bob.get(path).status_code) == (204, 404)
    assert undo(bob, gone).status_code == 200
    assert undo(bob, changed).status_code == 200
    assert bob.get(path).json()["city"] == "London"
    shown = bob.get(f"{COMPANIES}{company.pk}/").json()["addresses"]
    assert [(item["id"], item["city"]) for item in shown] == [(address["id"], "London")]


def test_a_contact_point_is_stored_in_its_normal_form(bob: Client, house: House) -> None:
    person = make_person(house)
    email = made(bob, POINTS, person, **ADA)
    phone = made(bob, POINTS, person, channel="phone", value="(+48) 22 123-45-67", type="mobile")
    assert [(item["value"], item["type"], item["is_primary"]) for item in (email, phone)] == [
        ("ada@example.org", "work", True),
        ("+48221234567", "mobile", True),
    ]


def test_one_of_each_group_is_the_primary_one_whatever_is_done(bob: Client, house: House) -> None:
    person = make_person(house)
    first, second, third = (
        made(bob, POINTS, person, channel="email", value=f"{name}@example.org", is_primary=name == "c")["id"]
        for name in "abc"
    )
    assert primary(bob, POINTS) == [third]
    send(bob, "patch", f"{POINTS}{second}/", {"is_primary": True})
    assert primary(bob, POINTS) == [second]
    send(bob, "delete", f"{POINTS}{second}/")
    assert primary(bob, POINTS) == [first], "the oldest that is left"
    moved = send(bob, "patch", f"{POINTS}{first}/", {"channel": "phone", "value": "+48221234567"})
    assert moved.json()["is_primary"] is True
    assert primary(bob, POINTS) == sorted([first, third])
    assert undo(bob, moved).status_code == 200
    assert primary(bob, POINTS) == [first]


def test_a_row_that_moves_takes_no_place(bob: Client, house: House) -> None:
    person = make_person(house)
    office, home = made(bob, ADDRESSES, person, **OFFICE), made(bob, ADDRESSES, person, **OFFICE | {"purpose": "home"})
    moved = send(bob, "patch", f"{ADDRESSES}{office['id']}/", {"purpose": "home"}).json()
    assert (moved["is_primary"], primary(bob, ADDRESSES)) == (False, [home["id"]])


def test_a_primary_one_stays_it_until_another_is(bob: Client, house: House) -> None:
    address = made(bob, ADDRESSES, make_person(house), **OFFICE)
    answer = send(bob, "patch", f"{ADDRESSES}{address['id']}/", {"is_primary": False})
    assert complaints(answer) == {"is_primary": "customers.list.primary_needed"}
    assert primary(bob, ADDRESSES) == [address["id"]]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (ADDRESSES, {}, {"line1": "required"}),
        (ADDRESSES, OFFICE | {"line1": " "}, {"line1": "blank"}),
        (ADDRESSES, OFFICE | {"country": "GBR"}, {"country": "max_length"}),
        (ADDRESSES, OFFICE | {"country": "4!", "city": "x" * 121}, {"country": "invalid", "city": "max_length"}),
        (ADDRESSES, OFFICE | {"purpose": "barn"}, {"purpose": "invalid_choice"}),
        (ADDRESSES, OFFICE | {"colour": "red"}, {"colour": "unknown"}),
        (ADDRESSES, OFFICE | {"customer_kind": "person"}, {"customer_kind": "read_only"}),
        (ADDRESSES, OFFICE | {"customer_id": NOBODY}, {"customer_id": "kernel.reference.unknown"}),
        (POINTS, ADA | {"value": "ada"}, {"value": "customers.contact_point.value_invalid"}),
        (POINTS, ADA | {"channel": "phone"}, {"value": "customers.contact_point.value_invalid"}),
        (POINTS, ADA | {"channel": "fax"}, {"channel": "invalid_choice"}),
        (POINTS, ADA | {"is_primary": 1}, {"is_primary": "invalid"}),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    bob: Client, house: House, path: str, body: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = send(bob, "post", path, {"customer_id": str(make_person(house).pk), **body})
    assert (answer.status_code, complaints(answer)) == (400, expected)
    assert listed(bob, ADDRESSES) == listed(bob, POINTS) == []


def test_a_customer_has_an_email_once(bob: Client, house: House) -> None:
    person = make_person(house)
    made(bob, POINTS, person, **ADA)
    other = made(bob, POINTS, person, channel="email", value="byron@example.org")
    for method, path, body in (
        ("post", POINTS, {"customer_id": str(person.pk), **ADA}),
        ("patch", f"{POINTS}{other['id']}/", {"value": "ADA@example.org"}),
    ):
        answer = send(bob, method, path, body)
        assert (answer.status_code, complaints(answer)) == (409, {"value": "kernel.duplicate"})
    assert len(listed(bob, POINTS)) == 2
    made(bob, POINTS, make_person(house), **ADA)


def test_whose_it_is_stays(bob: Client, house: House) -> None:
    address = made(bob, ADDRESSES, make_person(house), **OFFICE)
    answer = send(bob, "patch", f"{ADDRESSES}{address['id']}/", {"customer_id": str(make_person(house).pk)})
    assert complaints(answer) == {"customer_id": "read_only"}


def test_a_full_list_takes_no_more(bob: Client, house: House) -> None:
    person = make_person(house)
    rows = [{"channel": "email", "value": f"a{number}@example.org"} for number in range(50)]
    assert send(bob, "patch", f"{PEOPLE}{person.pk}/", {"contact_points": rows}).status_code == 200
    answer = send(bob, "post", POINTS, {"customer_id": str(person.pk), **ADA})
    assert (answer.status_code, complaints(answer)) == (400, {"customer_id": "too_many"})


def test_lists_are_filtered_and_exact_values_found(bob: Client, house: House) -> None:
    person, company = make_person(house), make_company(house)
    email = made(bob, POINTS, person, **ADA)["id"]
    phone = made(bob, POINTS, company, channel="phone", value="+48221234567", type="mobile")["id"]
    for asked, expected in (
        ({"customer_id": str(person.pk)}, [email]),
        ({"customer_kind": "company"}, [phone]),
        ({"channel": "email"}, [email]),
        ({"type__in": "mobile,other"}, [phone]),
        ({"is_primary": "false"}, []),
        ({"value": "ADA@example.ORG"}, [email]),
        ({"value": "+48 22 123 45 67"}, [phone]),
        ({"value": "ada@"}, []),
        ({"value": "ada@example.org", "customer_id": str(company.pk)}, []),
        ({"ordering": "created_at"}, [email, phone]),
    ):
        assert listed(bob, POINTS, **asked) == expected, asked
    for wrong in ("value__icontains", "value__in", "value_index"):
        assert bob.get(POINTS, {wrong: "ada"}).status_code == 400, wrong


def test_pages_lead_through_all_of_them(bob: Client, house: House) -> None:
    person = make_person(house)
    ids = [made(bob, ADDRESSES, person, **OFFICE | {"line1": f"Street {number}"})["id"] for number in range(5)]
    found, address = list[str](), f"{ADDRESSES}?page_size=2&ordering=created_at&cursor="
    while address:
        page = bob.get(address).json()
        found, address = [*found, *(item["id"] for item in page["results"])], page["next"]
    assert found == ids
    assert listed(bob, ADDRESSES, page="2", page_size="2", ordering="created_at") == ids[2:4]


def test_a_stale_version_is_refused_however_it_was_changed(bob: Client, house: House) -> None:
    person = make_person(house)
    point = made(bob, POINTS, person, **ADA)
    seen = bob.get(f"{PEOPLE}{person.pk}/")["ETag"]
    row = {"id": point["id"], "channel": "email", "value": "lovelace@example.org"}
    answer = send(bob, "patch", f"{PEOPLE}{person.pk}/", {"contact_points": [row]}, **{"If-Match": seen})
    assert answer.status_code == 200, answer.content
    path = f"{POINTS}{point['id']}/"
    stale = send(bob, "delete", path, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    assert send(bob, "patch", path, {"type": "private"}, **{"If-Match": '"2"'}).status_code == 200


def test_whoever_sets_the_whole_list_has_to_have_seen_the_row(bob: Client, house: House) -> None:
    person = make_person(house)
    seen = bob.get(f"{PEOPLE}{person.pk}/")["ETag"]
    made(bob, POINTS, person, **ADA)
    answer = send(bob, "patch", f"{PEOPLE}{person.pk}/", {"contact_points": []}, **{"If-Match": seen})
    assert answer.status_code == 412
    assert len(listed(bob, POINTS)) == 1


@pytest.mark.parametrize("entity", ["customers.address", "customers.contact_point"])
def test_both_ways_of_writing_tell_of_it(bob: Client, house: House, entity: str) -> None:
    person = make_person(house)
    path, name, body = (
        (ADDRESSES, "addresses", OFFICE) if entity.endswith("address") else (POINTS, "contact_points", ADA)
    )
    record = f"{PEOPLE}{person.pk}/"
    row = send(bob, "patch", record, {name: [body]}).json()[name][0]
    key = {"city": "Bath"} if "city" in body else {"type": "private"}
    send(bob, "patch", record, {name: [{**row, **key}]})
    send(bob, "patch", record, {name: []})
    expected = [f"{entity}.{verb}" for verb in ("created", "updated", "deleted")]
    assert told(house, entity) == expected
    own = made(bob, path, person, **body)["id"]
    send(bob, "patch", f"{path}{own}/", key)
    send(bob, "delete", f"{path}{own}/")
    assert told(house, entity) == expected * 2


def test_the_kind_of_customer_decides_who_sees_and_who_changes(house: House, bob: Client) -> None:
    person, company = make_person(house), make_company(house)
    of_person, of_company = (made(bob, ADDRESSES, item, **OFFICE)["id"] for item in (person, company))
    only_people = clerk(house, "customers.people.manage")
    reader = clerk(house, "customers.people.view", "customers.companies.manage")
    nobody = clerk(house, "customers.deals.view")
    assert listed(only_people, ADDRESSES) == [of_person]
    assert sorted(listed(reader, ADDRESSES)) == sorted([of_person, of_company])
    assert listed(nobody, ADDRESSES) == []
    assert only_people.get(f"{ADDRESSES}{of_company}/").status_code == 404
    assert send(only_people, "delete", f"{ADDRESSES}{of_company}/").status_code == 404
    answer = send(only_people, "post", ADDRESSES, {"customer_id": str(company.pk), **OFFICE})
    assert complaints(answer) == {"customer_id": "kernel.reference.unknown"}
    for method, path, body in (
        ("post", ADDRESSES, {"customer_id": str(person.pk), **OFFICE}),
        ("patch", f"{ADDRESSES}{of_person}/", {"city": "Bath"}),
        ("delete", f"{ADDRESSES}{of_person}/", None),
    ):
        answer = send(reader, method, path, body)
        assert (answer.status_code, answer.json()["feature"]) == (403, "customers.people.manage")
    assert send(reader, "patch", f"{ADDRESSES}{of_company}/", {"city": "Bath"}).status_code == 200


def test_undo_asks_for_the_feature_of_the_customers_kind(house: House, bob: Client) -> None:
    changed = send(
        bob, "patch", f"{ADDRESSES}{made(bob, ADDRESSES, make_company(house), **OFFICE)['id']}/", {"city": "B"}
    )
    auditor = clerk(house, "customers.people.manage", "customers.companies.view", "audit_logs.*")
    refused = undo(auditor, changed)
    assert (refused.status_code, refused.json()["feature"]) == (403, "customers.companies.manage")
    assert undo(clerk(house, "customers.companies.manage", "audit_logs.*"), changed).status_code == 200


@pytest.mark.parametrize("kind", ["person", "company"])
def test_of_a_restricted_customer_only_what_was_granted_is_done(house: House, kind: str) -> None:
    (_alice, owner), (carol, reader), (_dave, stranger) = (
        (user, client_of(user, organization=house.north))
        for user in (member(house, *WORKS, "audit_logs.*", name=name) for name in ("Alice", "Carol", "Dave"))
    )
    customer = make_person(house) if kind == "person" else make_company(house)
    at = f"{PEOPLE if kind == 'person' else COMPANIES}{customer.pk}/"
    path = f"{POINTS}{made(owner, POINTS, customer, **ADA)['id']}/"
    row = {"channel": "phone", "value": "+48221234567"}
    as_list = send(owner, "patch", at, {"contact_points": [{"id": path.split("/")[-2]}, row]})
    changed = send(owner, "patch", path, {"type": "private"})
    assert send(owner, "post", f"{at}restrict/", {}).status_code == 200
    assert send(owner, "post", f"{at}share/", {"user_id": str(carol.pk)}).status_code == 200
    for method, body in (("get", None), ("patch", {"type": "other"}), ("delete", None)):
        assert send(stranger, method, path, body).status_code == 404
    new = {"customer_id": str(customer.pk), **ADA}
    assert complaints(send(stranger, "post", POINTS, new)) == {"customer_id": "kernel.reference.unknown"}
    assert (listed(stranger, POINTS, value="ada@example.org"), undo(stranger, changed).status_code) == ([], 404)
    assert reader.get(path).json()["type"] == "private"
    for answer in (
        send(reader, "patch", path, {"type": "other"}),
        send(reader, "delete", path),
        send(reader, "post", POINTS, new),
        undo(reader, changed),
        undo(reader, as_list),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "kernel.record.read_only")
    gone = send(owner, "delete", path)
    assert [undo(client, gone).status_code for client in (stranger, reader, owner)] == [404, 403, 200]


def test_no_other_organization_or_tenant_has_any(house: House, other_house: House, bob: Client) -> None:
    point = made(bob, POINTS, make_person(house), **ADA)["id"]
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert listed(stranger, POINTS, value="ada@example.org") == []
        assert [
            send(stranger, method, f"{POINTS}{point}/", {}).status_code for method in ("get", "patch", "delete")
        ] == [
            404,
            404,
            404,
        ]


def test_a_row_goes_to_the_organization_of_its_customer(house: House, bob: Client) -> None:
    person = make_person(house)
    above = clerk(house, organization=house.root)
    single = made(above, POINTS, person, **ADA)
    row = {"channel": "phone", "value": "+48221234567"}
    kept = {"id": single["id"]}
    answer = send(above, "patch", f"{PEOPLE}{person.pk}/", {"contact_points": [kept, row]})
    assert answer.status_code == 200, answer.content
    places = {item["organization_id"] for item in bob.get(POINTS).json()["results"]}
    assert (places, len(listed(bob, POINTS))) == ({str(house.north.pk)}, 2)


def test_a_deleted_customer_takes_them_out_of_sight_and_brings_them_back(house: House, bob: Client) -> None:
    person = make_person(house)
    point = made(bob, POINTS, person, **ADA)["id"]
    send(bob, "delete", f"{PEOPLE}{person.pk}/")
    assert (listed(bob, POINTS), bob.get(f"{POINTS}{point}/").status_code) == ([], 404)
    send(bob, "post", f"{PEOPLE}{person.pk}/restore/", {})
    assert listed(bob, POINTS) == [point]


def test_nothing_is_written_about_somebody_who_was_erased(house: House, bob: Client) -> None:
    person = make_person(house)
    erased = send(bob, "post", f"{PEOPLE}{person.pk}/erase/", {"name": "Ada Lovelace", "reason": "Letter"})
    assert erased.status_code == 200, erased.content
    answer = send(bob, "post", POINTS, {"customer_id": str(person.pk), **ADA})
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.person.erased")


def test_files_need_the_right_to_export(house: House, bob: Client) -> None:
    made(bob, POINTS, make_person(house), **ADA)
    answer = bob.get(POINTS, {"format": "csv", "fields": "value,customer_kind"})
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert body.split() == ["customer_kind,value", "person,ada@example.org"]
    reader = clerk(house, "customers.people.view")
    assert reader.get(POINTS, {"format": "csv"}).json()["feature"] == "customers.export"


def test_nothing_stands_in_the_clear_and_the_history_is_the_customers(house: House, bob: Client) -> None:
    person = make_person(house)
    made(bob, POINTS, person, **ADA)
    address = made(bob, ADDRESSES, person, **OFFICE)
    send(bob, "patch", f"{ADDRESSES}{address['id']}/", {"line1": "Byron Street"})
    send(bob, "delete", f"{ADDRESSES}{address['id']}/")
    with reading(house.scope()), connection.cursor() as cursor:
        for table in ("contact_point", "customer_address", "row_image", "action", "outbox"):
            cursor.execute(f"SELECT string_agg({table}::text, ' ') FROM {table}")
            text = str(cursor.fetchone()[0]).casefold()
            assert not [word for word in ("ada@example", "james", "london", "byron street") if word in text], table
        rows = Action.objects.filter(command__startswith="customers.address.")
        assert {(row.resource_entity, row.resource_id, row.resource_label) for row in rows} == {
            ("customers.customer", person.pk, "Ada Lovelace")
        }


def test_the_history_of_a_customer_names_what_was_done_to_its_parts(house: House) -> None:
    reader, person = clerk(house, *WORKS, "audit_logs.view_tenant"), make_person(house)
    address = made(reader, ADDRESSES, person, **OFFICE)["id"]
    send(reader, "delete", f"{ADDRESSES}{address}/")
    found = reader.get(f"/api/audit_logs/records/customers.person/{person.pk}/history/").json()["results"]
    assert [row["command"] for row in found][:2] == [f"customers.address.{verb}" for verb in ("delete", "create")]
    assert kind_words("customers.customer", "customers.address.delete") == "address"


def test_a_program_reads_and_writes_with_its_key(house: House) -> None:
    key = program(make_key(house, *WORKS).secret, **{"X-Organization-Id": str(house.north.pk)})
    point = made(key, POINTS, make_person(house), **ADA)
    assert listed(key, POINTS, value="ada@example.org") == [point["id"]]


def test_a_bulk_order_is_one_action(house: House, bob: Client) -> None:
    person = make_person(house)
    ids = [made(bob, ADDRESSES, person, **OFFICE | {"line1": f"Street {number}"})["id"] for number in range(3)]
    answer = send(bob, "post", f"{ADDRESSES}bulk/", {"action": "update", "ids": ids, "changes": {"city": "Bath"}})
    assert (answer.status_code, answer.json()["count"]) == (200, 3), answer.content
    with reading(house.scope()):
        assert {row.city for row in Address.objects.all()} == {"Bath"}
    gone = send(bob, "post", f"{ADDRESSES}bulk/", {"action": "delete", "ids": ids})
    assert (gone.status_code, listed(bob, ADDRESSES)) == (200, [])
    assert undo(bob, gone).status_code == 200
    assert primary(bob, ADDRESSES) == [ids[0]]
