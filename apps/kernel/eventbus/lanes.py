"""Reactions in the emitting process, after the commit: each subscriber has a lane, so that none waits for another.

Best effort: a process that ends, or a lane that is full, loses what it had. What has to happen is persistent.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections

from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.eventbus.causes import caused_by
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.payloads import decoded
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, Subscriber
from apps.kernel.tenancy.scope import Scope, using_scope

logger = logging.getLogger(__name__)

LONGEST_LANE = 1_000  # events that wait for one subscriber; what comes on top is dropped and logged
IDLE = 5.0  # seconds after which a lane without work gives its thread and connection back
Said = tuple[Subscriber, Any, EventContext]


class Lane:
    """One subscriber's thread, which lives while there is something to do."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._waiting: queue.Queue[Said] = queue.Queue(LONGEST_LANE)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, said: Said) -> None:
        """Have the subscriber react, without waiting for it."""
        with self._lock:
            try:
                self._waiting.put_nowait(said)
            except queue.Full:
                logger.error("the subscriber %s is too slow: %s is lost to it", self.name, said[2].name)
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=f"events:{self.name}", daemon=True)
                self._thread.start()

    @property
    def is_idle(self) -> bool:
        """Say whether nothing waits and nothing runs."""
        return self._waiting.unfinished_tasks == 0

    def _serve(self) -> None:
        try:
            while (said := self._next()) is not None:
                try:
                    _react(*said)
                finally:
                    self._waiting.task_done()
        finally:
            connections.close_all()

    def _next(self) -> Said | None:
        try:
            return self._waiting.get(timeout=IDLE)
        except queue.Empty:
            with self._lock:  # whoever puts from now on starts a new thread
                if self._waiting.empty():
                    self._thread = None
                    return None
            return self._waiting.get()


def _react(subscriber: Subscriber, payload: Any, ctx: EventContext) -> None:
    try:
        with using_scope(ctx.scope), invoked(source=Source.TASK), caused_by(ctx.id, ctx.depth):
            subscriber.handler(payload, ctx)
    except Exception:
        logger.exception("the subscriber %s failed on %s %s", subscriber.id, ctx.name, ctx.id)


class Lanes:
    """The lanes of this process."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()

    def put(self, subscriber: Subscriber, payload: Any, ctx: EventContext) -> None:
        """Hand one event to one subscriber."""
        with self._lock:
            lane = self._lanes.setdefault(subscriber.id, Lane(subscriber.id))
        lane.put((subscriber, payload, ctx))

    def settle(self, within: float = 10.0) -> bool:
        """Wait until all lanes are idle; False when they are not in time. For shut-down and tests."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if all(lane.is_idle for lane in list(self._lanes.values())):
                return True
            time.sleep(0.002)
        return False


LANES = Lanes()


def connect_subscribers() -> None:
    """Connect each subscriber that is not persistent to the signals of the events it hears; safe to do again."""
    for subscriber in SUBSCRIBERS.values():
        if not subscriber.persistent:
            for event in EVENTS.values():
                if subscriber.hears(event.name):
                    event.signal.connect(_forwarding(subscriber), dispatch_uid=subscriber.id, weak=False)


def _forwarding(subscriber: Subscriber) -> Any:
    def forward(payload: Any, ctx: EventContext, **_: Any) -> None:
        if subscriber.id not in settings.EXTENSIONS_DISABLED:
            LANES.put(subscriber, payload, ctx)

    return forward


def announce(said: list[Mapping[str, Any]], scope: Scope, depth: int, **_: Any) -> None:
    """Send the signals of committed events, in their order. A receiver that fails is logged and stops nobody."""
    for row in said:
        event = EVENTS[row["name"]]
        ctx = EventContext(
            name=event.name,
            id=UUID(row["id"]),
            occurred_at=datetime.fromisoformat(row["created_at"]),
            actor=scope.actor,
            scope=scope,
            organization_id=_uuid(row["organization_id"]),
            entity=row["entity"],
            entity_id=_uuid(row["record_id"]),
            action_id=UUID(row["action_id"]),
            depth=depth,
        )
        for receiver, result in event.signal.send_robust(
            event, payload=decoded(event.payload, row["payload"]), ctx=ctx
        ):
            if isinstance(result, Exception):
                logger.error("the receiver %r failed on %s", receiver, event.name, exc_info=result)


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
