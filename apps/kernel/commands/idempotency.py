"""Idempotency keys: the same request sent twice has one effect and gets one answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from apps.kernel import clock
from apps.kernel.commands.errors import AnswerWithheld, KeyInProgress, KeyInvalid, KeyReused
from apps.kernel.commands.models import IdempotencyRecord
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue_once

KEPT = timedelta(hours=24)
FORGET = "kernel.forget_answers"
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON record of a finished request, before enrichers; `action_id` None where it was none."""

    status: int
    record: Any
    action_id: UUID | None = None


class Replayed(Exception):
    """The request was answered before: here is the stored answer. Not a refusal, so not a PlatformError."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__("answered before")


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's key for one request; `invoked(idempotency=…)` hands it to the executor.

    `request` identifies the request (method, path and body, hashed). `answer_of(result)` makes the stored
    answer from what the command returns. `secret_answer` keeps the fact only: log-in, key creation.
    """

    key: str
    request: bytes
    answer_of: Callable[[Any], Answer]
    secret_answer: bool = False

    @property
    def digest(self) -> bytes:
        """The key, bound to who sent it."""
        scope = current_scope()
        return hashlib.sha256(f"{scope.actor.kind}|{scope.actor.id}|{self.key}".encode()).digest()


def request_digest(method: str, path: str, body: bytes) -> bytes:
    """Identify a request by what it would do."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


def claim(key: IdempotencyKey) -> None:
    """Take the key for this transaction.

    Raises KeyInvalid, KeyInProgress while another request with the key runs, KeyReused for another request,
    AnswerWithheld for one whose answer was secret, and Replayed with the stored answer.
    """
    if not key.key or len(key.key) > LONGEST_KEY or not key.key.isprintable():
        raise KeyInvalid
    digest = key.digest
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(digest)])
        if not cursor.fetchone()[0]:
            raise KeyInProgress
    record = IdempotencyRecord.objects.filter(digest=digest, created_at__gt=clock.now() - KEPT).first()
    if record is not None:
        raise _answer(record, key)


def _lock_number(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)


def _answer(record: IdempotencyRecord, key: IdempotencyKey) -> Exception:
    if bytes(record.request) != key.request:
        return KeyReused()
    if record.is_secret:
        return AnswerWithheld()
    body = None if record.record is None else json.loads(record.record)
    return Replayed(Answer(record.status, body, record.done_by))


def settle(key: IdempotencyKey, result: Any, action_id: UUID | None = None) -> None:
    """Store the answer in the command's own transaction; an expired record of the key makes way."""
    answer = Answer(0, None) if key.secret_answer else key.answer_of(result)
    IdempotencyRecord.objects.filter(digest=key.digest).delete()
    IdempotencyRecord(
        digest=key.digest,
        request=key.request,
        status=answer.status,
        record=None if answer.record is None else json.dumps(answer.record, ensure_ascii=False),
        is_secret=key.secret_answer,
        done_by=action_id,
    ).save(force_insert=True)
    enqueue_once(FORGET, current_scope().tenant_id, clock.now() + KEPT)


@work_kind(FORGET)
def forget_answers(tenant_id: UUID, lease: Lease) -> None:
    """Delete the tenant's expired answers, once a day while there are any."""
    with scoped_transaction():
        now = clock.now()
        IdempotencyRecord.objects.filter(created_at__lte=now - KEPT).delete()
        if IdempotencyRecord.objects.exists():
            enqueue_once(FORGET, tenant_id, now + KEPT)
        lease.complete()
