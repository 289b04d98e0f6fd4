"""Webhooks, what happens in the house, and the way of an event to a receiver."""

from __future__ import annotations

from collections import Counter
from typing import Any

from apps.currencies.services import create_currency, update_currency
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.webhooks.models import InboundReceipt, Webhook, WebhookAttempt, WebhookDelivery, WebhookHealth
from apps.webhooks.services import IssuedWebhook, create_webhook
from tests.kernel.events_probes import run_all
from tests.support.rows import make_row
from tests.support.scopes import House, seeding

CREATED = "currencies.currency.created"


def make_webhook(house: House, url: str = "https://hooks.example.org/agora", **values: Any) -> IssuedWebhook:
    """A webhook of North that hears of new currencies; `at` is another place, `scope` another actor."""
    scope: Scope = values.pop("scope", None) or house.scope(values.pop("at", house.north), house.root, house.south)
    given: dict[str, Any] = {"name": "Shop", "event_patterns": [CREATED], **values}
    with using_scope(scope):
        return create_webhook(url=url, **given)


def happen(house: House, *codes: str, at: Any = None) -> None:
    """Currencies are added: one event for each."""
    with using_scope(house.scope(at or house.north)):
        for code in codes or ("EUR",):
            create_currency(code=code)


def change_currency(house: House, currency_id: Any, name: str) -> None:
    """Another event, of a change."""
    with using_scope(house.scope(house.north)):
        update_currency(currency_id, name=name)


def note() -> None:
    """Take what happened to the ledger."""
    run_all()


def send() -> Counter[Outcome]:
    """Send what is due."""
    return sweep("webhooks")


def go(house: House, *codes: str, at: Any = None) -> None:
    """Something happens, is noted and sent."""
    happen(house, *codes, at=at)
    note()
    send()


def deliveries(house: House) -> list[WebhookDelivery]:
    """The ledger, oldest first."""
    with using_scope(house.scope()), scoped_transaction():
        return list(WebhookDelivery.objects.order_by("pk"))


def the_delivery(house: House) -> WebhookDelivery:
    """The only row of the ledger."""
    [found] = deliveries(house)
    return found


def attempts(delivery: WebhookDelivery, house: House) -> list[WebhookAttempt]:
    """The log of a delivery."""
    with using_scope(house.scope()), scoped_transaction():
        return list(WebhookAttempt.objects.filter(delivery_id=delivery.pk).order_by("number", "pk"))


def outcomes(house: House) -> list[tuple[str, str, int]]:
    """Status, reason and tries of each row of the ledger, oldest first."""
    return [(row.status, row.reason, row.attempts) for row in deliveries(house)]


def now(house: House, webhook: Webhook) -> Webhook:
    """The webhook as it stands."""
    with using_scope(house.scope()), scoped_transaction():
        found: Webhook = Webhook.objects.get(pk=webhook.pk)
        return found


def health(house: House, webhook: Webhook) -> WebhookHealth:
    """How it fares."""
    with using_scope(house.scope()), scoped_transaction():
        found: WebhookHealth = WebhookHealth.objects.get(webhook_id=webhook.pk)
        return found


def ledger_rows(house: House, *, place: Any, count: int = 2) -> None:
    """Deliveries and incoming messages of an organization, of which nothing was ever sent; for tests of every list."""
    with seeding(house.scope(place, house.root)):
        for _ in range(count):
            make_row(WebhookDelivery, house, organization_id=place.pk)
            make_row(InboundReceipt, house)
