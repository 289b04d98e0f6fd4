"""Events over HTTP: what can happen, what happened, who was told, and telling them again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from apps.auth.services.object_grants import grant_access
from apps.events.api import views
from apps.events.api.serializers import shown_event
from apps.events.services import ranges
from apps.kernel import clock
from apps.kernel.api.permissions import guard_faults
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.models import Delivery, OutboxEvent
from apps.kernel.eventbus.payloads import RecordChanged, encoded
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.events.factories import MINTED, PROBE, dead_letters, events, hearing, minted, states, told
from tests.kernel.events_probes import mint, run_all, subscribed
from tests.support.scopes import House
from tests.support.shelf.factories import LIBRARIAN, given, make_book, make_reader

BASE = "/api/events/"
OUTBOX, DELIVERIES, SUBSCRIBERS = f"{BASE}outbox/", f"{BASE}deliveries/", f"{BASE}subscribers/"
RANGE = f"{DELIVERIES}replay-range/"


@pytest.fixture
def viewer(house: House) -> Client:
    return client_of(member(house, "events.view", "events.deliveries.view"))


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "events.view", "events.deliveries.manage"))


def results(client: Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def at(delivery: Delivery, action: str = "") -> str:
    return f"{DELIVERIES}{delivery.pk}/{action}"


# What can happen


def test_declared_events_are_listed_with_the_shape_of_their_facts(viewer: Client) -> None:
    found = {item["name"]: item for item in results(viewer, BASE)}
    assert set(found) == set(EVENTS)
    created = found["currencies.currency.created"]
    schema = created.pop("payload_schema")
    assert created == {
        "name": "currencies.currency.created",
        "label": "Currency: created",
        "module": "currencies",
        "entity": "currencies.currency",
        "category": "lifecycle",
        "broadcast": "staff",
        "triggers_workflows": True,
    }
    facts = encoded(RecordChanged(uuid7(), ("name",), version=3))
    jsonschema.validate(facts, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**facts, "version": "3"}, schema)


def test_every_declared_event_has_a_schema() -> None:
    for event in EVENTS.values():
        jsonschema.Draft202012Validator.check_schema(shown_event(event)["payload_schema"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("module=kernel", {"kernel.table.loaded"}),
        ("module=kernel&category=lifecycle", set()),
        ("module=tests&category=custom", {MINTED}),
        ("module=nobody", set()),
    ],
)
def test_declared_events_are_narrowed(viewer: Client, query: str, names: set[str]) -> None:
    assert {item["name"] for item in results(viewer, f"{BASE}?{query}")} == names


def test_wrong_parameters_are_refused_at_once(viewer: Client) -> None:
    answer = viewer.get(f"{BASE}?category=crud&colour=red")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert complaints(answer) == {"category": "invalid_choice", "colour": "kernel.parameter.unknown"}


# What happened


def test_an_event_shows_these_fields(house: House, viewer: Client) -> None:
    coin = uuid4()
    minted(house, 3, coin=coin)
    [event] = events(house)
    record = viewer.get(f"{OUTBOX}{event.pk}/").json()
    assert record.pop("created_at").endswith("Z")
    assert record == {
        "id": str(event.pk),
        "name": MINTED,
        "organization_id": str(house.root.pk),
        "entity": "tests.coin",
        "record_id": str(coin),
        "payload": {"resource_id": str(coin), "pieces": 3},
        "actor_kind": "staff",
        "actor_id": str(house.tenant.pk),
        "on_behalf_of": None,
        "action_id": str(event.action_id),
        "correlation_id": str(event.correlation_id),
        "causation_id": None,
        "depth": 0,
        "is_pending": False,
        "parked_reason": "",
    }
    assert results(viewer, f"{OUTBOX}?name={MINTED}")[0]["payload"] == record["payload"]


def test_events_are_found_by_what_they_are_about(house: House, viewer: Client) -> None:
    coin = uuid4()
    with subscribed(MINTED, lambda payload, ctx: mint(payload.resource_id) if not ctx.depth else None, persistent=True):
        minted(house, 1, coin=coin)
        run_all()
    minted(house, 2)
    first, second, third = events(house)
    middle = third.created_at.isoformat().replace("+00:00", "Z")
    for query, found in {
        f"name={MINTED}": [third, second, first],
        "name=tests.coin.melted": [],
        "entity=tests.coin": [third, second, first],
        f"record_id={coin}": [second, first],
        f"correlation_id={third.correlation_id}": [third],
        f"causation_id={first.pk}": [second],
        f"name={MINTED}&created_at__gte={middle}": [third],
        f"name={MINTED}&created_at__lt={middle}": [second, first],
        f"name={MINTED}&ordering=created_at": [first, second, third],
    }.items():
        assert [item["id"] for item in results(viewer, f"{OUTBOX}?{query}")] == [str(item.pk) for item in found], query


def test_events_of_others_are_not_there(house: House, other_house: House) -> None:
    minted(house, 1, place=house.north)
    minted(other_house, 1)
    [event], [foreign] = events(house), events(other_house)
    both = ("events.*",)
    south = client_of(member(house, *both, only=(house.south,)))
    charlie = client_of(member(other_house, *both))
    for client, wanted in ((south, event), (charlie, event), (client_of(member(house, *both)), foreign)):
        answer = client.get(f"{OUTBOX}{wanted.pk}/")
        missing = client.get(f"{OUTBOX}{uuid7()}/")
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert str(wanted.pk) not in client.get(OUTBOX).content.decode()


def test_events_about_hidden_records_are_not_there(house: House) -> None:
    owner, bob = (make_reader(house, name, features=(*LIBRARIAN, "events.*")) for name in ("Alice", "Bob"))
    book = make_book(house)
    with hearing(pattern="shelf.book.*"):
        with acting_as(house, owner):
            grant_access(**given(book, user_id=owner.pk, level="change", restrict=True))
        run_all()
    alice, other = client_of(owner), client_of(bob)
    [event] = results(alice, f"{OUTBOX}?record_id={book.pk}")
    [delivery] = results(alice, f"{DELIVERIES}?record_id={book.pk}")
    assert results(other, f"{OUTBOX}?record_id={book.pk}") == []
    assert results(other, DELIVERIES) == []
    assert other.get(f"{OUTBOX}{event['id']}/").status_code == 404
    assert other.get(f"{DELIVERIES}{delivery['id']}/").status_code == 404
    counts = {item["id"]: item["waiting"] for item in results(other, SUBSCRIBERS)}
    assert counts.get(PROBE, 0) == 0


# Who was told


def test_a_delivery_shows_these_fields(house: House, viewer: Client) -> None:
    [letter] = dead_letters(house, 1)
    [event] = events(house)
    record = viewer.get(at(letter)).json()
    for name in ("created_at", "updated_at", "ended_at"):
        assert record.pop(name).endswith("Z")
    assert record == {
        "id": str(letter.pk),
        "event_id": str(event.pk),
        "name": MINTED,
        "entity": "tests.coin",
        "record_id": str(event.record_id),
        "organization_id": str(house.root.pk),
        "subscriber": PROBE,
        "status": "dead",
        "attempts": 1,
        "due_at": None,
        "last_error": "kernel.work.permanent: the coin is bent",
    }
    [listed] = results(viewer, DELIVERIES)
    assert {name: listed[name] for name in record} == record


def test_deliveries_are_found_by_their_columns_and_their_event(house: House, viewer: Client) -> None:
    first, second = dead_letters(house, 1, 2)
    with hearing(), using_scope(house.scope()), scoped_transaction():
        Delivery.objects.filter(pk=second.pk).update(status="delivered", subscriber="tests.other")
    for query, found in {
        "": [second, first],
        "status=dead": [first],
        "status__in=dead,delivered": [second, first],
        "subscriber=tests.other": [second],
        f"name={MINTED}&entity=tests.coin": [second, first],
        "name=tests.coin.melted": [],
        f"event_id={first.event_id}": [first],
        f"created_at__lt={first.created_at.isoformat().replace('+00:00', 'Z')}": [],
    }.items():
        shown = [item["id"] for item in results(viewer, f"{DELIVERIES}?{query}")]
        assert shown == [str(item.pk) for item in found], query


def test_a_list_costs_the_same_for_one_delivery_as_for_many(house: House, viewer: Client) -> None:
    counts = []
    viewer.get(DELIVERIES)
    for numbers in ((1,), tuple(range(2, 20))):
        dead_letters(house, *numbers)
        with CaptureQueriesContext(connection) as queries:
            viewer.get(DELIVERIES)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_subscribers_are_listed_with_what_is_open(house: House, viewer: Client) -> None:
    dead_letters(house, 1)
    with hearing(ordered_by="entity_id"), subscribed(MINTED, print, "tests.in_process"):
        with using_scope(house.scope()), scoped_transaction():
            Delivery.objects.filter(subscriber=PROBE).update(status="dead")
        found = {item["id"]: item for item in results(viewer, SUBSCRIBERS)}
    none = {"waiting": 0, "held": 0, "dead": 0}
    assert found[PROBE] == {
        "id": PROBE,
        "pattern": MINTED,
        "kind": "persistent",
        "is_ordered": True,
        **none,
        "dead": 1,
    }
    assert found["tests.in_process"] == {
        "id": "tests.in_process",
        "pattern": MINTED,
        "kind": "in_process",
        "is_ordered": False,
        **none,
    }
    gone = {item["id"]: item for item in results(viewer, SUBSCRIBERS)}[PROBE]
    assert (gone["kind"], gone["pattern"], gone["dead"]) == ("gone", None, 1)


# Decisions


def test_a_letter_is_replayed_and_skipped(house: House, manager: Client) -> None:
    first, second = dead_letters(house, 1, 2)
    with hearing() as hearer:
        answer = send(manager, "post", at(first, "replay/"), {})
        assert (answer.status_code, answer.json()["status"], answer.json()["attempts"]) == (200, "waiting", 0)
        assert answer["X-Action-Id"]
        answer = send(manager, "post", at(second, "skip/"), {})
        assert (answer.status_code, answer.json()["status"]) == (200, "skipped")
        again = send(manager, "post", at(second, "skip/"), {})
        assert (again.status_code, again.json()["code"]) == (409, "events.delivery.not_dead")
        run_all()
    assert (hearer.seen, states(house)) == ([1], ["delivered", "skipped"])


def test_many_are_replayed_by_ids_or_by_a_condition(house: House, manager: Client) -> None:
    letters = dead_letters(house, 1, 2, 3)
    bulk = f"{DELIVERIES}bulk/"
    with hearing() as hearer:
        rehearsed = send(manager, "post", bulk, {"action": "replay", "ids": [str(letters[0].pk)], "dry_run": True})
        assert (rehearsed.json()["count"], states(house)) == (1, ["dead"] * 3)
        answer = send(manager, "post", bulk, {"action": "replay", "ids": [str(letters[0].pk)]})
        assert (answer.status_code, answer.json()["count"]) == (200, 1)
        condition = {"field": "status", "operator": "=", "value": "dead"}
        answer = send(manager, "post", bulk, {"action": "replay", "filter": condition})
        assert (answer.status_code, answer.json()["count"]) == (200, 2)
        refused = send(manager, "post", bulk, {"action": "replay", "ids": [str(letters[0].pk)]})
        assert (refused.status_code, refused.json()["code"]) == (409, "kernel.bulk.refused")
        run_all()
    assert sorted(hearer.seen) == [1, 2, 3]


def period(**changes: Any) -> dict[str, Any]:
    now = clock.now()
    start, end = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    return {"subscriber": PROBE, "start": start, "end": end, **changes}


def test_a_range_is_counted_and_replayed(house: House, manager: Client) -> None:
    minted(house, 1, 2)
    with hearing() as hearer:
        answer = send(manager, "post", RANGE, period(dry_run=True))
        assert (answer.status_code, answer.json()) == (200, {"count": 2, "dry_run": True})
        assert told(house) == []
        answer = send(manager, "post", RANGE, period(pattern="tests.coin.*"))
        assert (answer.status_code, answer.json()) == (200, {"count": 2, "dry_run": False})
        assert answer["X-Action-Id"]
        run_all()
    assert hearer.seen == [1, 2]


def test_the_same_key_replays_once(house: House, manager: Client) -> None:
    minted(house, 1)
    body = period()
    with hearing() as hearer:
        for _ in range(2):
            answer = send(manager, "post", RANGE, body, **{"Idempotency-Key": "evening"})
            assert (answer.status_code, answer.json()["count"]) == (200, 1)
            run_all()
    assert hearer.seen == [1]


def test_a_large_range_is_a_job(house: House, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "AT_ONCE", 2)
    minted(house, 1, 2, 3)
    with hearing():
        answer = send(manager, "post", RANGE, period())
    assert answer.status_code == 202
    job = UUID(answer.json()["progress_job_id"])
    assert answer["Location"] == f"/api/progress/jobs/{job}/"
    assert manager.get(answer["Location"]).json()["status"] == "pending"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"subscriber": "nobody"}, {"subscriber": "events.subscriber.unknown"}),
        ({"start": "2026-01-01T00:00:00"}, {"start": "invalid"}),
        ({"start": 7, "end": "soon"}, {"start": "invalid", "end": "invalid"}),
        ({"start": "0001-01-01T00:00:00+14:00"}, {"start": "invalid"}),
        ({"end": "2001-01-01T00:00:00Z"}, {"end": "events.range.invalid"}),
        ({"pattern": "sales..x"}, {"pattern": "events.range.invalid"}),
        ({"pattern": 7, "colour": "red"}, {"pattern": "invalid", "colour": "unknown"}),
        ({"subscriber": None}, {"subscriber": "null"}),
    ],
)
def test_a_wrong_range_is_refused(house: House, manager: Client, changes: dict[str, Any], found: Any) -> None:
    minted(house, 1)
    with hearing():
        answer = send(manager, "post", RANGE, period(**changes))
    assert (answer.status_code, complaints(answer), told(house)) == (400, found, [])


def test_who_may_do_what(house: House, other_house: House, viewer: Client) -> None:
    [letter] = dead_letters(house, 1)
    stranger = client_of(member(house, "currencies.view"))
    charlie = client_of(member(other_house, "*"))
    with hearing():
        for address in (BASE, OUTBOX, DELIVERIES, SUBSCRIBERS):
            assert stranger.get(address).status_code == 403
            assert Client().get(address).status_code == 401
        for action in ("replay/", "skip/"):
            assert send(viewer, "post", at(letter, action), {}).status_code == 403
            assert send(charlie, "post", at(letter, action), {}).status_code == 404
            assert send(charlie, "post", f"{DELIVERIES}{uuid7()}/{action}", {}).status_code == 404
        assert send(viewer, "post", RANGE, period()).json()["feature"] == "events.deliveries.manage"
        body = {"action": "replay", "ids": [str(letter.pk)]}
        assert send(viewer, "post", f"{DELIVERIES}bulk/", body).status_code == 403
        assert send(charlie, "post", f"{DELIVERIES}bulk/", body).status_code == 400
        for method in ("put", "patch", "delete"):
            assert send(viewer, method, at(letter), {}).status_code == 405
    assert states(house) == ["dead"]
    assert OutboxEvent.entity_id == "events.event"


def test_every_route_is_guarded() -> None:
    assert get_resolver().reverse_dict.getlist("events.declared")
    for view, actions in (
        (views.DeclaredEventsView, ("get",)),
        (views.SubscribersView, ("get",)),
        (views.OutboxViewSet, ("list", "retrieve")),
        (views.DeliveryViewSet, ("list", "retrieve", "replay", "skip", "bulk", "replay_range")),
    ):
        assert guard_faults(view, actions) == []
