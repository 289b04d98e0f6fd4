"""From an event to its receiver: signed, once in the ledger, tried again where that may help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from apps.kernel import clock
from apps.kernel.clock import FrozenClock
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.sweeper import sweep
from apps.webhooks.services import activate_webhook, deactivate_webhook, delete_webhook, rotate_secret, update_webhook
from tests.auth.factories import reading_in
from tests.directory.callers import member
from tests.kernel.events_probes import names, outbox
from tests.notifications.notices import notifications
from tests.support.scopes import House
from tests.webhooks.factories import (
    attempts,
    deliveries,
    go,
    happen,
    health,
    make_webhook,
    note,
    now,
    outcomes,
    send,
    the_delivery,
)
from tests.webhooks.receivers import Receiver

NOBODY = "http://127.0.0.1:1/hook"  # a port at which nothing listens


def test_an_event_arrives_signed_as_the_public_library_has_it(house: House, receiver: Receiver) -> None:
    issued = make_webhook(house, receiver.url("/in?shop=1"), custom_headers={"X-Shop": "north"})
    go(house)
    [got] = receiver.got
    [event] = [item for item in outbox(house.scope()) if item.name == "currencies.currency.created"]
    assert (got.path, got.headers["x-shop"], got.headers["content-type"]) == ("/in?shop=1", "north", "application/json")
    assert got.id == the_delivery(house).message_id
    assert got.is_signed_with(issued.secret)
    assert not got.is_signed_with(make_webhook(house).secret)
    assert got.json == {
        "type": "currencies.currency.created",
        "timestamp": event.created_at.isoformat().replace("+00:00", "Z"),
        "data": {
            **event.payload,
            "event_id": str(event.pk),
            "tenant_id": str(house.tenant.pk),
            "organization_id": str(house.north.pk),
            "entity": "currencies.currency",
            "entity_id": str(event.record_id),
        },
    }


def test_what_was_delivered_stands_in_the_ledger(house: House, receiver: Receiver, noon: FrozenClock) -> None:
    issued = make_webhook(house, receiver.url())
    receiver.answer("201 Created", b"thanks", set_cookie="a=b", server="shop")
    go(house)
    row = the_delivery(house)
    assert (row.status, row.attempts, row.response_status, row.ended_at) == ("delivered", 1, 201, clock.now())
    [attempt] = attempts(row, house)
    assert (attempt.number, attempt.status_code, attempt.response_body, attempt.error) == (1, 201, "thanks", "")
    assert attempt.response_headers == {"content-length": "6", "server": "shop"}
    fares = health(house, issued.webhook)
    assert (fares.consecutive_failures, fares.last_success_at, fares.last_failure_at) == (0, clock.now(), None)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_under_the_same_id(
    house: House, receiver: Receiver, noon: FrozenClock, status: int
) -> None:
    make_webhook(house, receiver.url())
    receiver.answer(f"{status} Later")
    go(house)
    row = the_delivery(house)
    assert (row.status, row.reason, row.attempts) == ("pending", str(status), 1)
    assert row.next_attempt_at is not None
    assert timedelta(seconds=3.75) <= row.next_attempt_at - clock.now() <= timedelta(seconds=6.25)
    receiver.thank()
    assert send() == {}
    noon.tick(7)
    send()
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 7
    assert outcomes(house) == [("delivered", "", 2)]


@pytest.mark.parametrize("status", [301, 302, 304, 307, 400, 401, 403, 404, 405, 413, 422])
def test_every_other_answer_is_final(house: House, receiver: Receiver, status: int) -> None:
    issued = make_webhook(house, receiver.url())
    receiver.answer(f"{status} No", location=receiver.url("/elsewhere"))
    go(house)
    assert outcomes(house) == [("failed", str(status), 1)]
    assert [got.path for got in receiver.got] == ["/hook"]
    assert (now(house, issued.webhook).is_active, health(house, issued.webhook).consecutive_failures) == (True, 1)


def test_tries_end(house: House, receiver: Receiver, noon: FrozenClock) -> None:
    make_webhook(house, receiver.url(), max_retries=2)
    receiver.answer("500 Broken")
    go(house)
    for _ in range(5):
        noon.tick(timedelta(hours=2))
        send()
    assert outcomes(house) == [("exhausted", "500", 3)]
    assert len(receiver.got) == 3


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("120", timedelta(seconds=120)),
        ("Sun, 01 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("999999999", timedelta(hours=24)),
        ("864000", timedelta(hours=24)),
    ],
)
def test_the_receiver_may_ask_for_a_pause(
    house: House, receiver: Receiver, noon: FrozenClock, asked: str, waits: timedelta
) -> None:
    make_webhook(house, receiver.url())
    receiver.answer("429 Slow down", retry_after=asked)
    go(house)
    assert the_delivery(house).next_attempt_at == clock.now() + waits


def test_410_switches_the_webhook_off(house: House, receiver: Receiver) -> None:
    issued = make_webhook(house, receiver.url())
    receiver.answer("410 Gone")
    go(house)
    webhook = now(house, issued.webhook)
    assert (webhook.is_active, webhook.disabled_reason) == (False, "gone")
    assert outcomes(house) == [("failed", "410", 1)]
    assert names(house.scope())[-1] == "webhooks.webhook.disabled"
    go(house, "PLN")
    assert outcomes(house)[-1] == ("skipped", "inactive", 0)
    assert len(receiver.got) == 1


def test_failures_in_a_row_switch_it_off_and_a_success_between_does_not(house: House, receiver: Receiver) -> None:
    issued = make_webhook(house, receiver.url(), auto_disable_threshold=2)
    for answer, code in (("400 No", "EUR"), ("200 Yes", "PLN"), ("400 No", "CHF")):
        receiver.answer(answer)
        go(house, code)
    assert now(house, issued.webhook).is_active
    go(house, "CZK")
    assert (now(house, issued.webhook).is_active, now(house, issued.webhook).disabled_reason) == (False, "failures")
    [event] = [item for item in outbox(house.scope()) if item.name == "webhooks.webhook.disabled"]
    assert (event.payload["reason"], event.payload["consecutive_failures"]) == ("failures", 2)
    with using_scope(house.scope(house.north)):
        activate_webhook(issued.webhook.pk)
    assert health(house, issued.webhook).consecutive_failures == 0


def test_whoever_takes_the_switching_off_back_begins_to_count_anew(house: House, receiver: Receiver) -> None:
    issued = make_webhook(house, receiver.url(), auto_disable_threshold=2)
    receiver.answer("400 No")
    for code in ("EUR", "PLN"):
        go(house, code)
    assert not now(house, issued.webhook).is_active
    with reading_in(house):
        switched_off = Action.objects.get(command="webhooks.webhook.disable")
    with using_scope(house.scope(house.north)):
        undo(switched_off.pk)
    note()
    assert (now(house, issued.webhook).is_active, health(house, issued.webhook).consecutive_failures) == (True, 0)
    go(house, "CHF")
    assert now(house, issued.webhook).is_active
    go(house, "CZK")
    assert not now(house, issued.webhook).is_active


def test_who_manages_webhooks_is_told_once_that_one_was_switched_off(house: House, receiver: Receiver) -> None:
    manager = member(house, "webhooks.manage")
    member(house, "webhooks.view")
    issued = make_webhook(house, receiver.url(), auto_disable_threshold=1)
    receiver.answer("400 No")
    for code in ("EUR", "PLN"):
        go(house, code)
    sweep()
    [told] = notifications(house)
    assert (told.recipient_id, told.type, told.severity) == (manager.pk, "webhooks.switched_off", "error")
    assert (told.title, told.count) == (f"Switched off: {issued.webhook.name}", 1)
    assert told.body.startswith("1 requests in a row have failed. Nothing is sent")
    assert told.link == f"/backend/webhooks/webhook/{issued.webhook.pk}/change/"


def test_a_receiver_that_wants_nothing_more_is_named_as_the_reason(house: House, receiver: Receiver) -> None:
    member(house, "webhooks.manage")
    make_webhook(house, receiver.url())
    receiver.answer("410 Gone")
    go(house)
    sweep()
    assert [item.body.split(".")[0] for item in notifications(house)] == ["Its receiver wants nothing more (410)"]


def test_a_threshold_of_zero_never_switches_off(house: House, receiver: Receiver) -> None:
    issued = make_webhook(house, receiver.url(), auto_disable_threshold=0)
    receiver.answer("400 No")
    go(house, "EUR", "PLN", "CHF")
    assert (now(house, issued.webhook).is_active, health(house, issued.webhook).consecutive_failures) == (True, 3)


def test_during_the_grace_both_secrets_sign_and_then_the_new_one_alone(
    house: House, receiver: Receiver, noon: FrozenClock
) -> None:
    former = make_webhook(house, receiver.url())
    noon.tick(1)
    with using_scope(house.scope(house.north)):
        latter = rotate_secret(former.webhook.pk)
    noon.tick(timedelta(hours=23))
    go(house, "EUR")
    noon.tick(timedelta(hours=2))
    go(house, "PLN")
    signed = [(got.is_signed_with(former.secret), got.is_signed_with(latter.secret)) for got in receiver.got]
    assert signed == [(True, True), (False, True)]
    assert len(receiver.got[0].headers["webhook-signature"].split()) == 2


PRIVATE = {
    "http://127.0.0.1/": "private_ip_literal",
    "http://10.0.0.8/": "private_ip_literal",
    "http://169.254.169.254/latest/": "private_ip_literal",
    "http://[::1]/": "private_ip_literal",
    "http://[::ffff:10.0.0.1]/": "private_ip_literal",
    "http://0x7f000001/": "private_ip_literal",
    "http://2130706433/": "private_ip_literal",
    "http://localhost/": "blocked_hostname",
    "http://db.internal/": "blocked_hostname",
}


@pytest.mark.parametrize(("url", "reason"), PRIVATE.items())
def test_a_private_address_is_never_called(house: House, settings: LazySettings, url: str, reason: str) -> None:
    settings.DEBUG = settings.OUTBOUND_ALLOW_PRIVATE = True
    make_webhook(house, url)
    settings.OUTBOUND_ALLOW_PRIVATE = False
    go(house)
    assert outcomes(house) == [("failed", reason, 1)]


def test_a_receiver_that_is_not_there_is_tried_again(house: House, receiver: Receiver) -> None:
    make_webhook(house, NOBODY)
    go(house)
    assert outcomes(house) == [("pending", "connection_failed", 1)]


def test_a_host_that_is_left_alone_costs_no_tries_and_counts_as_no_failure(
    house: House, receiver: Receiver, noon: FrozenClock
) -> None:
    issued = make_webhook(house, NOBODY)
    go(house, "EUR", "PLN", "CHF", "CZK", "USD", "GBP", "DKK")
    assert [row[1:] for row in outcomes(house)] == [("connection_failed", 1)] * 5 + [("breaker_open", 0)] * 2
    assert health(house, issued.webhook).consecutive_failures == 5
    waits = deliveries(house)[-1].next_attempt_at
    assert waits is not None
    assert timedelta(seconds=30) <= waits - clock.now() <= timedelta(seconds=60)


def test_what_waits_for_a_webhook_that_went_is_skipped(house: House, receiver: Receiver) -> None:
    off, gone = (make_webhook(house, receiver.url(f"/{name}")).webhook for name in ("off", "gone"))
    happen(house)
    note()
    with using_scope(house.scope(house.north)):
        deactivate_webhook(off.pk)
        delete_webhook(gone.pk)
    send()
    assert sorted(outcomes(house)) == [("skipped", "deleted", 0), ("skipped", "inactive", 0)]
    assert receiver.got == []


def test_a_limit_spreads_requests_over_the_minute(house: House, receiver: Receiver, noon: FrozenClock) -> None:
    make_webhook(house, receiver.url(), rate_limit_per_minute=60)
    go(house, "EUR", "PLN", "CHF")
    arrived = [len(receiver.got)]
    for _ in range(3):
        noon.tick(1)
        send()
        arrived.append(len(receiver.got))
    assert arrived == [1, 2, 3, 3]
    assert outcomes(house) == [("delivered", "", 1)] * 3


def test_after_a_standstill_no_more_leave_than_the_limit_allows(
    house: House, receiver: Receiver, noon: FrozenClock
) -> None:
    make_webhook(house, receiver.url(), rate_limit_per_minute=60)
    go(house, "EUR", "PLN", "CHF", "CZK")
    noon.tick(timedelta(minutes=10))
    send()
    assert len(receiver.got) == 2
    noon.tick(1)
    send()
    assert len(receiver.got) == 3


def test_an_answer_is_kept_up_to_4096_characters(house: House, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    receiver.answer("200 OK", b"\x00" + b"x" * 9000, content_type="text/plain")
    go(house)
    [attempt] = attempts(the_delivery(house), house)
    assert attempt.response_body == "x" * 4095


def test_a_change_of_address_reaches_what_waits(house: House, receiver: Receiver, noon: FrozenClock) -> None:
    issued = make_webhook(house, receiver.url("/old"))
    receiver.answer("503 Later", path="/old")
    go(house)
    with using_scope(house.scope(house.north)):
        update_webhook(issued.webhook.pk, url=receiver.url("/new"))
    noon.tick(60)
    send()
    assert [got.path for got in receiver.got] == ["/old", "/new"]


def test_a_slow_receiver_is_given_up_in_time(house: House, receiver: Receiver) -> None:
    def stall(connection: Any, request: str) -> None:
        connection.recv(1)

    receiver.pages["/hook"] = stall
    make_webhook(house, receiver.url(), timeout_seconds=1)
    go(house)
    assert outcomes(house) == [("pending", "timeout", 1)]
