"""The ledger: a row for each event and webhook that it is for, whatever happens how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.directory.management.staff import whole_tenant
from apps.directory.services import set_up_tenant, update_tenant
from apps.kernel.access.grants import Access
from apps.kernel.clock import FrozenClock
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput
from apps.kernel.eventbus.operating import ENDED, deliver_again, persistent_subscribers
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Schedule, Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from apps.webhooks.errors import TenantWebhookKept
from apps.webhooks.models import WebhookDelivery
from apps.webhooks.services import update_webhook
from apps.webhooks.services.upkeep import UPKEEP_WORK
from apps.webhooks.subscribers import LEDGER, LedgerSubscriber
from tests.kernel.events_probes import MINTED, everywhere, outbox, run_all
from tests.support.scopes import House
from tests.webhooks.factories import CREATED, deliveries, go, happen, make_webhook, note, now, outcomes, send
from tests.webhooks.receivers import Receiver


def test_an_event_goes_to_the_webhooks_of_its_organization_and_of_the_tenant(house: House) -> None:
    north = make_webhook(house).webhook
    make_webhook(house, at=house.south)
    tenants = make_webhook(house, whole_tenant=True).webhook
    happen(house)
    note()
    assert {row.webhook_id for row in deliveries(house)} == {north.pk, tenants.pk}
    assert {row.organization_id for row in deliveries(house)} == {house.north.pk}


def test_an_event_of_no_organization_goes_to_webhooks_of_the_tenant_only(house: House) -> None:
    pattern = ["directory.tenant.updated"]
    make_webhook(house, event_patterns=pattern)
    make_webhook(house, event_patterns=pattern, at=house.south)
    tenants = make_webhook(house, event_patterns=pattern, whole_tenant=True).webhook
    _rename_tenant(house)
    note()
    assert [(row.webhook_id, row.organization_id) for row in deliveries(house)] == [(tenants.pk, None)]


def _rename_tenant(house: House) -> None:
    with using_scope(house.scope(house.north)):
        update_tenant(house.tenant.pk, name="Acme 2")


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("currencies.currency.created", 1),
        ("currencies.*.created", 1),
        ("**.created", 1),
        ("currencies.**", 1),
        ("**", 1),
    ],
)
def test_patterns_decide(house: House, pattern: str, count: int) -> None:
    make_webhook(house, event_patterns=[pattern])
    happen(house)
    note()
    assert len([row for row in deliveries(house) if row.event_type == CREATED]) == count


def test_several_patterns_over_one_event_make_one_row(house: House) -> None:
    make_webhook(house, event_patterns=["**", CREATED, "currencies.*.created"])
    happen(house)
    note()
    assert [row.event_type for row in deliveries(house)] == [CREATED]


def test_what_webhooks_do_is_never_sent(house: House) -> None:
    webhook = make_webhook(house, event_patterns=["**"]).webhook
    with using_scope(house.scope(house.north)):
        update_webhook(webhook.pk, name="Renamed")
    note()
    assert deliveries(house) == []
    subscriber = persistent_subscribers()[LEDGER]
    assert isinstance(subscriber, LedgerSubscriber)
    names = ("webhooks.webhook.created", "webhooks.inbound.received", MINTED.name, "nothing.at.all")
    assert [name for name in names if subscriber.hears(name)] == []


def test_an_event_that_comes_again_has_its_row_already(house: House, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    go(house)
    subscriber = persistent_subscribers()[LEDGER]
    with everywhere(house.scope()):
        assert deliver_again(subscriber, [event.pk for event in outbox(house.scope())], statuses=ENDED) > 0
    run_all()
    send()
    assert (len(receiver.got), outcomes(house)) == (1, [("delivered", "", 1)])


def test_many_events_cost_a_fixed_number_of_statements(house: House) -> None:
    for _ in range(3):
        make_webhook(house)
    counts = []
    for codes in (("EUR", "PLN"), ("CHF", "CZK", "DKK", "GBP", "HUF", "NOK", "SEK", "USD")):
        happen(house, *codes)
        sweep("relay")
        with CaptureQueriesContext(connection) as captured:
            sweep("events")
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(deliveries(house)) == 30


def test_a_webhook_for_all_organizations_takes_access_to_all_of_them(house: House) -> None:
    limited = Access(granted=frozenset({"*"}), organization_ids=frozenset({house.north.pk}))
    scope = house.scope(house.north, access=limited)
    with pytest.raises(InvalidInput) as refused:
        make_webhook(house, scope=scope, whole_tenant=True)
    assert [item.code for item in refused.value.errors] == ["webhooks.webhook.tenant_reach"]
    tenants = make_webhook(house, whole_tenant=True).webhook
    with using_scope(scope), pytest.raises(TenantWebhookKept):
        update_webhook(tenants.pk, url="https://mine.example.org/")


def test_undo_is_no_way_round_that(house: House) -> None:
    webhook = make_webhook(house, whole_tenant=True).webhook
    with using_scope(house.scope(house.north)), collecting_actions() as actions:
        update_webhook(webhook.pk, url="https://elsewhere.example.org/")
    limited = Access(granted=frozenset({"*"}), organization_ids=frozenset({house.north.pk}))
    with using_scope(house.scope(house.north, access=limited)), pytest.raises(TenantWebhookKept):
        undo(actions[-1])
    assert now(house, webhook).url == "https://elsewhere.example.org/"
    with using_scope(house.scope(house.north)):
        undo(actions[-1])
    assert now(house, webhook).url == webhook.url


def test_who_works_in_one_organization_sees_what_was_sent_of_it_only(house: House) -> None:
    make_webhook(house, whole_tenant=True)
    happen(house, at=house.north)
    happen(house, at=house.south)
    note()
    with using_scope(house.scope(house.south)), scoped_transaction():
        assert [row.organization_id for row in WebhookDelivery.objects.all()] == [house.south.pk]


def test_old_rows_go_and_those_that_wait_stay(
    house: House, receiver: Receiver, noon: FrozenClock, settings: Any
) -> None:
    settings.WEBHOOKS_KEPT_DAYS = 10
    make_webhook(house, receiver.url())
    go(house, "EUR")
    make_webhook(house, receiver.url("/slow"), max_retries=30)
    receiver.answer("429 Later", path="/slow", retry_after="86400")
    go(house, "PLN")
    for _ in range(11):
        noon.tick(timedelta(days=1))
        send()
    _tidy(house)
    assert [status for status, _, _ in outcomes(house)] == ["pending"]


def test_a_delivery_whose_row_of_work_is_lost_comes_back(house: House, receiver: Receiver, noon: FrozenClock) -> None:
    make_webhook(house, receiver.url())
    happen(house)
    note()
    Work.objects.filter(kind="webhooks.delivery").delete()
    noon.tick(timedelta(hours=2))
    assert send() == {}
    _tidy(house)
    send()
    assert (len(receiver.got), outcomes(house)) == (1, [("delivered", "", 1)])


def _tidy(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        enqueue(UPKEEP_WORK, house.tenant.pk)
    assert sweep()[Outcome.DONE] == 1


def test_a_new_tenant_is_looked_after_once_an_hour(house: House) -> None:
    for _ in range(2):
        with whole_tenant(house.tenant.pk, "probe"):
            set_up_tenant(house.tenant.pk)
    with using_scope(house.scope()), scoped_transaction():
        [schedule] = Schedule.objects.filter(kind=UPKEEP_WORK)
    assert (schedule.ref_id, schedule.interval_seconds) == (house.tenant.pk, 3600)
