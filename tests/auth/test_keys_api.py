"""API keys over HTTP: making, changing, renewing and revoking them, and what is said to wrong input."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import ApiKey, ApiKeyRole, ApiKeySecret, User
from apps.auth.services.key_secrets import is_key
from apps.auth.services.keys import revoke_api_key, rotate_api_key
from apps.auth.services.users import delete_user, update_user
from apps.kernel import clock
from apps.kernel.commands.models import Action, IdempotencyRecord, RowImage
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user, reading_in, system
from tests.auth.programs import KEY_TABLES, KEYS, MANAGES, at, key_of, make_key, program, stored
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.support.digests import digest
from tests.support.scopes import House

VIEW = "currencies.view"


@pytest.fixture
def alice(house: House) -> User:
    return make_user(house, name="Alice", roles=(make_role(house, *MANAGES, "currencies.*", "audit_logs.*"),))


@pytest.fixture
def manager(alice: User) -> Client:
    return client_of(alice)


@pytest.fixture
def reader(house: House) -> Client:
    return client_of(member(house, "auth.api_keys.view"))


def test_a_new_key_shows_its_secret_once(manager: Client, house: House, alice: User) -> None:
    answer = send(manager, "post", KEYS, {"name": "Shop", "features": [VIEW]})
    assert answer.status_code == 201, answer.content
    record = answer.json()
    secret = record.pop("secret")
    assert is_key(secret)
    assert answer.headers["Location"] == f"{KEYS}{record['id']}/"
    assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == ('"1"', "no-store")
    again = manager.get(answer.headers["Location"])
    assert again.json() == record
    assert secret not in again.content.decode() + manager.get(KEYS).content.decode()
    assert program(secret).get("/api/currencies/currencies/").status_code == 200


def test_a_record_shows_these_fields(manager: Client, house: House, alice: User) -> None:
    role = make_role(house, VIEW, name="Viewers")
    end = clock.now() + timedelta(days=30)
    body = {
        "name": "Shop",
        "description": "The till",
        "roles": ["Viewers"],
        "features": [VIEW],
        "organization_ids": [str(house.north.pk)],
        "addresses": ["192.0.2.7", "2001:DB8::/32", "192.0.2.7/32"],
        "per_minute": 90,
        "expires_at": end.isoformat(),
    }
    record = send(manager, "post", KEYS, body).json()
    secret = record.pop("secret")
    assert [record.pop(name)[-1] for name in ("created_at", "updated_at")] == ["Z", "Z"]
    assert record.pop("_audit_logs")["changed_by"] == "Alice"
    assert record == {
        **body,
        "id": record["id"],
        "prefix": secret[:11],
        "state": "active",
        "roles": [str(role.pk)],
        "role_names": ["Viewers"],
        "addresses": ["192.0.2.7/32", "2001:db8::/32"],
        "expires_at": end.isoformat().replace("+00:00", "Z"),
        "revoked_at": None,
        "last_used_at": None,
        "overlap_until": None,
        "created_by_id": str(alice.pk),
        "version": 1,
    }


def test_a_key_reaches_as_far_as_its_maker_unless_said_otherwise(house: House) -> None:
    features = (*MANAGES, VIEW)
    wide = client_of(member(house, *features))
    narrow = client_of(member(house, *features, only=(house.north,)))
    made = [send(client, "post", KEYS, {"name": "Shop"}).json() for client in (wide, narrow)]
    assert [record["organization_ids"] for record in made] == [None, [str(house.north.pk)]]


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": ""}, {"name": "blank"}),
    ({"name": "x" * 121}, {"name": "max_length"}),
    ({"name": 7}, {"name": "invalid"}),
    ({"description": "x" * 1001}, {"description": "max_length"}),
    ({"roles": ["Nobody's"]}, {"roles": "kernel.reference.unknown"}),
    ({"roles": [str(uuid7())]}, {"roles": "kernel.reference.unknown"}),
    ({"roles": "Viewers"}, {"roles": "not_a_list"}),
    ({"features": ["no.such.feature"]}, {"features": "auth.feature.unknown"}),
    ({"features": ["portal.orders.view"]}, {"features": "auth.feature.unknown"}),
    ({"organization_ids": [str(uuid7())]}, {"organization_ids": "kernel.reference.unknown"}),
    ({"organization_ids": ["x"]}, {"organization_ids.0": "invalid"}),
    ({"addresses": ["10.0.0.300"]}, {"addresses": "auth.api_key.addresses"}),
    ({"addresses": ["10.0.0.5/24"]}, {"addresses": "auth.api_key.addresses"}),
    ({"addresses": ["::ffff:10.0.0.0/104"]}, {"addresses": "auth.api_key.addresses"}),
    ({"addresses": ["fe80::1%eth0"]}, {"addresses": "auth.api_key.addresses"}),
    ({"addresses": ["example.org"]}, {"addresses": "auth.api_key.addresses"}),
    ({"per_minute": 0}, {"per_minute": "min_value"}),
    ({"per_minute": 1_000_001}, {"per_minute": "max_value"}),
    ({"per_minute": "60"}, {"per_minute": "invalid"}),
    ({"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "auth.api_key.expires_at"}),
    ({"expires_at": "tomorrow"}, {"expires_at": "invalid"}),
    ({"expires_at": "9999-12-31T23:59:59-23:59"}, {"expires_at": "overflow"}),
    ({"secret": "mk_x"}, {"secret": "unknown"}),
    ({"revoked_at": None}, {"revoked_at": "read_only"}),
    ({"prefix": "mk_x"}, {"prefix": "read_only"}),
    ({"created_by_id": str(uuid7())}, {"created_by_id": "read_only"}),
    ({"tenant_id": str(uuid7())}, {"tenant_id": "read_only"}),
]


@pytest.mark.parametrize(("wrong", "expected"), WRONG)
def test_what_cannot_be_is_refused_by_field(
    wrong: dict[str, Any], expected: dict[str, str], manager: Client, house: House
) -> None:
    answer = send(manager, "post", KEYS, {"name": "Shop", **wrong})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM), answer.content
    assert complaints(answer) == expected
    with reading_in(house):
        assert not ApiKey.objects.exists()
        assert not ApiKeySecret.objects.exists()


def test_every_complaint_of_the_command_comes_at_once(manager: Client) -> None:
    body = {
        "name": "Shop",
        "roles": ["x"],
        "features": ["x.y"],
        "organization_ids": [str(uuid7())],
        "addresses": ["x"],
        "expires_at": "2020-01-01T00:00:00Z",
    }
    assert set(complaints(send(manager, "post", KEYS, body))) == set(body) - {"name"}


def test_roles_and_organizations_of_another_tenant_are_unknown(
    manager: Client, house: House, other_house: House
) -> None:
    body = {"roles": [str(make_role(other_house, VIEW).pk)], "organization_ids": [str(other_house.north.pk)]}
    answer = send(manager, "post", KEYS, {"name": "Shop", **body})
    assert complaints(answer) == dict.fromkeys(body, "kernel.reference.unknown")


def test_a_change_touches_what_is_given(manager: Client, house: House) -> None:
    key = make_key(house, VIEW, addresses=["192.0.2.0/24"], per_minute=60).key
    answer = send(manager, "patch", at(key), {"description": "The till", "per_minute": None}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    record = answer.json()
    assert (record["description"], record["per_minute"], record["version"]) == ("The till", None, 2)
    assert (record["features"], record["addresses"], record["name"]) == ([VIEW], ["192.0.2.0/24"], "Shop")
    assert "secret" not in record


def test_roles_are_replaced_as_a_whole(manager: Client, house: House) -> None:
    first, second = make_role(house, VIEW, name="First"), make_role(house, VIEW, name="Second")
    key = make_key(house, roles=[first.pk]).key
    answer = send(manager, "patch", at(key), {"roles": ["Second"]})
    assert (answer.status_code, answer.json()["role_names"], answer.json()["roles"]) == (
        200,
        ["Second"],
        [str(second.pk)],
    )
    assert send(manager, "patch", at(key), {"roles": []}).json()["roles"] == []


def test_an_expired_key_can_be_renamed_and_prolonged(manager: Client, house: House) -> None:
    end = clock.now() + timedelta(hours=1)
    key = make_key(house, expires_at=end).key
    with clock.frozen(end + timedelta(hours=1)):
        assert send(manager, "patch", at(key), {"name": "Old shop"}).json()["state"] == "expired"
        later = (end + timedelta(days=1)).isoformat()
        assert send(manager, "patch", at(key), {"expires_at": later}).json()["state"] == "active"


@pytest.mark.parametrize(("method", "action"), [("patch", ""), ("post", "rotate/"), ("post", "revoke/")])
def test_a_stale_version_is_refused(method: str, action: str, manager: Client, house: House) -> None:
    key = make_key(house, VIEW).key
    send(manager, "patch", at(key), {"name": "Renamed"})
    answer = send(manager, method, at(key, action), {}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "kernel.stale_version")
    assert stored(house, key).version == 2


def test_a_rotation_shows_a_new_secret_once_and_keeps_the_old_one_for_a_day(manager: Client, house: House) -> None:
    issued = make_key(house, VIEW)
    now = clock.now()
    with clock.frozen(now):
        answer = send(manager, "post", at(issued.key, "rotate/"), {})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    record = answer.json()
    assert is_key(record["secret"])
    assert record["secret"] != issued.secret
    assert record["prefix"] == record["secret"][:11]
    assert record["overlap_until"] == (now + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    assert "secret" not in manager.get(at(issued.key)).json()


@pytest.mark.parametrize(
    ("hours", "code"), [(-1, "min_value"), (169, "max_value"), ("1", "invalid"), (True, "invalid")]
)
def test_an_overlap_has_0_to_168_hours(hours: object, code: str, manager: Client, house: House) -> None:
    key = make_key(house).key
    answer = send(manager, "post", at(key, "rotate/"), {"overlap_hours": hours})
    assert (answer.status_code, complaints(answer)) == (400, {"overlap_hours": code})


def test_a_revoked_key_is_changed_no_more(manager: Client, house: House) -> None:
    key = make_key(house, VIEW).key
    answer = send(manager, "post", at(key, "revoke/"), {})
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    for method, action in (("patch", ""), ("post", "rotate/"), ("post", "revoke/")):
        answer = send(manager, method, at(key, action), {})
        assert (answer.status_code, answer.json()["code"]) == (409, "auth.api_key.revoked")


def test_an_expired_key_gets_no_secret_that_would_not_work(manager: Client, house: House) -> None:
    key = make_key(house, expires_at=clock.now() + timedelta(hours=1)).key
    with clock.frozen(clock.now() + timedelta(hours=2)):
        answer = send(manager, "post", at(key, "rotate/"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "auth.api_key.expired")


def test_a_rotation_by_somebody_else_makes_them_answer_for_the_key(manager: Client, house: House, alice: User) -> None:
    bob = member(house, *MANAGES, VIEW)
    key = key_of(house, bob, VIEW).key
    assert send(manager, "post", at(key, "rotate/"), {}).json()["created_by_id"] == str(alice.pk)


def test_a_rotation_does_not_bring_the_secret_of_a_gone_owner_back(manager: Client, house: House) -> None:
    bob = member(house, *MANAGES, VIEW)
    issued = key_of(house, bob, VIEW)
    with using_scope(system(house)):
        update_user(bob.pk, is_active=False)
    assert manager.get(at(issued.key)).json()["state"] == "ownerless"
    answer = send(manager, "post", at(issued.key, "rotate/"), {"overlap_hours": 168})
    assert answer.json()["state"] == "active"
    statuses = [
        program(secret).get("/api/currencies/currencies/").status_code
        for secret in (issued.secret, answer.json()["secret"])
    ]
    assert statuses == [401, 200]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "", None),
        ("get", "{}/", None),
        ("post", "", {"name": "x"}),
        ("patch", "{}/", {"name": "x"}),
        ("post", "{}/rotate/", {}),
        ("post", "{}/revoke/", {}),
    ],
)
def test_each_address_has_its_feature(method: str, path: str, body: object, house: House, reader: Client) -> None:
    key = make_key(house).key
    address = KEYS + path.format(key.pk)
    assert send(Client(), method, address, body).status_code == 401
    assert send(client_of(member(house, "auth.users.*")), method, address, body).status_code == 403
    assert send(reader, method, address, body).status_code == (200 if method == "get" else 403)
    assert stored(house, key).version == 1


@pytest.mark.parametrize(("method", "action"), [("get", ""), ("patch", ""), ("post", "rotate/"), ("post", "revoke/")])
def test_a_key_of_another_tenant_is_not_there(
    method: str, action: str, manager: Client, house: House, other_house: House
) -> None:
    key = make_key(other_house).key
    answer = send(manager, method, at(key, action), None if method == "get" else {})
    assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")
    assert (stored(other_house, key).version, manager.get(KEYS).json()["count"]) == (1, 0)


@pytest.mark.parametrize(("method", "action"), [("get", ""), ("patch", ""), ("post", "rotate/"), ("post", "revoke/")])
def test_a_key_beyond_the_actors_organizations_is_not_there(method: str, action: str, house: House) -> None:
    narrow = client_of(member(house, *MANAGES, only=(house.north,)))
    own = make_key(house, organization_ids=[house.north.pk]).key
    for beyond in ([house.south.pk], [house.north.pk, house.south.pk], None):
        key = make_key(house, organization_ids=beyond).key
        answer = send(narrow, method, at(key, action), None if method == "get" else {})
        assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")
        assert stored(house, key).version == 1
    assert [row["id"] for row in narrow.get(KEYS).json()["results"]] == [str(own.pk)]
    assert send(narrow, method, at(own, action), None if method == "get" else {}).status_code == 200


def test_keys_are_never_deleted(manager: Client, house: House) -> None:
    assert send(manager, "delete", at(make_key(house).key)).status_code == 405


@pytest.fixture
def four(house: House) -> dict[str, ApiKey]:
    """One key in each state."""
    bob = member(house, *MANAGES)
    made = {
        "active": make_key(house, name="A shop").key,
        "expired": make_key(house, name="B shop", expires_at=clock.now() + timedelta(seconds=1)).key,
        "ownerless": key_of(house, bob, name="C till").key,
        "revoked": make_key(house, name="D till").key,
    }
    with using_scope(system(house)):
        delete_user(bob.pk)
        revoke_api_key(made["revoked"].pk)
    return made


LISTED = [
    ("", ["active", "expired", "ownerless", "revoked"]),
    ("is_active=true", ["active"]),
    ("is_active=false", ["expired", "ownerless", "revoked"]),
    ("state=ownerless", ["ownerless"]),
    ("state=expired", ["expired"]),
    ("name__icontains=TILL", ["ownerless", "revoked"]),
    ("q=shop", ["active", "expired"]),
    ("ordering=-name", ["revoked", "ownerless", "expired", "active"]),
    ("revoked_at__isnull=false", ["revoked"]),
    ("prefix=mk_00000000", []),
]


@pytest.mark.parametrize(("query", "expected"), LISTED)
def test_keys_are_filtered_and_sorted(query: str, expected: list[str], reader: Client, four: dict[str, ApiKey]) -> None:
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        answer = reader.get(f"{KEYS}?{query}")
    assert answer.status_code == 200, answer.content
    assert [row["id"] for row in answer.json()["results"]] == [str(four[name].pk) for name in expected]
    assert [row["state"] for row in answer.json()["results"]] == expected


def test_a_key_is_found_by_the_prefix_of_any_of_its_secrets(reader: Client, house: House) -> None:
    first, _other = make_key(house), make_key(house)
    with using_scope(system(house)):
        second = rotate_api_key(first.key.pk)
    for issued in (first, second):
        results = reader.get(f"{KEYS}?prefix={issued.secret[:11]}").json()["results"]
        assert [row["id"] for row in results] == [str(first.key.pk)]


def test_a_list_of_keys_costs_the_same_however_long(reader: Client, house: House) -> None:
    counts = []
    for _ in range(2):
        bob = member(house, *MANAGES, VIEW)
        for _ in range(3):
            key_of(house, bob, VIEW, roles=[make_role(house, VIEW).pk])
        reader.get(KEYS)
        with CaptureQueriesContext(connection) as sent:
            assert reader.get(KEYS).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def everything_stored(house: House) -> str:
    """Every row of the tables that a secret might have slipped into, as text."""
    tables = ["action", "row_image", "kernel_idempotency", "staff_api_key", "staff_api_key_secret", "staff_session"]
    tables[2] = IdempotencyRecord._meta.db_table
    found = []
    with reading_in(house), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, '|'), '') FROM \"{table}\" t")
            found.append(cursor.fetchone()[0])
    return "|".join(found)


def test_a_secret_stands_in_no_row_and_no_line_of_a_log(
    manager: Client, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Idempotency-Key": "one"}
    made = send(manager, "post", KEYS, {"name": "Shop", "features": [VIEW]}, **headers).json()
    newer = send(manager, "post", f"{KEYS}{made['id']}/rotate/", {}, **{"Idempotency-Key": "two"}).json()
    for secret in (made["secret"], newer["secret"]):
        assert program(secret).get("/api/currencies/currencies/").status_code == 200
        assert program(secret).get("/api/auth/users/").status_code in {403, 404}
        text, hidden = everything_stored(house), secret.partition(".")[2]
        assert made["id"] in text
        assert hidden not in text
        assert hidden not in caplog.text
    with reading_in(house):
        assert Action.objects.filter(command__startswith="auth.api_key.").count() == 2
        assert not RowImage.objects.filter(table_name="staff_api_key_secret").exists()
        digests = {token_digest(item) for item in (made["secret"], newer["secret"])}
        assert {bytes(row.digest) for row in ApiKeySecret.objects.all()} == digests


def test_no_answer_holds_a_digest(manager: Client, house: House) -> None:
    issued = make_key(house, VIEW)
    text = manager.get(KEYS).content.decode() + manager.get(at(issued.key)).content.decode()
    assert token_digest(issued.secret).hex() not in text
    assert "digest" not in text


@pytest.mark.parametrize("action", ["create", "rotate"])
def test_a_repeated_request_makes_no_second_secret_and_shows_none(action: str, manager: Client, house: House) -> None:
    address, body = (KEYS, {"name": "Shop"}) if action == "create" else (at(make_key(house).key, "rotate/"), {})
    headers = {"Idempotency-Key": "once"}
    first = send(manager, "post", address, body, **headers)
    assert first.status_code in {200, 201}
    with reading_in(house):
        before = digest(*KEY_TABLES)
    again = send(manager, "post", address, body, **headers)
    assert (again.status_code, again.json()["code"]) == (409, "kernel.idempotency.answer_withheld")
    assert "secret" not in again.json()
    with reading_in(house):
        assert digest(*KEY_TABLES) == before
        assert [(row.is_secret, row.record) for row in IdempotencyRecord.objects.all()] == [(True, None)]


def test_a_repeated_change_gets_the_first_answer(manager: Client, house: House) -> None:
    key = make_key(house).key
    answers = [send(manager, "patch", at(key), {"name": "New"}, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert stored(house, key).version == 2


def test_a_write_names_its_action(manager: Client, house: House) -> None:
    answer = send(manager, "post", KEYS, {"name": "Shop", "roles": [make_role(house, VIEW, name="Viewers").name]})
    with reading_in(house):
        action = Action.objects.get(pk=answer.headers["X-Action-Id"])
        assert ApiKeyRole.objects.count() == 1
    assert (action.command, action.source, action.resource_entity) == ("auth.api_key.create", "api", "auth.api_key")
    assert (str(action.resource_id), action.resource_label) == (answer.json()["id"], "Shop")
    assert action.input["roles"] == ["Viewers"]


def test_many_keys_are_revoked_at_once(manager: Client, house: House) -> None:
    issued = [make_key(house, VIEW) for _ in range(2)]
    order = {"action": "revoke", "ids": [str(item.key.pk) for item in issued]}
    answer = send(manager, "post", f"{KEYS}bulk/", order)
    assert (answer.status_code, answer.json()["count"]) == (200, 2), answer.content
    assert [program(item.secret).get("/api/currencies/currencies/").status_code for item in issued] == [401, 401]


def test_a_file_of_keys_holds_no_secret_and_no_digest(manager: Client, house: House) -> None:
    issued = make_key(house, VIEW, name="Shop")
    answer: Any = manager.get(f"{KEYS}?format=csv")
    text = b"".join(answer.streaming_content).decode()
    assert (answer.status_code, "Shop" in text, issued.secret[:11] in text) == (200, True, True)
    assert issued.secret not in text
    assert token_digest(issued.secret).hex() not in text
