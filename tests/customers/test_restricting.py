"""Restricted people, companies and deals: no way leads others to them, by the browser's session or by an API key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client, override_settings

from apps.auth.models import User
from apps.customers.models import Company, Deal, Person
from apps.kernel.access.explain import explain_access
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as, make_role, make_user
from tests.auth.programs import make_key, program
from tests.customers.clerks import READS, WRITES
from tests.customers.factories import ADDRESSES as ADDRESSES_OF
from tests.customers.factories import COMPANIES, DEALS, PEOPLE, POINTS, make_company, make_deal, make_person
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import client_of, complaints, member, send
from tests.search.factories import build_index
from tests.support.rolling import rolled_back
from tests.support.scopes import House, make_house

NAME, EMAIL = "Zoroaster", "z@example.org"
Record = Person | Company | Deal
ADDRESSES = {Person: PEOPLE, Company: COMPANIES, Deal: DEALS}
KINDS = {Person: "people", Company: "companies", Deal: "deals"}


@pytest.fixture(autouse=True)
def _follows(settings: LazySettings) -> None:
    settings.EXTENSIONS_DISABLED = []


@dataclass(frozen=True)
class Scene:
    """A house in which Alice has restricted a record; `owner` is her browser."""

    house: House
    alice: User
    owner: Client
    record: Record


@pytest.fixture(scope="module", params=["person", "company", "deal"])
def whole_scene(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Made once for each kind, in a transaction that is never committed."""
    with django_db_blocker.unblock(), override_settings(EXTENSIONS_DISABLED=[]), rolled_back():
        house = make_house("Acme")
        alice = member(house, *WRITES, name="Alice")
        owner = client_of(alice, organization=house.north)
        yield Scene(house, alice, owner, restricted(house, owner, request.param))


@pytest.fixture
def scene(whole_scene: Scene) -> Iterator[Scene]:
    """The scene as it was made, whatever the test does to it."""
    with rolled_back(whole_scene.owner):
        yield whole_scene
        connection.check_constraints()


@pytest.fixture
def house(scene: Scene) -> House:
    return scene.house


@pytest.fixture
def alice(scene: Scene) -> User:
    return scene.alice


@pytest.fixture
def owner(scene: Scene) -> Client:
    return scene.owner


@pytest.fixture
def hidden(scene: Scene) -> Record:
    """A record that Alice has made, changed and restricted."""
    return scene.record


def restricted(house: House, owner: Client, kind: str) -> Record:
    record = made(house, kind)
    assert send(owner, "patch", at(record), {"description": "Looks at stars"}).status_code == 200
    if isinstance(record, Person):
        purpose = entry_of(house, make_dictionary(house, "news", key="customers.consent_purpose"), "news")
        said = {"purpose_id": str(purpose.pk), "state": "given"}
        assert send(owner, "post", at(record, "consents/"), said).status_code == 201
    if not isinstance(record, Deal):
        rows = {"addresses": [{"line1": "Tower"}], "contact_points": [{"channel": "email", "value": EMAIL}]}
        assert send(owner, "patch", at(record), rows).status_code == 200
    build_index(house, "customers.person", "customers.company", "customers.deal")
    answer = send(owner, "post", at(record, "restrict/"), {})
    assert (answer.status_code, answer.json()["is_restricted"]) == (200, True)
    return record


def made(house: House, kind: str) -> Record:
    if kind == "deal":
        return make_deal(house, title=NAME)
    return make_person(house, NAME) if kind == "person" else make_company(house, NAME)


def at(record: Record, action: str = "") -> str:
    return f"{ADDRESSES[type(record)]}{record.pk}/{action}"


def kind_of(record: Record) -> str:
    return str(record._meta.model_name)


def lists(client: Client, record: Record) -> str:
    address = at(record).removesuffix(f"{record.pk}/")
    name = "title" if isinstance(record, Deal) else "display_name"
    asked = ("", "?q=Zoro", f"?{name}__icontains=zoro", f"?ids={record.pk}", "?cursor=", "?count=exact")
    return "".join(text_of(client.get(f"{address}{item}")) for item in asked)


def files(client: Client, record: Record) -> str:
    address = at(record).removesuffix(f"{record.pk}/")
    return "".join(text_of(client.get(f"{address}?format={form}")) for form in ("csv", "json"))


def searches(client: Client, record: Record) -> str:
    answers = [client.get(f"/api/search/{way}", {"q": NAME}) for way in ("", "palette/")]
    return "".join(str(answer.json()["results"]) for answer in answers)


def history(client: Client, record: Record) -> str:
    entity = f"customers.{kind_of(record)}"
    addresses = (
        "/api/audit_logs/actions/",
        f"/api/audit_logs/actions/?resource_id={record.pk}",
        f"/api/audit_logs/records/{entity}/{record.pk}/history/",
    )
    return "".join(text_of(client.get(address)) for address in addresses)


def events(client: Client, record: Record) -> str:
    return text_of(client.get(f"/api/events/outbox/?record_id={record.pk}"))


def consents(client: Client, record: Record) -> str:
    return text_of(client.get("/api/customers/consents/"))


def reached(client: Client, record: Record) -> str:
    asked = ("", f"?customer_id={record.pk}", "?count=exact", "?cursor=", "?format=csv", "?format=json")
    ways = [f"{path}{item}" for path in (ADDRESSES_OF, POINTS) for item in asked]
    return "".join(text_of(client.get(item)) for item in (*ways, f"{POINTS}?value={EMAIL}"))


Channel = Callable[[Client, Record], str]
CHANNELS: tuple[Channel, ...] = (lists, files, searches, history, events, consents, reached)
# What there is about some kinds of record alone.
OF_SOME: dict[Channel, tuple[type, ...]] = {consents: (Person,), reached: (Person, Company)}


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def mentions(channel: Channel, client: Client, record: Record) -> bool:
    found = channel(client, record)
    return NAME in found or str(record.pk) in found


@pytest.fixture(params=["user", "key"])
def stranger(request: pytest.FixtureRequest, house: House) -> Client:
    """Somebody else who may do everything with customers, by a session or by an API key."""
    if request.param == "user":
        return client_of(member(house, *WRITES, name="Carol"), organization=house.north)
    key = make_key(house, *WRITES)
    return program(key.secret, **{"X-Organization-Id": str(house.north.pk)})


@pytest.mark.generated
@pytest.mark.parametrize("channel", CHANNELS, ids=lambda item: item.__name__)
def test_no_channel_shows_it_to_others(channel: Channel, hidden: Record, owner: Client, stranger: Client) -> None:
    expected = isinstance(hidden, OF_SOME.get(channel, (Person, Company, Deal)))
    assert mentions(channel, owner, hidden) is expected
    assert mentions(channel, stranger, hidden) is False


def test_every_address_of_it_is_missing_to_others(hidden: Record, stranger: Client, owner: Client, alice: User) -> None:
    action = send(owner, "patch", at(hidden), {"description": "Looks at the moon"})["X-Action-Id"]
    asked: list[tuple[str, str, Any]] = [
        ("get", at(hidden), None),
        ("get", at(hidden, "holders/"), None),
        ("patch", at(hidden), {"description": "x"}),
        ("delete", at(hidden), None),
        ("post", at(hidden, "restrict/"), {}),
        ("post", at(hidden, "unrestrict/"), {}),
        ("post", at(hidden, "share/"), {"user_id": str(alice.pk)}),
        ("post", at(hidden, "unshare/"), {"user_id": str(alice.pk)}),
        ("get", f"/api/audit_logs/actions/{action}/", None),
        ("get", f"/api/audit_logs/actions/{action}/undo_plan/", None),
        ("post", f"/api/audit_logs/actions/{action}/undo/", {}),
    ]
    if isinstance(hidden, Person):
        said = {"state": "given", "purpose_id": str(hidden.pk)}
        asked += [
            ("get", at(hidden, "consents/"), None),
            ("post", at(hidden, "consents/"), said),
            ("post", at(hidden, "erase/"), {"name": NAME, "reason": "x"}),
        ]
    statuses = [send(stranger, method, path, body).status_code for method, path, body in asked]
    assert statuses == [404] * len(asked)
    assert owner.get(at(hidden)).json()["description"] == "Looks at the moon"


def test_it_cannot_be_pointed_to_nor_named(house: House, hidden: Record) -> None:
    with acting_as(house, member(house, *WRITES, name="Carol")), scoped_transaction():
        for entity in (f"customers.{kind_of(hidden)}", "customers.customer"):
            assert ENTITIES[entity].find("Zoro") == []
            assert ENTITIES[entity].labels([hidden.pk]) == {}
            assert not ENTITIES[entity].living().filter(pk=hidden.pk).exists()


def test_a_company_cannot_be_chosen_as_parent_by_others(house: House, owner: Client, stranger: Client) -> None:
    company, other = make_company(house, NAME), make_company(house, "Other")
    send(owner, "post", at(company, "restrict/"), {})
    answer = send(stranger, "patch", at(other), {"parent_id": str(company.pk)})
    assert (answer.status_code, complaints(answer)) == (400, {"parent_id": "kernel.reference.unknown"})


def test_figures_leave_it_out(house: House, owner: Client, hidden: Record, stranger: Client) -> None:
    entity = f"customers.{kind_of(hidden)}"
    with acting_as(house, member(house, *WRITES, name="Carol")), scoped_transaction():
        assert ENTITIES[entity].living().count() == 0


def test_whoever_it_is_shared_with_sees_it_and_changes_it_only_when_told(
    house: House, owner: Client, hidden: Record
) -> None:
    carol, clerks = member(house, *WRITES, name="Carol"), make_role(house, *WRITES)
    dave = make_user(house, name="Dave", roles=(clerks,))
    assert send(owner, "post", at(hidden, "share/"), {"user_id": str(carol.pk)}).status_code == 200
    shared = send(owner, "post", at(hidden, "share/"), {"role_id": str(clerks.pk), "level": "change"})
    assert shared.status_code == 200, shared.content
    by_carol, by_dave = (client_of(user, organization=house.north) for user in (carol, dave))
    assert by_carol.get(at(hidden)).status_code == 200
    refused = send(by_carol, "patch", at(hidden), {"description": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.record.read_only")
    assert send(by_dave, "patch", at(hidden), {"description": "x"}).status_code == 200
    found = owner.get(at(hidden, "holders/")).json()
    assert [(item["name"], item["level"]) for item in found["holders"]] == [
        ("Alice", "change"),
        ("Carol", "view"),
        (clerks.name, "change"),
    ]
    assert send(owner, "post", at(hidden, "unshare/"), {"user_id": str(carol.pk)}).status_code == 200
    assert by_carol.get(at(hidden)).status_code == 404


def test_opened_again_it_is_there_for_all_and_undo_hides_it(owner: Client, hidden: Record, stranger: Client) -> None:
    opened = send(owner, "post", at(hidden, "unrestrict/"), {})
    assert (opened.status_code, opened.json()["is_restricted"]) == (200, False)
    assert stranger.get(at(hidden)).status_code == 200
    assert send(owner, "post", f"/api/audit_logs/actions/{opened['X-Action-Id']}/undo/", {}).status_code == 200
    assert stranger.get(at(hidden)).status_code == 404
    assert send(owner, "post", at(hidden, "unrestrict/"), {}).status_code == 200


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, {"user_id": "auth.object_grant.holder"}),
        ({"user_id": "x"}, {"user_id": "invalid"}),
        ({"level": "own"}, {"level": "invalid_choice"}),
        ({"colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_bad_input_is_named(owner: Client, hidden: Record, body: dict[str, str], complaint: dict[str, str]) -> None:
    answer = send(owner, "post", at(hidden, "share/"), body)
    assert (answer.status_code, complaints(answer)) == (400, complaint)


def test_a_feature_shows_all_of_a_kind_and_changes_none(house: House, hidden: Record) -> None:
    kind = KINDS[type(hidden)]
    chief = member(house, *WRITES, f"customers.{kind}.view_all", name="Chief")
    client = client_of(chief, organization=house.north)
    assert [mentions(channel, client, hidden) for channel in (lists, files, searches, history, events)] == [True] * 5
    refused = send(client, "patch", at(hidden), {"description": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.record.read_only")
    with acting_as(house, chief), scoped_transaction():
        told = explain_access(current_scope().actor, f"customers.{kind}.view", type(hidden).objects.get(pk=hidden.pk))
    assert told.allowed
    assert "opens all of its kind" in str(told)


def test_restricting_needs_the_right_to_change(house: House, owner: Client, hidden: Record) -> None:
    bob = member(house, *READS, name="Bob")
    assert send(owner, "post", at(hidden, "share/"), {"user_id": str(bob.pk), "level": "change"}).status_code == 200
    client = client_of(bob, organization=house.north)
    assert send(client, "post", at(hidden, "unrestrict/"), {}).status_code == 403
    assert client.get(at(hidden)).status_code == 200
