"""Bodies of webhooks that told of a person: they are emptied when the person is erased."""

from __future__ import annotations

from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.registry.subjects import Erased, Subject
from apps.webhooks.models import WebhookAttempt, WebhookDelivery


def erase_bodies(subject: Subject) -> Erased:
    """Empty what was sent about the person, and what receivers answered."""
    events = OutboxEvent.objects.filter(record_id=subject.id).values("pk")
    rows = WebhookDelivery.objects.filter(event_id__in=list(events.values_list("pk", flat=True)))
    answers = WebhookAttempt.objects.filter(delivery__in=rows).exclude(response_body="")
    attempts = answers.update(response_body="", response_headers={})
    return Erased({"webhook_delivery": rows.update(payload={}), "webhook_attempt": attempts})
