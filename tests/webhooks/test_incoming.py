"""Messages of others: proved, stored and queued once, handled once, and given up in the open."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from standardwebhooks.webhooks import Webhook as Signer

from apps.directory.models import Tenant
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import Permanent
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from apps.webhooks.calculations.signing import sign
from apps.webhooks.contracts import ADAPTERS, Receipt, inbound_adapter
from apps.webhooks.models import InboundReceipt
from apps.webhooks.providers.standard.provider import StandardAdapter
from apps.webhooks.services import (
    IssuedEndpoint,
    create_endpoint,
    delete_endpoint,
    rotate_endpoint_secret,
    update_endpoint,
)
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.kernel.events_probes import names, outbox
from tests.support.scopes import House, seeding

BODY = b'{"type": "order.paid", "data": {"id": 7}}'
RECEIPTS = "/api/webhooks/receipts/"


def make_endpoint(house: House, **values: Any) -> IssuedEndpoint:
    """An endpoint of North."""
    with using_scope(house.scope(house.north)):
        return create_endpoint(**{"name": "Payments", **values})


def headers(secret: str, *, body: bytes = BODY, message: str = "msg_1", at: datetime | None = None) -> dict[str, str]:
    """What the public library has a sender send."""
    moment = (at or clock.now()).replace(microsecond=0)
    signature = Signer(secret).sign(message, moment, body.decode("latin-1"))
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }


def post(endpoint: Any, given: dict[str, str], body: bytes = BODY, kind: str = "application/json") -> Any:
    """What the endpoint answers to somebody outside."""
    address = f"/api/webhooks/inbound/{getattr(endpoint, 'pk', endpoint)}/"
    return Client().generic("POST", address, body, content_type=kind, headers=given)


def receipts(house: House) -> list[InboundReceipt]:
    """What came in, oldest first."""
    with using_scope(house.scope()), scoped_transaction():
        return list(InboundReceipt.objects.order_by("pk"))


def handle() -> None:
    """Handle what is due."""
    sweep()


class Probe(StandardAdapter):
    """Keeps what it gets; fails as it is told."""

    id = "probe"

    def __init__(self) -> None:
        self.seen: list[Receipt] = []
        self.failure: Exception | None = None

    def process(self, receipt: Receipt) -> None:
        """Keep it, or fail."""
        self.seen.append(receipt)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def probe() -> Iterator[Probe]:
    adapter = Probe()
    inbound_adapter(adapter)
    yield adapter
    ADAPTERS.remove("probe")


def test_a_signed_message_is_stored_and_announced(house: House) -> None:
    issued = make_endpoint(house)
    answer = post(issued.endpoint, headers(issued.secret))
    assert (answer.status_code, answer.json()) == (200, {"duplicate": False})
    [receipt] = receipts(house)
    assert (receipt.status, receipt.message_id, receipt.event_type) == ("received", "msg_1", "order.paid")
    assert receipt.organization_id == house.north.pk
    handle()
    [event] = [item for item in outbox(house.scope()) if item.name == "webhooks.inbound.received"]
    assert event.payload == {
        "resource_id": str(receipt.pk),
        "endpoint_id": str(issued.endpoint.pk),
        "message_id": "msg_1",
        "event_type": "order.paid",
    }
    assert (event.organization_id, event.record_id) == (house.north.pk, receipt.pk)
    assert (receipts(house)[0].status, receipts(house)[0].attempts) == ("processed", 1)


def test_the_same_message_is_handled_once(house: House) -> None:
    issued = make_endpoint(house)
    for duplicate in (False, True, True):
        assert post(issued.endpoint, headers(issued.secret)).json() == {"duplicate": duplicate}
        handle()
    assert len(receipts(house)) == 1
    assert names(house.scope()).count("webhooks.inbound.received") == 1


def test_two_endpoints_may_get_messages_of_one_id(house: House) -> None:
    for _ in range(2):
        issued = make_endpoint(house)
        assert post(issued.endpoint, headers(issued.secret)).json() == {"duplicate": False}
    assert len(receipts(house)) == 2


def bad(secret: str) -> dict[str, dict[str, str]]:
    good, now = headers(secret), clock.now()
    other = "whsec_" + base64.b64encode(b"another key of thirty-two bytes!").decode()
    return {
        "nothing": {},
        "no signature": {**good, "webhook-signature": ""},
        "another version": {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v2,")},
        "another id": {**good, "webhook-id": "msg_2"},
        "another key": headers(other),
        "too old": headers(secret, at=now - timedelta(seconds=310)),
        "too new": headers(secret, at=now + timedelta(seconds=310)),
        "no time": {**good, "webhook-timestamp": "soon"},
        "a long time": {**good, "webhook-timestamp": "9" * 400},
        "no base64": {**good, "webhook-signature": "v1,ÿÿ v1 ,, v1,"},
        "no id": {**good, "webhook-id": ""},
    }


@pytest.mark.parametrize("case", bad("whsec_" + "A" * 32))
def test_what_is_not_proved_is_refused_and_leaves_nothing(house: House, case: str) -> None:
    issued = make_endpoint(house)
    answer = post(issued.endpoint, bad(issued.secret)[case])
    assert (answer.status_code, answer.json()["code"]) == (401, "webhooks.inbound.signature_invalid")
    assert answer["Content-Type"] == PROBLEM
    assert receipts(house) == []
    assert not Work.objects.filter(kind="webhooks.receipt").exists()


def test_a_changed_body_is_refused(house: House) -> None:
    issued = make_endpoint(house)
    assert post(issued.endpoint, headers(issued.secret), BODY + b" ").status_code == 401


def test_one_of_several_signatures_suffices(house: House) -> None:
    issued = make_endpoint(house)
    given = headers(issued.secret)
    given["webhook-signature"] = f"v1,AAAA v1a,BBBB {given['webhook-signature']}"
    assert post(issued.endpoint, given).status_code == 200


def test_svix_names_are_understood(house: House) -> None:
    issued = make_endpoint(house)
    given = {name.replace("webhook-", "svix-"): text for name, text in headers(issued.secret).items()}
    assert post(issued.endpoint, given).json() == {"duplicate": False}


def test_bytes_of_any_kind_arrive_as_they_were_sent(house: House, probe: Probe) -> None:
    issued = make_endpoint(house, adapter="probe")
    body = bytes(range(256))
    signed = headers(issued.secret, body=b"")
    moment = datetime.fromtimestamp(int(signed["webhook-timestamp"]), tz=UTC)
    signed["webhook-signature"] = sign([issued.secret], "msg_1", int(moment.timestamp()), body)
    assert post(issued.endpoint, signed, body, kind="application/octet-stream").status_code == 200
    handle()
    [receipt] = probe.seen
    assert (receipt.body, receipt.organization_id, receipt.event_type) == (body, house.north.pk, "")


def test_an_unknown_a_deleted_and_a_closed_tenants_address_look_the_same(house: House, other_house: House) -> None:
    gone, closed = make_endpoint(house), make_endpoint(other_house)
    with using_scope(house.scope(house.north)):
        delete_endpoint(gone.endpoint.pk)
    with seeding(other_house.scope()):
        Tenant.objects.filter(pk=other_house.tenant.pk).update(status="suspended")
    answers = [
        post(house.tenant.pk, headers(gone.secret)),
        post(gone.endpoint, headers(gone.secret)),
        post(closed.endpoint, headers(closed.secret)),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_a_switched_off_endpoint_asks_for_patience(house: House) -> None:
    issued = make_endpoint(house)
    with using_scope(house.scope(house.north)):
        update_endpoint(issued.endpoint.pk, is_active=False)
    answer = post(issued.endpoint, headers(issued.secret))
    assert (answer.status_code, answer.json()["code"]) == (503, "webhooks.inbound.closed")


def test_a_body_above_a_megabyte_is_too_large(house: House) -> None:
    issued = make_endpoint(house)
    body = b"x" * (1024 * 1024 + 1)
    answer = post(issued.endpoint, headers(issued.secret, body=body), body)
    assert (answer.status_code, answer.json()["code"]) == (413, "kernel.too_large")
    assert post(issued.endpoint, headers(issued.secret, body=body[1:]), body[1:]).status_code == 200


def test_an_address_is_asked_60_times_a_minute_for_each_endpoint(house: House, settings: LazySettings) -> None:
    settings.RATE_LIMITS = {"webhooks.inbound.address": "2/60"}
    issued, other = make_endpoint(house), make_endpoint(house)
    statuses = [post(issued.endpoint, headers(issued.secret, message=f"m{n}")).status_code for n in range(3)]
    assert statuses == [200, 200, 429]
    assert post(other.endpoint, headers(other.secret)).status_code == 200


def test_after_a_rotation_the_former_secret_is_good_for_the_grace(house: House, noon: clock.FrozenClock) -> None:
    former = make_endpoint(house)
    with using_scope(house.scope(house.north)):
        latter = rotate_endpoint_secret(former.endpoint.pk, grace_hours=2)
    assert post(former.endpoint, headers(former.secret, message="a")).status_code == 200
    noon.tick(timedelta(hours=3))
    assert post(former.endpoint, headers(former.secret, message="b")).status_code == 401
    assert post(former.endpoint, headers(latter.secret, message="c")).status_code == 200


def test_a_failure_is_tried_again_and_then_waits_for_a_decision(
    house: House, probe: Probe, noon: clock.FrozenClock
) -> None:
    issued = make_endpoint(house, adapter="probe")
    probe.failure = RuntimeError("card 4111 1111 1111 1111")
    post(issued.endpoint, headers(issued.secret))
    for _ in range(15):
        handle()
        noon.tick(timedelta(hours=2))
    [receipt] = receipts(house)
    assert (receipt.status, receipt.attempts, receipt.last_error, len(probe.seen)) == ("dead", 12, "RuntimeError", 12)
    bob = client_of(member(house, "webhooks.view", "webhooks.manage"), organization=house.north)
    assert [item["id"] for item in bob.get(f"{RECEIPTS}?status=dead").json()["results"]] == [str(receipt.pk)]
    probe.failure = None
    place = f"{RECEIPTS}{receipt.pk}/reprocess/"
    assert send(bob, "post", place, {}).json()["status"] == "received"
    handle()
    assert receipts(house)[0].status == "processed"
    refused = send(bob, "post", place, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "webhooks.receipt.not_reprocessable")


def test_what_can_never_succeed_is_given_up_at_once(house: House, probe: Probe) -> None:
    issued = make_endpoint(house, adapter="probe")
    probe.failure = Permanent("there is no such order")
    post(issued.endpoint, headers(issued.secret))
    handle()
    [receipt] = receipts(house)
    assert (receipt.status, receipt.last_error) == ("dead", "kernel.work.permanent: there is no such order")


def test_the_body_is_encrypted_and_shown_in_the_detail(house: House) -> None:
    issued = make_endpoint(house)
    post(issued.endpoint, {**headers(issued.secret), "Authorization": "Bearer secret", "X-Trace": "t1"})
    [receipt] = receipts(house)
    with using_scope(house.scope()), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM webhook_receipt")
        assert b"order.paid" not in bytes(cursor.fetchone()[0])
    bob = client_of(member(house, "webhooks.view"), organization=house.north)
    shown = bob.get(f"{RECEIPTS}{receipt.pk}/").json()
    assert json.loads(shown["body"]) == json.loads(BODY)
    assert (shown["headers"]["x-trace"], "authorization" in shown["headers"]) == ("t1", False)


def test_an_endpoint_shows_its_secret_once(house: House) -> None:
    bob = client_of(member(house, "webhooks.view", "webhooks.manage", "webhooks.secrets"), organization=house.north)
    made = send(bob, "post", "/api/webhooks/endpoints/", {"name": "Payments"})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["address"] == f"/api/webhooks/inbound/{made.json()['id']}/"
    assert "secret" not in bob.get(made["Location"]).json()
    wrong = send(bob, "post", "/api/webhooks/endpoints/", {"name": "", "adapter": "nobody", "secret": "x"})
    assert complaints(wrong) == {"name": "blank", "adapter": "invalid_choice"}
    short = send(bob, "post", "/api/webhooks/endpoints/", {"name": "P", "secret": "whsec_AAAA"})
    assert complaints(short) == {"secret": "webhooks.endpoint.secret_invalid"}
