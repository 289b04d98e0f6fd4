"""The ledger: a row for each event and webhook that it is for, written with the note that the event was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from apps.kernel import clock
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import encoded
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.queueing import enqueue_many
from apps.webhooks.models import DeliveryStatus, WebhookDelivery
from apps.webhooks.selectors import SEND_WORK, hears, living_webhooks

LARGEST: Final = 256 * 1024  # bytes of a body
INACTIVE, DELETED, TOO_LARGE = "inactive", "deleted", "too_large"
Happened = tuple[Any, EventContext]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the ledger needs of a webhook."""

    id: UUID
    organization_id: UUID | None
    patterns: tuple[str, ...]
    is_active: bool
    tries: int

    def wants(self, ctx: EventContext) -> bool:
        """Say whether the event is for it: from its place, and covered by one of its patterns."""
        return self.organization_id in {None, ctx.organization_id} and hears(self.patterns, ctx.name)


def note_events(events: Sequence[Happened]) -> int:
    """Write a row for each event and each webhook that it is for, and queue those that are to be sent.

    Three statements at most, and one where nothing is wanted. An event that comes again has its rows already. Inside
    the transaction in which the events are noted as taken. Says how many rows are new.
    """
    webhooks = _subscriptions()
    rows = [row for event in events for row in _rows(event, webhooks)]
    if not rows:
        return 0
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    written = WebhookDelivery.objects.filter(pk__in=[row.pk for row in rows])
    found = dict(written.values_list("pk", "status"))
    enqueue_many(SEND_WORK, [pk for pk, status in found.items() if status == DeliveryStatus.PENDING])
    return len(found)


def _subscriptions() -> list[Subscription]:
    """The webhooks that the scope sees, which is the event's organization and the tenant itself."""
    columns = ("pk", "organization_id", "event_patterns", "is_active", "max_retries")
    return [
        Subscription(pk, organization_id, tuple(patterns), is_active, retries + 1)
        for pk, organization_id, patterns, is_active, retries in living_webhooks().values_list(*columns)
    ]


def _rows(event: Happened, webhooks: Sequence[Subscription]) -> list[WebhookDelivery]:
    """A row for each webhook that the event is for; the body is made once."""
    payload, ctx = event
    wanting = [item for item in webhooks if item.wants(ctx)]
    if not wanting:
        return []
    body, excess = body_of(ctx.name, ctx.occurred_at, {**encoded(payload), **_ids(ctx)}), ""
    if len(as_bytes(body)) > LARGEST:
        body, excess = body_of(ctx.name, ctx.occurred_at, _ids(ctx)), TOO_LARGE
    return [_row(item, ctx, body, excess if item.is_active else INACTIVE) for item in wanting]


def _row(webhook: Subscription, ctx: EventContext, body: dict[str, Any], reason: str) -> WebhookDelivery:
    """What is to be sent; a `reason` says why it is not."""
    return WebhookDelivery(
        webhook_id=webhook.id,
        organization_id=ctx.organization_id,
        event_id=ctx.id,
        event_type=ctx.name,
        payload=body,
        status=DeliveryStatus.SKIPPED if reason else DeliveryStatus.PENDING,
        reason=reason,
        most_attempts=webhook.tries,
        ended_at=clock.now() if reason else None,
    )


def body_of(kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """The body of a message, as the Standard Webhooks specification proposes it."""
    return {"type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}


def as_bytes(body: Any) -> bytes:
    """The body as it is signed and sent: the same bytes for the same body, whatever the database did to its order."""
    return msgspec.json.encode(body, order="sorted")


def _ids(ctx: EventContext) -> dict[str, Any]:
    """What the event is about: ids, by which receivers may ask the interface for more."""
    given = {
        "event_id": ctx.id,
        "tenant_id": current_scope().tenant_id,
        "organization_id": ctx.organization_id,
        "entity": ctx.entity,
        "entity_id": ctx.entity_id,
    }
    return {name: str(value) if isinstance(value, UUID) else value for name, value in given.items()}
