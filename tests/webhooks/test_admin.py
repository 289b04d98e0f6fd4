"""Back office pages of webhooks: what stands there, for whom, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.webhooks.models import Webhook
from tests.directory.callers import client_of, member
from tests.support.scopes import House
from tests.webhooks.factories import CREATED, deliveries, go, make_webhook, now, outcomes, the_delivery
from tests.webhooks.receivers import Receiver
from tests.webhooks.test_incoming import headers, make_endpoint, post, receipts

HOOKS, LEDGER = "/backend/webhooks/webhook/", "/backend/webhooks/webhookdelivery/"
ENDPOINTS, RECEIPTS = "/backend/webhooks/inboundendpoint/", "/backend/webhooks/inboundreceipt/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
FORM: dict[str, Any] = {
    "name": "Shop",
    "url": "https://hooks.example.org/in",
    "event_patterns": [CREATED],
    "event_patterns-more": "directory.**\n\n  **.deleted  ",
    "custom_headers": "X-Shop: north\nAuthorization: Bearer abc",
    "is_active": "on",
    "max_retries": "3",
    "timeout_seconds": "5",
    "rate_limit_per_minute": "0",
    "auto_disable_threshold": "10",
}


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "webhooks.*"), organization=house.north)


@pytest.fixture
def reader(house: House) -> Client:
    return client_of(member(house, "webhooks.view", name="Rita"), organization=house.north)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def add(client: Client, address: str, form: dict[str, Any]) -> Any:
    """Fill in the form for a new record and send it."""
    once = re.search(r'name="once" value="([0-9a-f]+)"', text_of(client, f"{address}add/"))
    assert once is not None
    return client.post(f"{address}add/", {**form, "once": once[1]})


def the_webhook(house: House) -> Webhook:
    with using_scope(house.scope()), scoped_transaction():
        found: Webhook = Webhook.objects.get()
        return found


def test_a_webhook_is_added_and_its_secret_shown_once(house: House, manager: Client) -> None:
    answer = add(manager, HOOKS, FORM)
    shown = answer.content.decode()
    assert (answer.status_code, len(SECRET.findall(shown))) == (200, 1)
    webhook = the_webhook(house)
    assert webhook.event_patterns == [CREATED, "directory.**", "**.deleted"]
    assert webhook.custom_headers == {"X-Shop": "north", "Authorization": "Bearer abc"}
    assert (webhook.max_retries, webhook.timeout_seconds, webhook.organization_id) == (3, 5, house.north.pk)
    assert SECRET.search(text_of(manager, f"{HOOKS}{webhook.pk}/change/")) is None


def test_the_same_form_sent_twice_makes_one(house: House, manager: Client) -> None:
    once = re.search(r'name="once" value="([0-9a-f]+)"', text_of(manager, f"{HOOKS}add/"))
    assert once is not None
    answers = [manager.post(f"{HOOKS}add/", {**FORM, "once": once[1]}) for _ in range(2)]
    assert [len(SECRET.findall(answer.content.decode())) for answer in answers] == [1, 0]
    assert the_webhook(house).name == "Shop"


def test_a_change_keeps_patterns_and_headers_that_are_sent_back(house: House, manager: Client) -> None:
    webhook = make_webhook(house, event_patterns=[CREATED, "**.deleted"], custom_headers={"X-A": "a"}).webhook
    page = text_of(manager, f"{HOOKS}{webhook.pk}/change/")
    assert re.search(rf'value="{CREATED}" checked', page)
    assert "**.deleted</textarea>" in page
    assert "X-A: a</textarea>" in page
    given = {**FORM, "event_patterns-more": "**.deleted", "custom_headers": "X-A: a", "name": "Till"}
    answer = manager.post(f"{HOOKS}{webhook.pk}/change/", {**given, "expected_version": "1"})
    assert answer.status_code == 302
    found = now(house, webhook)
    assert (found.name, found.event_patterns, found.custom_headers) == ("Till", [CREATED, "**.deleted"], {"X-A": "a"})


def test_a_line_that_is_no_header_is_refused_at_its_field(house: House, manager: Client) -> None:
    answer = add(manager, HOOKS, {**FORM, "custom_headers": "no colon"})
    assert "Write each header as Name: value" in answer.content.decode()
    answer = add(manager, HOOKS, {**FORM, "custom_headers": "Host: elsewhere"})
    assert "The header Host cannot be set." in answer.content.decode()


def test_a_reader_sees_names_of_headers_and_no_way_to_change(house: House, reader: Client) -> None:
    webhook = make_webhook(house, custom_headers={"Authorization": "Bearer abc"}).webhook
    page = text_of(reader, f"{HOOKS}{webhook.pk}/change/")
    assert "Authorization" in page
    assert "Bearer abc" not in page
    for button in ("rotate", "test", "deactivate", "replay"):
        assert reader.post(f"{HOOKS}{webhook.pk}/do/{button}/", {}).status_code == 403
    assert reader.get(f"{HOOKS}add/").status_code == 403


def test_a_new_secret_is_shown_on_the_page_that_answers(house: House, manager: Client) -> None:
    issued = make_webhook(house)
    answer = manager.post(f"{HOOKS}{issued.webhook.pk}/do/rotate/", {"grace_hours": "2"})
    [shown] = set(SECRET.findall(answer.content.decode()))
    assert shown != issued.secret
    page = text_of(manager, f"{HOOKS}{issued.webhook.pk}/change/")
    assert "signs as well until" in page


def test_a_test_leads_to_its_answer(house: House, manager: Client, receiver: Receiver) -> None:
    webhook = make_webhook(house, receiver.url()).webhook
    receiver.answer("500 Broken", b"<b>oh</b>", content_type="text/html")
    answer = manager.post(f"{HOOKS}{webhook.pk}/do/test/", {}, follow=True)
    page = answer.content.decode()
    assert "The receiver answered 500." in page
    assert "&lt;b&gt;oh&lt;/b&gt;" in page
    assert len(receiver.got) == 1


def test_a_delivery_is_sent_again_by_its_button(house: House, manager: Client, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    receiver.answer("400 No")
    go(house)
    address = f"{LEDGER}{the_delivery(house).pk}/do/replay/"
    assert manager.post(address, {}).status_code == 302
    assert outcomes(house) == [("pending", "", 1)]


def test_a_period_is_sent_again_by_a_form(house: House, manager: Client, receiver: Receiver, noon: Any) -> None:
    webhook = make_webhook(house, receiver.url()).webhook
    go(house, "EUR", "PLN")
    form = {"start": "2026-03-01T00:00", "end": "2026-03-02T00:00", "statuses": ["delivered"]}
    assert manager.post(f"{HOOKS}{webhook.pk}/do/replay/", form).status_code == 302
    assert [status for status, _, _ in outcomes(house)] == ["pending", "pending"]
    wrong = manager.post(f"{HOOKS}{webhook.pk}/do/replay/", {**form, "end": "2026-02-01T00:00"})
    assert "The end has to lie after the start." in wrong.content.decode()


def test_lists_cost_the_same_whatever_their_length(house: House, manager: Client, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    go(house, "EUR")
    issued = make_endpoint(house)
    post(issued.endpoint, headers(issued.secret))
    manager.get(HOOKS)  # the first request of a session costs more
    addresses = (HOOKS, LEDGER, ENDPOINTS, RECEIPTS)
    before = [cost(manager, address) for address in addresses]
    for number in range(4):
        make_webhook(house, receiver.url(f"/{number}"), whole_tenant=bool(number % 2))
        post(make_endpoint(house).endpoint, {})
        post(issued.endpoint, headers(issued.secret, message=f"m{number}"))
    go(house, "PLN", "CHF")
    assert (len(deliveries(house)), len(receipts(house))) == (11, 5)
    assert [cost(manager, address) for address in addresses] == before
    assert max(before) <= 13  # one of them is the log of reads


def cost(client: Client, address: str) -> int:
    """Statements about rows; what opens and closes transactions is the frame's."""
    with CaptureQueriesContext(connection) as captured:
        text_of(client, address)
    frame = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    return len([query for query in captured.captured_queries if query["sql"] and not query["sql"].startswith(frame)])


def test_an_endpoint_is_added_with_the_secret_of_its_sender(house: House, manager: Client) -> None:
    secret = "whsec_" + "A" * 43 + "="
    form = {"name": "Pay", "adapter": "standard", "secret": secret, "is_active": "on"}
    assert secret in add(manager, ENDPOINTS, form).content.decode()
    wrong = add(manager, ENDPOINTS, {**form, "secret": "short"})
    assert "This is no secret of this kind of sender." in wrong.content.decode()
    assert text_of(manager, ENDPOINTS).count("Standard Webhooks") == 1


def test_another_tenants_pages_are_not_there(house: House, other_house: House, receiver: Receiver) -> None:
    webhook = make_webhook(house, receiver.url()).webhook
    go(house)
    charlie = client_of(member(other_house, "webhooks.*", name="Charlie"), organization=other_house.north)
    for address in (
        f"{HOOKS}{webhook.pk}/change/",
        f"{HOOKS}{webhook.pk}/do/test/",
        f"{LEDGER}{the_delivery(house).pk}/change/",
    ):
        assert charlie.get(address).status_code == 404
    assert "Shop" not in text_of(charlie, HOOKS)
