"""Reads of webhooks and deliveries that are more than one filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from apps.kernel.eventbus.declarations import EVENTS, Event
from apps.kernel.eventbus.patterns import PATTERN, matches
from apps.kernel.eventbus.wording import event_words
from apps.kernel.registry.modules import modules
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.models import Work
from apps.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery, WebhookHealth, WebhookSecret

SEND_WORK: Final = "webhooks.delivery"
RECEIPT_WORK: Final = "webhooks.receipt"
OWN: Final = "webhooks."
TEST_EVENT: Final = "webhooks.test"  # sent on request; nobody declares it, and no pattern covers it
HOOKS: Final = (".before", ".after")
OPEN: Final = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)


def is_offered(event: Event[Any]) -> bool:
    """Say whether webhooks may send the event: of an installed module, no hook, none of webhooks' own."""
    return (
        event.triggers_workflows
        and not event.name.startswith(OWN)
        and not event.name.endswith(HOOKS)
        and event.module in _module_ids()
    )


@lru_cache(maxsize=1)
def _module_ids() -> frozenset[str]:
    return frozenset(config.manifest.id for config in modules())


def offered_events() -> list[Event[Any]]:
    """Events that a webhook may send, by name."""
    return [event for _name, event in sorted(EVENTS.items()) if is_offered(event)]


def event_label(name: str) -> str:
    """An event in words; its name where no installed module declares it."""
    return _("Test") if name == TEST_EVENT else event_words(name)


def hears(patterns: Iterable[str], name: str) -> bool:
    """Say whether one of the patterns covers the event."""
    return any(matches(pattern, name) for pattern in patterns)


def is_pattern(text: str) -> bool:
    """Say whether the text is a pattern over names of events."""
    return PATTERN.fullmatch(text) is not None


def living_webhooks() -> QuerySet[Webhook]:
    """Webhooks that the scope sees, without deleted ones."""
    rows: QuerySet[Webhook] = Webhook.objects.filter(deleted_at__isnull=True)
    return rows


def signing_secrets(webhook_id: UUID, now: datetime) -> list[str]:
    """Secrets that a request is signed with now, the newest first."""
    rows = WebhookSecret.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), webhook_id=webhook_id)
    return list(rows.order_by("-created_at", "-pk").values_list("secret", flat=True))


def secret_dates(webhook_id: UUID, now: datetime) -> list[tuple[datetime, datetime | None]]:
    """Since when and until when each secret is good that still is, the newest first; None has no end."""
    rows = WebhookSecret.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), webhook_id=webhook_id)
    return list(rows.order_by("-created_at", "-pk").values_list("created_at", "expires_at"))


def health_of(webhook_ids: Iterable[UUID]) -> dict[UUID, WebhookHealth]:
    """How the webhooks fare, in one query; those that have sent nothing are left out."""
    return {row.webhook_id: row for row in WebhookHealth.objects.filter(webhook_id__in=list(webhook_ids))}


def lost_deliveries() -> QuerySet[WebhookDelivery]:
    """Deliveries that say they wait or are being sent, while no worker will come for them."""
    work = Work.objects.filter(
        kind=SEND_WORK, tenant_id=current_scope().tenant_id, ref_id=OuterRef("pk"), parked_at__isnull=True
    )
    rows: QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(status__in=OPEN)
    return rows.exclude(Exists(work))


def last_deliveries(webhook_id: UUID, most: int) -> Sequence[WebhookDelivery]:
    """The newest deliveries of a webhook, without their bodies."""
    rows = WebhookDelivery.objects.filter(webhook_id=webhook_id).order_by("-created_at", "-pk")
    return list(rows.defer("payload")[:most])
