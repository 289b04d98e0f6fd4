"""One request: signed, sent outside any transaction, and what came back in the words of the ledger."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.kernel.outbound.client import Outbound
from apps.kernel.outbound.errors import OutboundRefused
from apps.webhooks.calculations.headers import request_headers, shown_headers
from apps.webhooks.calculations.outcomes import Answered
from apps.webhooks.calculations.signing import sign
from apps.webhooks.models import Webhook, WebhookDelivery
from apps.webhooks.selectors import signing_secrets
from apps.webhooks.services.ledger import as_bytes

LONGEST_BODY: Final = 4096  # characters of an answer that are kept


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that is ready to leave. It names its secrets to nobody."""

    delivery_id: UUID
    webhook_id: UUID
    number: int
    most: int
    url: str
    body: bytes
    headers: Mapping[str, str]
    timeout: float
    started_at: datetime

    def __repr__(self) -> str:
        """Name the delivery."""
        return f"<outgoing {self.delivery_id} {self.number}>"


@dataclass(frozen=True, slots=True)
class Reply:
    """How a request ended, and what of the answer is kept."""

    answered: Answered
    duration_ms: int
    headers: Mapping[str, str]
    body: str


def make_request(webhook: Webhook, delivery: WebhookDelivery, now: datetime) -> Outgoing:
    """The request of the delivery's next try, signed with every secret that is good now; one query."""
    body, timestamp = as_bytes(delivery.payload), int(now.timestamp())
    signature = sign(signing_secrets(webhook.pk, now), delivery.message_id, timestamp, body)
    headers = request_headers(
        webhook.custom_headers or {}, message_id=delivery.message_id, timestamp=timestamp, signature=signature
    )
    return Outgoing(
        delivery_id=delivery.pk,
        webhook_id=webhook.pk,
        number=delivery.attempts,
        most=delivery.most_attempts,
        url=webhook.url,
        body=body,
        headers=headers,
        timeout=float(webhook.timeout_seconds),
        started_at=now,
    )


def send(outgoing: Outgoing) -> Reply:
    """Send, and say how it ended; whatever the outside does is an answer and no exception. Redirects stand."""
    since = time.monotonic()
    try:
        client = Outbound(timeout=outgoing.timeout)
        answer = client.request("POST", outgoing.url, headers=outgoing.headers, content=outgoing.body)
    except OutboundRefused as error:
        answered = Answered(error=str(error.reason), is_final=not error.retryable)
        return Reply(answered, _passed(since), {}, "")
    answered = Answered(status=answer.status, retry_after=answer.headers.get("retry-after", ""))
    return Reply(answered, _passed(since), shown_headers(dict(answer.headers)), _readable(answer.text))


def _passed(since: float) -> int:
    return int((time.monotonic() - since) * 1000)


def _readable(text: str) -> str:
    """The beginning of an answer; what the database cannot store is left out."""
    return text[:LONGEST_BODY].replace("\x00", "").encode(errors="replace").decode()
