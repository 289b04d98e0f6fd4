"""Interactions over HTTP: planning, finishing, rules, participants, and who sees private ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.customers import services
from apps.customers.models import Interaction
from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.eventbus.stream.hiding import seen_by
from apps.kernel.eventbus.stream.messages import Happened
from apps.kernel.eventbus.stream.positions import Position
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind
from tests.customers.factories import INTERACTIONS, clerk, make_interaction, make_person
from tests.directory.callers import client_of, complaints, member, send
from tests.search.factories import build_index
from tests.support.scopes import House, reading, seeding

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
CALL = {"type": "call", "title": "Call  Ada ", "scheduled_at": "2026-11-30T09:00:00Z", "duration_minutes": 30}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(caller: Client, **values: Any) -> dict[str, Any]:
    answer = send(caller, "post", INTERACTIONS, {**CALL, **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def press(caller: Client, record: dict[str, Any], action: str, **body: Any) -> Any:
    return send(caller, "post", f"{INTERACTIONS}{record['id']}/{action}/", body)


def undo(caller: Client, answer: Any) -> None:
    undone = send(caller, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content


def test_a_call_is_planned_with_a_customer_and_those_who_take_part(house: House) -> None:
    ada, carol = make_person(house), member(house, "customers.*", name="Carol")
    bob = clerk(house)
    people = [{"user_id": str(carol.pk)}, {"customer_id": str(ada.pk), "answer": "accepted"}]
    record = made(bob, customer_id=str(ada.pk), owner_id=str(carol.pk), participants=people)
    assert (record["title"], record["status"]) == ("Call Ada", "planned")
    assert record["author_id"] is not None
    assert record["participants"] == [
        {"user_id": str(carol.pk), "customer_id": None, "answer": "invited"},
        {"user_id": None, "customer_id": str(ada.pk), "answer": "accepted"},
    ]
    assert bob.get(f"{INTERACTIONS}{record['id']}/").json() == record
    [listed] = bob.get(INTERACTIONS, {"customer_id": str(ada.pk), "expand": "customer"}).json()["results"]
    assert listed["customer"]["label"] == "Ada Lovelace"


def test_a_restricted_customer_takes_part_unseen_and_stays_whatever_list_is_set(house: House) -> None:
    alice, bob, ada, person = clerk(house), clerk(house), make_person(house), make_person(house, "Zoe King")
    both = [{"customer_id": str(ada.pk)}, {"customer_id": str(person.pk)}]
    path = f"{INTERACTIONS}{made(alice, participants=both)['id']}/"
    assert send(alice, "post", f"/api/customers/people/{ada.pk}/restrict/", {}).status_code == 200
    assert [item["customer_id"] for item in bob.get(path).json()["participants"]] == [str(person.pk)]
    assert send(bob, "patch", path, {"participants": []}).json()["participants"] == []
    assert [item["customer_id"] for item in alice.get(path).json()["participants"]] == [str(ada.pk)]


def test_what_has_happened_is_done_and_a_note_is_so_by_itself(bob: Client) -> None:
    record = made(bob, scheduled_at=None, occurred_at="2026-11-02T08:00:00Z")
    assert (record["status"], record["occurred_at"]) == ("done", "2026-11-02T08:00:00Z")
    note = made(bob, type="note", scheduled_at=None, title="Likes tea")
    assert (note["status"], note["occurred_at"]) == ("done", "2026-11-30T09:00:00Z")


def test_it_is_done_cancelled_reopened_and_put_off(bob: Client) -> None:
    record = made(bob)
    done = press(bob, record, "complete").json()
    assert (done["status"], done["occurred_at"]) == ("done", "2026-11-30T09:00:00Z")
    again = press(bob, record, "complete")
    assert (again.status_code, again.json()["code"]) == (409, "customers.interaction.not_open")
    assert press(bob, record, "cancel").status_code == 409
    assert press(bob, record, "reschedule", scheduled_at="2026-12-01T09:00:00Z").status_code == 409
    reopened = press(bob, record, "reopen").json()
    assert (reopened["status"], reopened["occurred_at"]) == ("planned", None)
    assert press(bob, record, "reopen").json()["code"] == "customers.interaction.open"
    moved = press(bob, record, "reschedule", scheduled_at="2026-12-01T09:00:00Z", duration_minutes=45)
    assert (moved.json()["scheduled_at"], moved.json()["duration_minutes"]) == ("2026-12-01T09:00:00Z", 45)
    undo(bob, moved)
    assert bob.get(f"{INTERACTIONS}{record['id']}/").json()["scheduled_at"] == "2026-11-30T09:00:00Z"
    assert press(bob, record, "cancel").json()["status"] == "cancelled"


def test_pinning_deleting_and_bringing_back(bob: Client) -> None:
    record = made(bob)
    assert [press(bob, record, item).json()["is_pinned"] for item in ("pin", "pin", "unpin")] == [True, True, False]
    path = f"{INTERACTIONS}{record['id']}/"
    assert send(bob, "delete", path).status_code == 204
    assert bob.get(path).status_code == 404
    assert press(bob, record, "pin").status_code == 404
    assert press(bob, record, "restore").json()["title"] == "Call Ada"
    assert press(bob, record, "restore").status_code == 404


def test_everything_that_is_wrong_is_said_at_once(bob: Client, house: House, other_house: House) -> None:
    stranger = str(make_person(other_house).pk)
    body = {
        **CALL,
        "title": " ",
        "duration_minutes": 14 * 24 * 60 + 1,
        "time_zone": "Mars/Olympus",
        "customer_id": stranger,
        "occurred_at": "2999-01-01T00:00:00Z",
        "participants": [{}, {"user_id": stranger}, {"customer_id": stranger}],
    }
    found = complaints(send(bob, "post", INTERACTIONS, {**body, "title": "x"}))
    assert found.keys() <= {
        "duration_minutes",
        "time_zone",
        "customer_id",
        "occurred_at",
        "participants.0.user_id",
        "participants.1.user_id",
        "participants.2.customer_id",
    }
    del body["duration_minutes"]
    found = complaints(send(bob, "post", INTERACTIONS, {**body, "title": "x"}))
    assert found == {
        "time_zone": "customers.interaction.time_zone",
        "customer_id": "kernel.reference.unknown",
        "occurred_at": "customers.interaction.not_yet",
        "participants.0.user_id": "customers.participant.one",
        "participants.1.user_id": "kernel.reference.unknown",
        "participants.2.customer_id": "kernel.reference.unknown",
    }
    assert bob.get(INTERACTIONS).json()["count"] == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"recurrence": "FREQ=HOURLY"}, {"recurrence": "customers.interaction.recurrence"}),
        (
            {"recurrence": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"},
            {"recurrence": "customers.interaction.recurrence"},
        ),
        (
            {"recurrence": "FREQ=WEEKLY;BYDAY=TU"},
            {"scheduled_at": "customers.interaction.recurrence_start"},
        ),
        ({"scheduled_at": None, "recurrence": "FREQ=DAILY"}, {"scheduled_at": "customers.interaction.no_time"}),
        ({"scheduled_at": None, "reminder_minutes": 5}, {"scheduled_at": "customers.interaction.no_time"}),
        ({"scheduled_at": "2500-01-01T00:00:00Z"}, {"scheduled_at": "customers.interaction.too_late"}),
        ({"scheduled_at": "0001-01-01T00:00:00Z"}, {"scheduled_at": "customers.interaction.too_early"}),
        ({"occurred_at": "0001-01-01T00:00:00Z"}, {"occurred_at": "customers.interaction.too_early"}),
        ({"reminder_minutes": 28 * 24 * 60 + 1}, {"reminder_minutes": "max_value"}),
        ({"priority": 9}, {"priority": "max_value"}),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(bob: Client, values: dict[str, Any], expected: dict[str, str]) -> None:
    assert complaints(send(bob, "post", INTERACTIONS, {**CALL, **values})) == expected


def test_participants_are_set_as_a_whole(bob: Client, house: House) -> None:
    carol, dave = (str(member(house, "customers.*", name=name).pk) for name in ("Carol", "Dave"))
    record = made(bob, participants=[{"user_id": carol, "answer": "accepted"}])
    path = f"{INTERACTIONS}{record['id']}/"
    both = send(bob, "patch", path, {"participants": [{"user_id": carol}, {"user_id": dave}]})
    assert [(item["user_id"], item["answer"]) for item in both.json()["participants"]] == [
        (carol, "accepted"),
        (dave, "invited"),
    ]
    assert send(bob, "patch", path, {"title": "x"}).json()["participants"] == both.json()["participants"]
    twice = send(bob, "patch", path, {"participants": [{"user_id": dave}, {"user_id": dave}]})
    assert complaints(twice) == {"participants.1.user_id": "customers.list.repeated"}
    none = send(bob, "patch", path, {"participants": []})
    assert none.json()["participants"] == []
    undo(bob, none)
    assert len(bob.get(path).json()["participants"]) == 2


def test_an_id_of_elsewhere_stands_once_for_a_customer(bob: Client, house: House) -> None:
    ada, grace = (str(make_person(house, name).pk) for name in ("Ada Lovelace", "Grace Hopper"))
    first = made(bob, customer_id=ada, external_id="m-1")
    twin = send(bob, "post", INTERACTIONS, {**CALL, "customer_id": ada, "external_id": "m-1"})
    assert (twin.status_code, complaints(twin)) == (409, {"external_id": "kernel.duplicate"})
    assert twin.json()["errors"][0]["message"] == "A record with the same external_id exists already."
    made(bob, customer_id=grace, external_id="m-1")
    made(bob, external_id="m-1")
    assert send(bob, "post", INTERACTIONS, {**CALL, "external_id": "m-1"}).status_code == 409
    send(bob, "delete", f"{INTERACTIONS}{first['id']}/")
    made(bob, customer_id=ada, external_id="m-1")
    assert press(bob, first, "restore").status_code == 409


def test_lists_are_filtered_by_time_and_pins_and_paged_by_cursor(bob: Client) -> None:
    records = [made(bob, title=f"No. {day}", scheduled_at=f"2026-12-0{day}T09:00:00Z") for day in (1, 2, 3)]
    made(bob, title="Past", scheduled_at=None, occurred_at="2026-11-02T08:00:00Z")
    press(bob, records[1], "pin")

    def titles(**asked: str) -> list[str]:
        answer = bob.get(INTERACTIONS, {"ordering": "scheduled_at", **asked})
        assert answer.status_code == 200, answer.content
        return [item["title"] for item in answer.json()["results"]]

    assert titles(**{"from": "2026-12-02T00:00:00Z"}) == ["No. 2", "No. 3"]
    assert titles(**{"from": "2026-11-01T00:00:00Z", "to": "2026-12-02T00:00:00Z"}) == ["No. 1", "Past"]
    assert titles(pinned="true") == ["No. 2"]
    assert titles(status="done") == ["Past"]
    assert titles(type="meeting") == []
    assert complaints(bob.get(INTERACTIONS, {"from": "yesterday"})) == {"from": "kernel.filter.invalid"}
    page = bob.get(INTERACTIONS, {"ordering": "scheduled_at", "cursor": "", "page_size": "2"}).json()
    assert [item["title"] for item in page["results"]] == ["No. 1", "No. 2"]
    assert page["next"] is not None


def test_a_private_note_is_its_authors_alone(house: House) -> None:
    bob_user, carol_user = (
        member(house, "customers.*", "audit_logs.*", "search.*", name=name) for name in ("Bob", "Carol")
    )
    bob, carol = (client_of(user, organization=house.north) for user in (bob_user, carol_user))
    owner = client_of(member(house, "*", name="Alice", is_super_admin=True), organization=house.north)
    record = made(bob, title="Salary of Ada", visibility="private", owner_id=str(carol_user.pk))
    path = f"{INTERACTIONS}{record['id']}/"
    window = {"from": "2026-11-29T00:00:00Z", "to": "2026-12-02T00:00:00Z"}
    conflict = {"owner_id": str(carol_user.pk), "scheduled_at": str(CALL["scheduled_at"])}
    for caller, number in ((bob, 1), (carol, 0), (owner, 0)):
        assert caller.get(path).status_code == (200 if number else 404)
        assert caller.get(INTERACTIONS).json()["count"] == number
        assert len(caller.get(f"{INTERACTIONS}occurrences/", window).json()["results"]) == number
        assert len(caller.get(f"{INTERACTIONS}conflicts/", conflict).json()["results"]) == number
        exported = b"".join(caller.get(INTERACTIONS, {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]
        assert (b"Salary" in exported) == bool(number)
        history = caller.get("/api/audit_logs/actions/", {"resource_id": record["id"]})
        assert history.json()["count"] == number
    for caller in (carol, owner):
        assert send(caller, "patch", path, {"title": "x"}).status_code == 404
        assert press(caller, record, "complete").status_code == 404
    assert send(bob, "patch", path, {"visibility": "shared"}).json()["visibility"] == "shared"
    assert owner.get(path).json()["title"] == "Salary of Ada"
    refused = send(carol, "patch", path, {"visibility": "private"})
    assert complaints(refused) == {"visibility": "customers.interaction.not_author"}


def test_nobody_can_be_granted_somebodys_own_record(house: House) -> None:
    alice = member(house, "*", name="Alice", is_super_admin=True)
    caller = client_of(alice, organization=house.north)
    row = make_interaction(house)
    body = {"entity": "customers.interaction", "record_id": str(row.pk), "user_id": str(alice.pk), "restrict": True}
    assert send(caller, "post", "/api/auth/grants/", body).status_code in {400, 404}
    with seeding(house.scope()):
        assert not Interaction.objects.filter(is_restricted=True).exists()


def test_what_is_about_a_restricted_customer_is_seen_by_those_who_see_the_customer(bob: Client, house: House) -> None:
    ada = make_person(house)
    record = made(bob, customer_id=str(ada.pk))
    with seeding(house.scope()):
        type(ada).objects.filter(pk=ada.pk).update(is_restricted=True)
    assert bob.get(f"{INTERACTIONS}{record['id']}/").status_code == 404
    assert bob.get(INTERACTIONS).json()["count"] == 0
    assert press(bob, record, "complete").status_code == 404
    owner = client_of(member(house, "*", name="Alice", is_super_admin=True), organization=house.north)
    assert owner.get(INTERACTIONS).json()["count"] == 1


def test_strangers_see_nothing_and_readers_change_nothing(bob: Client, house: House, other_house: House) -> None:
    record = made(bob)
    path = f"{INTERACTIONS}{record['id']}/"
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert stranger.get(path).status_code == 404
        assert press(stranger, record, "complete").status_code == 404
    reader = clerk(house, "customers.interactions.view")
    assert reader.get(path).status_code == 200
    answer = press(reader, record, "complete")
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.interactions.manage")


def test_a_deleted_customers_interaction_can_still_be_changed(bob: Client, house: House) -> None:
    ada = make_person(house)
    record = made(bob, customer_id=str(ada.pk))
    assert send(bob, "delete", f"/api/customers/people/{ada.pk}/").status_code == 204
    answer = send(bob, "patch", f"{INTERACTIONS}{record['id']}/", {"title": "Too late"})
    assert (answer.status_code, answer.json()["title"]) == (200, "Too late")


def test_what_lasts_all_day_begins_with_the_day_of_the_zone(bob: Client) -> None:
    record = made(bob, is_all_day=True, time_zone="America/New_York", scheduled_at="2026-11-30T03:00:00Z")
    assert record["scheduled_at"] == "2026-11-29T05:00:00Z"
    assert occurrence_days(bob) == ["2026-11-29"]


def occurrence_days(caller: Client) -> list[str]:
    window = {"from": "2026-11-29T23:00:00Z", "to": "2026-11-30T04:00:00Z"}
    found = caller.get(f"{INTERACTIONS}occurrences/", window).json()["results"]
    return [item["starts_at"][:10] for item in found]


def test_a_private_one_is_found_by_its_author_alone(house: House) -> None:
    author, other = (member(house, "customers.*", "search.view", name=name) for name in ("Bob", "Carol"))
    owner = member(house, "*", name="Alice", is_super_admin=True)
    private = make_interaction(house, "Zeppelin plans", visibility="private", author_id=author.pk)
    make_interaction(house, "Zeppelin flight")
    build_index(house, "customers.interaction")
    found = {}
    for user in (author, other, owner):
        caller = client_of(user, organization=house.north)
        answer = caller.get("/api/search/", {"q": "zeppelin"}).json()
        found[user.name] = ({item["title"] for item in answer["results"]}, answer["count"])
        listed = caller.get(INTERACTIONS, {"q": "zeppelin"}).json()["count"]
        assert listed == answer["count"]
    flight = {"Zeppelin flight"}
    assert found == {"Bob": ({*flight, private.title}, 2), "Carol": (flight, 1), "Alice": (flight, 1)}


def test_the_stream_tells_of_a_private_one_to_its_author_alone(house: House) -> None:
    author = member(house, "customers.*", name="Bob")
    private = make_interaction(house, "Mine", visibility="private", author_id=author.pk)
    shared = make_interaction(house, "Ours")
    events = [_updated(row) for row in (private, shared)]
    actors = [
        Actor(ActorKind.STAFF, author.pk, "Bob"),
        Actor(ActorKind.STAFF, uuid7(), "Alice", Access(granted=frozenset({"*"}), is_super_admin=True)),
    ]
    with reading(house.scope()):
        seen = seen_by(events, actors)
    assert seen == {private.pk: frozenset({(ActorKind.STAFF, author.pk)})}


def test_the_stream_tells_of_what_is_about_a_restricted_customer_to_those_who_see_them(house: House) -> None:
    ada, grace = make_person(house), make_person(house, "Grace Hopper")
    rows = [make_interaction(house, "Call", customer_id=item.pk) for item in (ada, grace)]
    with seeding(house.scope()):
        type(ada).objects.filter(pk=ada.pk).update(is_restricted=True)
    bob = Actor(
        ActorKind.STAFF,
        uuid7(),
        "Bob",
        Access(granted=frozenset({"customers.interactions.*", "customers.people.manage"})),
    )
    alice = Actor(ActorKind.STAFF, uuid7(), "Alice", Access(granted=frozenset({"*"}), is_super_admin=True))
    with reading(house.scope()):
        seen = seen_by([_updated(row) for row in rows], [bob, alice])
    assert seen == {rows[0].pk: frozenset({(ActorKind.STAFF, alice.id)})}


def _updated(row: Interaction) -> Happened:
    return Happened(
        id=uuid7(),
        position=Position(1),
        name="customers.interaction.updated",
        entity="customers.interaction",
        record_id=row.pk,
        organization_id=row.organization_id,
        occurred_at=MONDAY,
        actor_kind="staff",
        actor_id=None,
        recipients=None,
        payload="{}",
    )


def test_whoever_takes_part_says_so_themselves(bob: Client, house: House) -> None:
    eve = member(house, "customers.interactions.view", name="Eve")
    looking = client_of(eve, organization=house.north)
    record = made(bob, participants=[{"user_id": str(eve.pk)}])
    assert press(looking, record, "answer", answer="declined").json()["participants"][0]["answer"] == "declined"
    assert complaints(press(looking, record, "answer", answer="perhaps")) == {"answer": "invalid_choice"}
    stranger = press(bob, record, "answer", answer="accepted")
    assert (stranger.status_code, stranger.json()["code"]) == (409, "customers.participant.not_invited")


def test_what_is_about_another_customer_comes_into_their_organization(house: House) -> None:
    user = member(house, "customers.*", "audit_logs.*")
    rooted = client_of(user, organization=house.root)
    with seeding(house.scope(house.south)):
        joan = services.create_person(first_name="Joan")
    plan = {"title": "Call", "scheduled_at": "2026-12-24T09:00:00Z", "recurrence": "FREQ=WEEKLY"}
    row = send(rooted, "post", INTERACTIONS, {**plan, "participants": [{"user_id": str(user.pk)}]}).json()
    assert press(rooted, row, "complete-occurrence", original_at=plan["scheduled_at"]).status_code == 200
    path, about = f"{INTERACTIONS}{row['id']}/", {"customer_id": str(joan.pk)}
    moved = send(rooted, "patch", path, about)
    assert (moved.status_code, moved.json()["organization_id"]) == (200, str(house.south.pk))
    there = clerk(house, organization=house.south)
    seen = there.get(path).json()
    assert (there.get(INTERACTIONS, about).json()["count"], len(seen["participants"])) == (1, 1)
    assert (
        there.get(f"{INTERACTIONS}occurrences/", {"from": "2026-12-24T00:00:00Z", "to": "2026-12-25T00:00:00Z"}).json()[
            "results"
        ][0]["status"]
        == "done"
    )
    undone = send(rooted, "post", f"/api/audit_logs/actions/{moved['X-Action-Id']}/undo/", {})
    assert (undone.status_code, there.get(path).status_code) == (200, 404)
    assert len(rooted.get(path).json()["participants"]) == 1
    assert send(rooted, "patch", path, {"title": "Call her"}).json()["organization_id"] == str(house.root.pk)
