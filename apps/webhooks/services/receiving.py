"""Messages of others: the tenant found by the address, the message proved, stored and queued in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.work.queueing import enqueue
from apps.webhooks.contracts import ADAPTERS, InboundMessage, Verified
from apps.webhooks.errors import EndpointClosed
from apps.webhooks.models import InboundEndpoint, InboundReceipt
from apps.webhooks.models.incoming import HANDLE
from apps.webhooks.selectors import RECEIPT_WORK

# What is kept of a message's headers: no credential of the sender's.
DROPPED: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key", "x-forwarded-for"})
MOST_HEADERS, LONGEST_HEADER = 50, 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a message had come before."""

    is_duplicate: bool


def take_in(endpoint_id: UUID, headers: Mapping[str, str], body: bytes) -> Taken:
    """Prove a message, and store and queue it once; whoever sends it again is told so.

    Raises RowNotFound for an address that is nobody's, EndpointClosed, and what the adapter raises.
    """
    message = InboundMessage(headers, body, clock.now())
    with _place_of(endpoint_id):
        endpoint = _endpoint(endpoint_id)
        adapter = ADAPTERS.get(endpoint.adapter)
        if adapter is None or not endpoint.is_active:
            raise EndpointClosed
        verified = adapter.verify(message, _secrets(endpoint, message.received_at))
        return _store(endpoint, message, verified)


@contextmanager
def _place_of(endpoint_id: UUID) -> Iterator[None]:
    """The endpoint's tenant, whoever calls. Raises RowNotFound where there is none, or a closed one."""
    with reading_paused():
        entry = HandleIndex.objects.filter(kind=HANDLE, value=str(endpoint_id)).first()
        if entry is None:
            raise RowNotFound
        with system_scope(entry.tenant_id, "webhooks.inbound"), scoped_transaction():
            tree = service(OrganizationTree)
            organizations = tree.all_living() if tree.tenant_is_open(entry.tenant_id) else frozenset()
        with system_scope(entry.tenant_id, "webhooks.inbound", organization_ids=organizations):
            yield


def _endpoint(endpoint_id: UUID) -> InboundEndpoint:
    with scoped_transaction():
        found: InboundEndpoint | None = InboundEndpoint.objects.filter(pk=endpoint_id, deleted_at__isnull=True).first()
    if found is None:
        raise RowNotFound
    return found


def _secrets(endpoint: InboundEndpoint, now: datetime) -> list[str]:
    former = endpoint.former_secret
    is_good = former is not None and endpoint.former_until is not None and endpoint.former_until > now
    return [endpoint.secret, former] if is_good and former is not None else [endpoint.secret]


def _store(endpoint: InboundEndpoint, message: InboundMessage, verified: Verified) -> Taken:
    """Receipt and row of work commit together: a crash before loses nothing, because the sender sends again."""
    receipt = InboundReceipt(
        endpoint_id=endpoint.pk,
        organization_id=endpoint.organization_id,
        message_id=verified.message_id,
        event_type=verified.event_type,
        headers=_kept(message.headers),
        body=message.body.decode("latin-1"),
        size=len(message.body),
    )
    with scoped_transaction():
        InboundReceipt.objects.bulk_create([receipt], ignore_conflicts=True)
        is_new = InboundReceipt.objects.filter(pk=receipt.pk).exists()
        if is_new:
            enqueue(RECEIPT_WORK, receipt.pk)
    return Taken(is_duplicate=not is_new)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    found = [(name, value[:LONGEST_HEADER]) for name, value in sorted(headers.items()) if name not in DROPPED]
    return dict(found[:MOST_HEADERS])
