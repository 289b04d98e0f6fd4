"""Put work into the table, inside the transaction that makes it necessary, and take it out again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.errors import OutsideTransaction
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.storage import ON_CONFLICT
from apps.kernel.work.waking import wake

ENQUEUE = f"""
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
SELECT %s, %s, %s, ref_id, %s FROM unnest(%s::uuid[]) AS ref_id
{ON_CONFLICT}
"""  # noqa: S608 - no input stands in the text
# Across tenants: each has a row about itself.
ENQUEUE_FOR_TENANTS = f"""
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
SELECT %s, %s, tenant_id, tenant_id, %s FROM unnest(%s::uuid[]) AS tenant_id
{ON_CONFLICT}
"""  # noqa: S608 - no input stands in the text
# For tidying up: where a row waits already nothing is written, so that busy transactions do not wait for each other.
ENQUEUE_ONCE = f"""
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
SELECT new.kind, new.queue, new.tenant_id, new.ref_id, new.due_at
FROM (VALUES (%s, %s, %s::uuid, %s::uuid, %s::timestamptz)) AS new (kind, queue, tenant_id, ref_id, due_at)
WHERE NOT EXISTS (SELECT FROM work WHERE work.kind = new.kind AND work.tenant_id = new.tenant_id
    AND work.ref_id = new.ref_id AND work.locked_until IS NULL)
{ON_CONFLICT}
"""  # noqa: S608 - no input stands in the text
# For an occurrence that is skipped while the one before is not done. One that was given up is: it starts anew.
ENQUEUE_IF_DONE = """
INSERT INTO work (kind, queue, tenant_id, ref_id, due_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (kind, tenant_id, ref_id) DO UPDATE SET
    queue = excluded.queue, due_at = excluded.due_at, attempts = 0, parked_at = NULL, parked_reason = ''
WHERE work.parked_at IS NOT NULL
"""
WITHDRAW = "DELETE FROM work WHERE kind = %s AND tenant_id = %s AND ref_id = ANY(%s)"


def enqueue(kind: str, ref_id: UUID, due_at: datetime | None = None) -> None:
    """Have the kind's handler run for `ref_id` at `due_at` (None: as soon as this transaction has committed).

    For the open scope's tenant. There is one row for each kind and `ref_id`: queueing it again brings it forward.
    Transactions that share a `ref_id` wait for each other, so busy kinds use one of the transaction's own ids.
    Raises OutsideTransaction, and NotRegistered for a kind that nobody declared.
    """
    enqueue_many(kind, [ref_id], due_at)


def enqueue_many(kind: str, ref_ids: Iterable[UUID], due_at: datetime | None = None) -> None:
    """Queue one row for each id, in one statement."""
    queue, now = KINDS[kind].queue, clock.now()
    rows = sorted(set(ref_ids))  # always in one order, so that two transactions cannot wait for each other
    if rows:
        _run(ENQUEUE, [kind, queue, current_scope().tenant_id, due_at or now, rows])
    if rows and (due_at is None or due_at <= now):
        wake(queue)


def enqueue_for_tenants(kind: str, tenant_ids: Iterable[UUID], due_at: datetime) -> None:
    """Queue a row about each tenant itself, in one statement and without a scope: for what a new version asks of all.

    Nobody is woken: the next beat finds what is due. Raises OutsideTransaction, NotRegistered.
    """
    _run(ENQUEUE_FOR_TENANTS, [kind, KINDS[kind].queue, due_at, sorted(set(tenant_ids))])


def enqueue_if_done(kind: str, ref_id: UUID) -> bool:
    """Queue a row unless the former one for `ref_id` still waits or runs; say whether it was queued."""
    queue = KINDS[kind].queue
    queued = _run(ENQUEUE_IF_DONE, [kind, queue, current_scope().tenant_id, ref_id, clock.now()])
    if queued:
        wake(queue)
    return bool(queued)


def enqueue_once(kind: str, ref_id: UUID, due_at: datetime) -> None:
    """Queue a row for later unless one waits already; that one is not brought forward, and nobody waits for it."""
    _run(ENQUEUE_ONCE, [kind, KINDS[kind].queue, current_scope().tenant_id, ref_id, due_at])


def withdraw(kind: str, ref_ids: Iterable[UUID]) -> int:
    """Take rows out, parked ones too, and say how many there were; a worker that holds one loses its lease."""
    return _run(WITHDRAW, [kind, current_scope().tenant_id, sorted(set(ref_ids))])


def _run(statement: str, params: list[Any]) -> int:
    if not connection.in_atomic_block:
        raise OutsideTransaction(what="the queueing of work")
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)
