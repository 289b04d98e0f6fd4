"""Subscribers whose effects show how often each event was handled, and in which order; for processes of their own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.subscribing import subscribe
from tests.kernel.events_probes import Minted

EFFECT = "CREATE TABLE effect (n bigserial, subscriber text, event uuid, record uuid, pieces int, process int)"
GRANT = "GRANT SELECT, INSERT ON effect TO agora_app; GRANT USAGE ON SEQUENCE effect_n_seq TO agora_app"


def _note(subscriber: str, event: UUID, payload: Minted) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO effect (subscriber, event, record, pieces, process) VALUES (%s, %s, %s, %s, %s)",
            [subscriber, event, payload.resource_id, payload.pieces, os.getpid()],
        )


@subscribe("tests.coin.minted", id="tests.storm_single", persistent=True)
def single(payload: Minted, ctx: EventContext) -> None:
    """Note one event."""
    _note("single", ctx.id, payload)


@subscribe("tests.coin.minted", id="tests.storm_ordered", persistent=True, ordered_by="entity_id")
def ordered(payload: Minted, ctx: EventContext) -> None:
    """Note one event, in the order of its record."""
    _note("ordered", ctx.id, payload)


@subscribe("tests.coin.*", id="tests.storm_together", persistent=True, together=True)
def together(events: Sequence[tuple[Any, EventContext]]) -> None:
    """Note many events."""
    for payload, ctx in events:
        _note("together", ctx.id, payload)
