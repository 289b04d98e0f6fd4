"""Kinds of work: what each is called, who handles it, in which queue, and how often it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from apps.kernel.registry.store import Registry
from apps.kernel.work.calculations import Backoff
from apps.kernel.work.leases import Lease
from apps.kernel.work.storage import DEFAULT_QUEUE

DEFAULT_LEASE = timedelta(seconds=30)
Handler = Callable[[UUID, Lease], None]


@dataclass(frozen=True, slots=True)
class WorkKind:
    """A declared kind. After `attempts` tries a row is parked; a worker is silent for `lease` at most."""

    id: str
    handler: Handler
    queue: str
    attempts: int
    backoff: Backoff
    lease: timedelta
    sees_organizations: bool


KINDS: Registry[WorkKind] = Registry("work kind")


def queues() -> tuple[str, ...]:
    """Queues of this installation, the default one first: the setting WORK_QUEUES names the others."""
    return tuple(dict.fromkeys((DEFAULT_QUEUE, *getattr(settings, "WORK_QUEUES", ()))))


def work_kind(
    kind_id: str,
    *,
    queue: str = DEFAULT_QUEUE,
    attempts: int = 12,
    backoff: Backoff | None = None,
    lease: timedelta = DEFAULT_LEASE,
    sees_organizations: bool = False,
) -> Callable[[Handler], Handler]:
    """Declare the handler of a kind of work, in a module's `tasks.py`.

    The handler runs in a system scope of the row's tenant, with every living organization visible if
    `sees_organizations`. It may run again after a crash, so it completes the lease in the transaction of its
    effect or does nothing the second time. It raises Retry, Permanent or NeedsConfiguration; anything else is
    tried again as well.

    Raises AlreadyRegistered for a kind that is taken, ValueError for a queue that WORK_QUEUES does not name.
    """
    if queue not in queues():
        raise ValueError(f"work kind {kind_id} asks for the queue {queue!r}, which WORK_QUEUES does not name")

    def declare(handler: Handler) -> Handler:
        kind = WorkKind(kind_id, handler, queue, attempts, backoff or Backoff(), lease, sees_organizations)
        KINDS.add(kind_id, kind)
        return handler

    return declare
