"""New jobs and parts of jobs, in the transaction of whoever needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress.errors import JobEnded, PartRefused
from apps.progress.models import LONGEST_NAME, Job, told
from apps.progress.services.families import gather, locked
from apps.progress.services.telling import tell_created

INHERITED = (
    "kind",
    "is_cancellable",
    "owner_kind",
    "owner_id",
    "owner_label",
    "on_behalf_of",
    "owner_organization_id",
    "owner_organization_ids",
)
NAMED = ("name", "message", "words")


def open_job(
    kind: str,
    *,
    name: str,
    words: Mapping[str, str] | None = None,
    total: int | None = None,
    is_cancellable: bool = False,
    values: Mapping[str, Any] | None = None,
) -> UUID:
    """Note a pending job of the scope's actor; it is there for others when the caller's transaction commits."""
    scope = current_scope()
    job = Job(
        kind=kind,
        total=total,
        is_cancellable=is_cancellable,
        values=dict(values or {}),
        owner_kind=scope.actor.kind.value,
        owner_id=scope.actor.id,
        owner_label=scope.actor.label[:LONGEST_NAME],
        on_behalf_of=scope.actor.on_behalf_of,
        owner_organization_id=scope.organization_id,
        owner_organization_ids=sorted(scope.organization_ids),
        **_named(name, words),
    )
    with scoped_transaction():
        job.save(force_insert=True)
        tell_created(job)
    return job.pk


def open_child(
    parent_id: UUID,
    *,
    partition: str,
    name: str = "",
    total: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> UUID:
    """Note a part of a job: it belongs to whom the parent belongs. Raises RowNotFound, JobEnded, PartRefused."""
    with scoped_transaction():
        parent = _open_parent(parent_id)
        inherited = {column: getattr(parent, column) for column in INHERITED}
        named = _named(name) if name else {column: getattr(parent, column) for column in NAMED}
        part = Job(
            parent=parent, partition=partition[:200], total=total, values=dict(values or {}), **named, **inherited
        )
        part.save(force_insert=True)
        gather(parent_id, waiting=True)
    return part.pk


def _named(name: str, words: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The name as whoever asks reads it, and what it is told from to everybody else."""
    given = dict(words or {})
    return {"name": told(name, given)[:LONGEST_NAME], "message": name[:LONGEST_NAME], "words": given}


def _open_parent(parent_id: UUID) -> Job:
    parent = locked(parent_id, waiting=True)
    if parent is None:
        ended = Job.objects.filter(pk=parent_id).first()
        if ended is None:
            raise RowNotFound
        raise JobEnded(state=ended.status, allowed=[])
    if parent.parent_id is not None:
        raise PartRefused
    if parent.is_cancel_requested:
        raise JobEnded(state="cancelled", allowed=[])
    return parent
