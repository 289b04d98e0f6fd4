"""Who read which sensitive records: collected during a request and written in one statement at its end."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections

from apps.audit_logs.errors import ReadsNotKept
from apps.audit_logs.models import ReadAccess
from apps.kernel.tenancy.endings import ending
from apps.kernel.tenancy.scope import Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

logger = logging.getLogger(__name__)

PER_ROW = 1000
MOST_PENDING = 20_000
LOGGED_IDS = 200
Key = tuple[str, str, frozenset[UUID]]


class PendingReads:
    """Reads of one request that are not written yet. A record that is shown twice the same way counts once."""

    def __init__(self) -> None:
        self._notes: dict[Scope, dict[Key, dict[UUID, None]]] = {}
        self.size = 0

    def add(self, entity: str, ids: Iterable[UUID], *, how: str) -> None:
        """Remember a read of the open scope's actor."""
        scope = current_scope()
        notes = self._notes.setdefault(_bearer(self._notes, scope), defaultdict(dict))
        seen = notes[entity, how, scope.organization_ids]
        before = len(seen)
        seen.update(dict.fromkeys(ids))
        self.size += len(seen) - before

    def run(self) -> None:
        """Write what is pending, one statement for each tenant, in a short transaction of its own.

        Raises ReadsNotKept after logging what is lost; the caller withholds an answer that nobody has seen yet.
        """
        notes, self._notes, self.size = self._notes, {}, 0
        lost: Error | None = None
        for scope, reads in notes.items():
            rows = [row for key, ids in reads.items() for row in _rows(scope, key, ids)]
            try:
                with using_scope(scope), scoped_transaction():
                    ReadAccess.objects.bulk_create(rows)
            except Error as error:
                _log_loss(rows, error)
                lost = error
        if lost is not None:
            raise ReadsNotKept from lost


class CollectedReads:
    """The kernel's port `ReadLog`."""

    def note(self, entity: str, ids: Iterable[UUID], *, how: str) -> None:
        """Remember a read until the request, stream or task ends; outside of all three it is written now.

        Very many are written before the end where no transaction is open that could take them back.
        """
        pending = ending(PendingReads)
        found = pending or PendingReads()
        found.add(entity, ids, how=how)
        is_full = found.size >= MOST_PENDING and not connections[DEFAULT_DB_ALIAS].in_atomic_block
        if pending is None or is_full:
            found.run()


def _bearer(notes: Iterable[Scope], scope: Scope) -> Scope:
    """The scope under which reads of the same actor in the same tenant are kept already."""
    same = (item for item in notes if (item.tenant_id, item.actor) == (scope.tenant_id, scope.actor))
    return next(same, scope)


def _rows(scope: Scope, key: Key, ids: Iterable[UUID]) -> Iterator[ReadAccess]:
    entity, how, organizations = key
    texts = map(str, ids)
    while chunk := list(islice(texts, PER_ROW)):
        yield ReadAccess(
            actor_kind=scope.actor.kind.value,
            actor_id=scope.actor.id,
            actor_label=scope.actor.label,
            entity=entity,
            record_ids=chunk,
            how=how,
            organization_ids=sorted(organizations),
            correlation_id=scope.correlation_id,
        )


def _log_loss(rows: list[ReadAccess], error: Error) -> None:
    for row in rows:
        facts = {
            "actor": f"{row.actor_kind} {row.actor_id}",
            "kind_of_record": row.entity,
            "how": row.how,
            "records": len(row.record_ids),
            "record_ids": row.record_ids[:LOGGED_IDS],
            "correlation_id": str(row.correlation_id),
        }
        logger.error("a read of sensitive records was not recorded", extra=facts, exc_info=error)
