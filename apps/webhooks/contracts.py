"""What other modules may know: events, and how to take in messages of a kind of sender of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry
from apps.webhooks.errors import MessageInvalid, SignatureInvalid

__all__ = [
    "ADAPTERS",
    "InboundAdapter",
    "InboundMessage",
    "InboundReceived",
    "MessageInvalid",
    "Receipt",
    "SecretRotated",
    "SignatureInvalid",
    "Verified",
    "WebhookDisabled",
    "inbound_adapter",
]


@dataclass(frozen=True, slots=True)
class WebhookDisabled:
    """The house switched a webhook off: `reason` is `failures` (too many in a row) or `gone` (410)."""

    resource_id: UUID
    name: str
    reason: str
    consecutive_failures: int


@dataclass(frozen=True, slots=True)
class SecretRotated:
    """A webhook signs with a new secret; the former ones are good until `former_until`."""

    resource_id: UUID
    former_until: datetime


@dataclass(frozen=True, slots=True)
class InboundReceived:
    """A verified message came in. `resource_id` is its receipt, where its body is read."""

    resource_id: UUID
    endpoint_id: UUID
    message_id: str
    event_type: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message as it arrived: names of headers in lower case, the body byte for byte."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified message says of itself: the sender's id for it, the same in each resending, and its type."""

    message_id: str
    event_type: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that was verified and stored. `organization_id` is the endpoint's."""

    id: UUID
    endpoint_id: UUID
    organization_id: UUID
    message_id: str
    event_type: str
    headers: Mapping[str, str]
    body: bytes


class InboundAdapter(Protocol):
    """How messages of one kind of sender are proved and what is done with them."""

    @property
    def id(self) -> str:
        """Stable name of the kind, stored with endpoints."""
        ...

    @property
    def label(self) -> str | Promise:
        """Its name for people."""
        ...

    def is_secret(self, text: str) -> bool:
        """Say whether the text has the form of a secret of this kind."""
        ...

    def new_secret(self) -> str:
        """A secret for an endpoint that was made without one; "" where the sender chooses it."""
        ...

    def verify(self, message: InboundMessage, secrets: Sequence[str]) -> Verified:
        """Prove the message by one of the secrets; reads no database and no network.

        Raises SignatureInvalid, and MessageInvalid for a proved message without sense.
        """
        ...

    def process(self, receipt: Receipt) -> None:
        """Do what the message asks for: commands, in the transaction that notes it as processed, so it happens once.

        It runs as the system in the endpoint's organization; no network inside, queue work for that. Failures are
        told as in handlers of work: Retry, Permanent, NeedsConfiguration.
        """
        ...


ADAPTERS: Registry[InboundAdapter] = Registry("adapter of incoming webhooks")


def inbound_adapter(adapter: InboundAdapter) -> InboundAdapter:
    """Register an adapter, in the module's `integration.py`. Raises AlreadyRegistered."""
    return ADAPTERS.add(adapter.id, adapter)
