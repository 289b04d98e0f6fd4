"""Load a row for a change: locked, in scope, and at the version that the caller saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from apps.kernel.access.visible import demand_changeable
from apps.kernel.commands.invocation import current_invocation
from apps.kernel.commands.running import about, running
from apps.kernel.commands.together import together_or_none
from apps.kernel.errors import RowNotFound, StaleVersion

RowT = TypeVar("RowT", bound=models.Model)

CHANGED_SINCE = """
SELECT DISTINCT fact.key FROM row_image i, jsonb_each(row_facts(i.after, %(encrypted)s)) AS fact
WHERE i.row_id = %(id)s AND i.operation = 'U' AND (i.after ->> 'version')::int > %(version)s
  AND row_facts(i.before, %(encrypted)s) -> fact.key IS DISTINCT FROM fact.value
ORDER BY 1
"""


def load_for_update(model: type[RowT], row_id: UUID) -> RowT:
    """The row, locked against other changes (not against foreign keys to it).

    Raises RowNotFound for a missing, foreign or hidden row, RecordReadOnly for a restricted one that the actor
    may only see, StaleVersion when the caller of the outermost command stated another version of the record that
    it is about.
    """
    row = locked_or_none(model, row_id)
    if row is None:
        raise RowNotFound
    demand_changeable(row)
    check_version(row)
    about(row)
    return row


def load_living(model: type[RowT], row_id: UUID) -> RowT:
    """The same for a row that can be hidden and is not: a hidden one is as one that is not there."""
    row = load_for_update(model, row_id)
    if row.is_deleted:  # type: ignore[attr-defined]
        raise RowNotFound
    return row


def locked_or_none(model: type[RowT], row_id: UUID) -> RowT | None:
    """The row, locked in the same way; None for one that is not there. An order for many locks all its rows at once."""
    rows: Any = model._default_manager.select_for_update(no_key=True, of=("self",))
    batch = together_or_none()
    found: RowT | None = batch.row(rows, row_id) if batch is not None else rows.filter(pk=row_id).first()
    return found


def keep_pointers_out(row: models.Model) -> None:
    """Lock a loaded row more strongly: whoever is about to point to it waits, and then finds it changed or gone."""
    type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def hold_lock(name: str) -> None:
    """Let everybody who names the same lock follow one another; it is held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def share_lock(name: str) -> None:
    """Keep out whoever holds the lock alone, and nobody else, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [name])


def hold_locks(names: Iterable[str]) -> None:
    """Take several locks, in one order whoever names them."""
    statement = """
    SELECT pg_advisory_xact_lock(number) FROM (
        SELECT DISTINCT hashtextextended(name, 0) AS number FROM unnest(%s::text[]) AS name ORDER BY 1) AS numbers"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(names)])


def check_version(row: models.Model) -> None:
    """Compare the row with the version that the caller stated, if it is the record the caller means."""
    command, invocation = running(), current_invocation()
    expected, version = invocation.expected_version, getattr(row, "version", None)
    if invocation.expected_of is not None:  # the first command inside an order for many, not what that calls in turn
        part = command.parent is not None and command.parent.parent is None
        means_it = (part or together_or_none() is not None) and row.pk == invocation.expected_of
    else:
        means_it = command.parent is None and command.resource.id in {None, row.pk}
    if expected is None or version is None or not means_it or version == expected:
        return
    raise StaleVersion(current_version=version, changed_fields=changed_since(row, expected))


def changed_since(row: models.Model, version: int) -> list[str]:
    """Names of the columns that changed after the version, from the row's images; encrypted ones by fingerprint."""
    encrypted = [field.column for field in row._meta.concrete_fields if getattr(field, "encrypted", False)]
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_SINCE, {"id": row.pk, "version": version, "encrypted": encrypted})
        return [name for (name,) in cursor.fetchall()]
