"""The REST interface of webhooks: what is asked for, shown, refused and never shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.webhooks.models import WebhookSecret
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House
from tests.webhooks.factories import (
    CREATED,
    attempts,
    deliveries,
    go,
    happen,
    make_webhook,
    note,
    outcomes,
    the_delivery,
)
from tests.webhooks.factories import send as send_due
from tests.webhooks.receivers import Receiver

WEBHOOKS = "/api/webhooks/webhooks/"
DELIVERIES = "/api/webhooks/deliveries/"
ALL = ("webhooks.view", "webhooks.manage", "webhooks.secrets", "webhooks.test")
BODY: dict[str, Any] = {"name": "Shop", "url": "https://hooks.example.org/in", "event_patterns": [CREATED]}


@pytest.fixture
def bob(house: House) -> Client:
    return client_of(member(house, *ALL), organization=house.north)


def test_a_secret_is_shown_once_and_kept_encrypted(house: House, bob: Client) -> None:
    made = send(bob, "post", WEBHOOKS, {**BODY, "custom_headers": {"Authorization": "Bearer x"}})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    shown = bob.get(made["Location"])
    assert (shown.status_code, "secret" in shown.json()) == (200, False)
    assert secret not in shown.content.decode() + bob.get(WEBHOOKS).content.decode()
    with using_scope(house.scope()), scoped_transaction():
        assert [row.secret for row in WebhookSecret.objects.all()] == [secret]
    assert made.json()["organization_id"] == str(house.north.pk)
    assert made.json()["health"] == {
        "consecutive_failures": 0,
        "last_success_at": None,
        "last_failure_at": None,
    }


def test_values_of_headers_are_for_those_who_may_change_them(house: House, bob: Client) -> None:
    made = send(bob, "post", WEBHOOKS, {**BODY, "custom_headers": {"Authorization": "Bearer x"}})
    reader = client_of(member(house, "webhooks.view", name="Rita"), organization=house.north)
    assert bob.get(made["Location"]).json()["custom_headers"] == {"Authorization": "Bearer x"}
    assert reader.get(made["Location"]).json()["custom_headers"] == {"Authorization": "•••"}
    assert "Bearer" not in bob.get(WEBHOOKS).content.decode()


def test_an_address_that_is_not_called_is_refused_in_words(bob: Client) -> None:
    answer = send(bob, "post", WEBHOOKS, {**BODY, "url": "https://10.0.0.1/"})
    assert [item["message"] for item in answer.json()["errors"]] == [
        "This address cannot be called: it belongs to a private network."
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"url": "ftp://example.org/"}, {"url": "webhooks.webhook.url_refused"}),
        ({"url": "https://bob:x@example.org/"}, {"url": "webhooks.webhook.url_refused"}),
        ({"url": "http://127.0.0.1/"}, {"url": "webhooks.webhook.url_refused"}),
        ({"url": "http://[::1]/"}, {"url": "webhooks.webhook.url_refused"}),
        ({"url": "http://localhost/"}, {"url": "webhooks.webhook.url_refused"}),
        ({"url": "not an address"}, {"url": "webhooks.webhook.url_refused"}),
        ({"event_patterns": ["nothing.of.the.kind"]}, {"event_patterns.0": "webhooks.webhook.pattern_idle"}),
        ({"event_patterns": ["webhooks.webhook.*"]}, {"event_patterns.0": "webhooks.webhook.pattern_idle"}),
        ({"event_patterns": [CREATED, "Not A Pattern"]}, {"event_patterns.1": "webhooks.webhook.pattern_invalid"}),
        ({"custom_headers": {"Host": "x"}}, {"custom_headers": "webhooks.webhook.header_refused"}),
        ({"custom_headers": {"webhook-id": "x"}}, {"custom_headers": "webhooks.webhook.header_refused"}),
        ({"custom_headers": {"Content-Type": "x"}}, {"custom_headers": "webhooks.webhook.header_refused"}),
        ({"custom_headers": {"Transfer-Encoding": "x"}}, {"custom_headers": "webhooks.webhook.header_refused"}),
        ({"custom_headers": {"X-A": "a\r\nX-B: b"}}, {"custom_headers": "webhooks.webhook.header_refused"}),
        ({"max_retries": 31, "timeout_seconds": 0}, {"max_retries": "max_value", "timeout_seconds": "min_value"}),
        ({"auto_disable_threshold": 1001}, {"auto_disable_threshold": "max_value"}),
        ({"secret": "whsec_mine"}, {"secret": "unknown"}),
        ({"disabled_reason": "gone"}, {"disabled_reason": "read_only"}),
        ({"event_patterns": []}, {"event_patterns": "min_length"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(bob: Client, given: dict[str, Any], wrong: dict[str, str]) -> None:
    answer = send(bob, "post", WEBHOOKS, {**BODY, **given})
    assert (answer.status_code, complaints(answer)) == (400, wrong)
    assert bob.get(WEBHOOKS).json()["count"] == 0


def test_a_change_keeps_what_it_does_not_name(bob: Client) -> None:
    made = send(bob, "post", WEBHOOKS, {**BODY, "custom_headers": {"X-A": "a"}, "max_retries": 3})
    changed = send(bob, "patch", made["Location"], {"name": "Till"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["name"], changed.json()["max_retries"]) == (200, "Till", 3)
    assert changed.json()["custom_headers"] == {"X-A": "a"}
    stale = send(bob, "patch", made["Location"], {"name": "Desk"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.stale_version")


def test_an_edit_is_undone(bob: Client, house: House) -> None:
    undoer = client_of(member(house, *ALL, "audit_logs.*", name="Una"), organization=house.north)
    made = send(undoer, "post", WEBHOOKS, BODY)
    changed = send(undoer, "patch", made["Location"], {"url": "https://elsewhere.example.org/", "is_active": False})
    undone = send(undoer, "post", f"/api/audit_logs/actions/{changed['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200
    found = undoer.get(made["Location"]).json()
    assert (found["url"], found["is_active"]) == (BODY["url"], True)


def test_a_rotation_shows_the_new_secret_and_cannot_be_undone(bob: Client, house: House) -> None:
    made = send(bob, "post", WEBHOOKS, BODY)
    turned = send(bob, "post", f"{made['Location']}rotate_secret/", {"grace_hours": 1})
    assert turned.status_code == 200
    assert turned.json()["secret"] not in {"", made.json()["secret"]}
    wrong = send(bob, "post", f"{made['Location']}rotate_secret/", {"grace_hours": 169})
    assert complaints(wrong) == {"grace_hours": "max_value"}


def test_each_thing_takes_its_own_permission(house: House, bob: Client) -> None:
    place = send(bob, "post", WEBHOOKS, BODY)["Location"]
    reader = client_of(member(house, "webhooks.view", name="Rita"), organization=house.north)
    assert reader.get(place).status_code == 200
    for path in ("rotate_secret/", "test/", "deactivate/"):
        assert send(reader, "post", f"{place}{path}", {}).status_code == 403
    assert send(reader, "patch", place, {"name": "x"}).status_code == 403
    nobody = client_of(member(house, "currencies.view", name="Noa"), organization=house.north)
    assert nobody.get(place).status_code == 403


def test_another_tenant_finds_nothing(house: House, other_house: House, bob: Client, receiver: Receiver) -> None:
    place = send(bob, "post", WEBHOOKS, {**BODY, "url": receiver.url()})["Location"]
    go(house)
    charlie = client_of(member(other_house, *ALL, name="Charlie"), organization=other_house.north)
    assert charlie.get(WEBHOOKS).json()["count"] == charlie.get(DELIVERIES).json()["count"] == 0
    row = the_delivery(house)
    for call in (
        charlie.get(place),
        charlie.get(f"{DELIVERIES}{row.pk}/"),
        send(charlie, "post", f"{DELIVERIES}{row.pk}/replay/", {}),
        send(charlie, "post", f"{place}test/", {}),
        send(charlie, "post", f"{place}rotate_secret/", {}),
    ):
        assert (call.status_code, call.json()["code"]) == (404, "kernel.not_found")
    go(other_house)
    assert len(receiver.got) == 1


def test_the_events_on_offer_are_none_of_webhooks_own(bob: Client) -> None:
    names = [item["name"] for item in bob.get("/api/webhooks/events/").json()["results"]]
    assert CREATED in names
    assert "directory.organization.updated" in names
    assert [name for name in names if name.startswith(("webhooks.", "tests.")) or name.endswith(".before")] == []


def test_a_test_event_is_sent_at_once_and_its_answer_shown(house: House, bob: Client, receiver: Receiver) -> None:
    made = send(bob, "post", WEBHOOKS, {**BODY, "url": receiver.url(), "is_active": False})
    receiver.answer("418 Teapot", b"short and stout", content_type="text/plain")
    answer = send(bob, "post", f"{made['Location']}test/", {})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["event_type"], found["status"], found["reason"]) == ("webhooks.test", "failed", "418")
    [entry] = found["log"]
    assert (entry["status_code"], entry["response_body"]) == (418, "short and stout")
    [got] = receiver.got
    assert (got.json["type"], got.is_signed_with(made.json()["secret"])) == ("webhooks.test", True)
    assert bob.get(made["Location"]).json()["health"]["consecutive_failures"] == 0


def test_a_detail_shows_body_and_requests(house: House, bob: Client, receiver: Receiver) -> None:
    send(bob, "post", WEBHOOKS, {**BODY, "url": receiver.url()})
    go(house)
    row = the_delivery(house)
    found = bob.get(f"{DELIVERIES}{row.pk}/").json()
    assert (found["message_id"], found["payload"]) == (row.message_id, row.payload)
    assert [item["status_code"] for item in found["log"]] == [200]
    listed = bob.get(f"{DELIVERIES}?status=delivered&webhook_id={row.webhook_id}").json()["results"]
    assert [(item["id"], "payload" in item) for item in listed] == [(str(row.pk), False)]


def test_a_failed_delivery_is_sent_again_under_its_id(house: House, bob: Client, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    receiver.answer("400 No")
    go(house)
    place = f"{DELIVERIES}{the_delivery(house).pk}/replay/"
    receiver.thank()
    again = send(bob, "post", place, {})
    assert (again.status_code, again.json()["status"]) == (200, "pending")
    twice = send(bob, "post", place, {})
    assert (twice.status_code, twice.json()["code"]) == (409, "webhooks.delivery.not_repeatable")
    send_due()
    first, second = receiver.got
    assert (first.id, outcomes(house)) == (second.id, [("delivered", "", 2)])
    assert [row.number for row in attempts(the_delivery(house), house)] == [1, 2]


def test_selected_deliveries_are_sent_again_or_none(house: House, bob: Client, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    go(house, "EUR", "PLN", "CHF")
    ids = [str(row.pk) for row in deliveries(house)[:2]]
    wrong = send(bob, "post", f"{DELIVERIES}replay/", {"ids": [*ids, str(house.tenant.pk)]})
    assert (wrong.status_code, complaints(wrong)) == (400, {"ids.2": "kernel.not_found"})
    assert send_due() == {}
    assert send(bob, "post", f"{DELIVERIES}replay/", {"ids": ids}).status_code == 200
    send_due()
    assert [got.id for got in receiver.got[3:]] == [row.message_id for row in deliveries(house)[:2]]


def test_a_range_is_counted_and_then_sent_again(house: House, bob: Client, receiver: Receiver, noon: Any) -> None:
    webhook = make_webhook(house, receiver.url()).webhook
    for code in ("EUR", "PLN", "CHF"):
        go(house, code)
        noon.tick(3600)
    place = f"{WEBHOOKS}{webhook.pk}/replay/"
    asked = {"start": "2026-03-01T12:30:00Z", "end": "2026-03-01T14:00:00Z"}
    assert send(bob, "post", place, {**asked, "dry_run": True}).json() == {"count": 1, "dry_run": True}
    assert send(bob, "post", place, {**asked, "statuses": ["failed"]}).json()["count"] == 0
    assert send(bob, "post", place, asked).json() == {"count": 1, "dry_run": False}
    send_due()
    assert receiver.got[3].id == deliveries(house)[1].message_id
    wrong = send(bob, "post", place, {"start": asked["end"], "end": asked["start"]})
    assert complaints(wrong) == {"end": "webhooks.delivery.range_invalid"}


def test_nothing_is_sent_again_through_a_webhook_that_is_off(house: House, bob: Client, receiver: Receiver) -> None:
    webhook = make_webhook(house, receiver.url(), is_active=False).webhook
    happen(house)
    note()
    row = the_delivery(house)
    assert (row.status, row.reason) == ("skipped", "inactive")
    refused = send(bob, "post", f"{DELIVERIES}{row.pk}/replay/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "webhooks.webhook.inactive")
    send(bob, "post", f"{WEBHOOKS}{webhook.pk}/activate/", {})
    assert send(bob, "post", f"{DELIVERIES}{row.pk}/replay/", {}).status_code == 200
    send_due()
    assert len(receiver.got) == 1


def test_a_test_and_a_replay_heed_the_version_that_was_seen(house: House, bob: Client, receiver: Receiver) -> None:
    webhook = make_webhook(house, receiver.url()).webhook
    asked = {"start": "2026-03-01T12:30:00Z", "end": "2026-03-01T14:00:00Z"}
    for path, body in (("test/", {}), ("replay/", asked)):
        place = f"{WEBHOOKS}{webhook.pk}/{path}"
        for tag, status in (('"7"', 412), ("7", 400), ('"1"', 200)):
            assert send(bob, "post", place, body, **{"If-Match": tag}).status_code == status, (path, tag)
    assert len(receiver.got) == 1
