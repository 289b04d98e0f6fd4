"""Senders that keep to the Standard Webhooks specification: proved by it, and announced as an event of the house."""

from __future__ import annotations

import json
import secrets as random_bytes
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.webhooks.calculations.signing import TOLERANCE, as_secret, is_secret, is_signed
from apps.webhooks.contracts import InboundMessage, MessageInvalid, Receipt, SignatureInvalid, Verified
from apps.webhooks.services.processing import announce_receipt

KEY_BYTES: Final = 32
LONGEST: Final = 255
BRANDS: Final = ("webhook", "svix")  # the specification grew out of the latter, whose senders keep its names


class StandardAdapter:
    """`webhook-id`, `webhook-timestamp` and `webhook-signature` (or `svix-…`), at most five minutes old."""

    id = "standard"
    label = _("Standard Webhooks")

    def is_secret(self, text: str) -> bool:
        """24 to 64 bytes in base64, with or without `whsec_`."""
        return is_secret(text)

    def new_secret(self) -> str:
        """256 random bits."""
        return as_secret(random_bytes.token_bytes(KEY_BYTES))

    def verify(self, message: InboundMessage, secrets: Sequence[str]) -> Verified:
        """Prove the message. Raises SignatureInvalid; MessageInvalid for a proved id of more than 255 characters."""
        brand = next((name for name in BRANDS if f"{name}-id" in message.headers), BRANDS[0])
        message_id = message.headers.get(f"{brand}-id", "")
        timestamp = _number(message.headers.get(f"{brand}-timestamp", ""))
        if not message_id or abs(message.received_at.timestamp() - timestamp) > TOLERANCE:
            raise SignatureInvalid
        signature = message.headers.get(f"{brand}-signature", "")
        if not is_signed(signature, secrets, message_id, timestamp, body=message.body):
            raise SignatureInvalid
        if len(message_id) > LONGEST or not message_id.isprintable():
            raise MessageInvalid
        return Verified(message_id, _type_of(message.body))

    def process(self, receipt: Receipt) -> None:
        """Announce `webhooks.inbound.received`; who wants the body reads it at the receipt."""
        announce_receipt(receipt.id)


def _number(text: str) -> int:
    """Whole seconds; a time that nobody is near to for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else -(10**12)


def _type_of(body: bytes) -> str:
    """What the body says it is, "" for a body that says nothing."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    kind = found.get("type") if isinstance(found, dict) else None
    return kind if isinstance(kind, str) and len(kind) <= LONGEST and kind.isprintable() else ""
