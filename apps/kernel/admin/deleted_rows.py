"""What was deleted of a kind of record: the rows or their images, who did it, and the action to take back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from apps.kernel.commands.bulk import BULK_COMMANDS
from apps.kernel.commands.history.states import UndoState, states_of
from apps.kernel.commands.history.undone import only_counting
from apps.kernel.commands.history.visibility import readable_actions
from apps.kernel.commands.models import Action

PER_PAGE = 50
LOOKS_AT_DELETED = "agora_looks_at_deleted"
# Of each row the newest image that hides it, and from there up to the action that is taken back as a whole: the
# outermost one, or what an order for many did to one record.
DELETIONS = """
WITH RECURSIVE hidden AS (
    SELECT DISTINCT ON (row_id) row_id, action_id FROM row_image
    WHERE row_id = ANY(%(ids)s) AND table_name = %(table)s AND operation = 'U'
      AND before ->> 'deleted_at' IS NULL AND after ->> 'deleted_at' IS NOT NULL
    ORDER BY row_id, seq DESC),
climb AS (
    SELECT hidden.row_id, a.id, a.parent_id, 0 AS step FROM hidden JOIN action a ON a.id = hidden.action_id
    UNION ALL
    SELECT climb.row_id, up.id, up.parent_id, climb.step + 1 FROM climb JOIN action up ON up.id = climb.parent_id
    WHERE up.command <> ALL(%(orders)s))
SELECT DISTINCT ON (row_id) row_id, id FROM climb ORDER BY row_id, step DESC
"""


@dataclass(frozen=True, slots=True)
class Deleted:
    """One deleted record. `action` is what would be taken back; None where it is not known or not to be seen.

    `others` says that the action was about another record, so that taking it back brings more than this one.
    """

    id: UUID
    label: str
    when: datetime
    action: Action | None
    state: UndoState | None
    record: Any = None

    @property
    def who(self) -> str:
        """Who deleted it, "" where nobody says."""
        return self.action.who if self.action is not None else ""

    @property
    def others(self) -> str:
        """The record that was deleted and took this one with it; "" for none."""
        return self.action.resource_label if self.action is not None and self.action.resource_id != self.id else ""

    @property
    def mark(self) -> str:
        """Where a page that begins behind this one begins."""
        return f"{self.when.isoformat()}~{self.id.hex}"


def hides_rows(model: type[models.Model]) -> bool:
    """Say whether deletion only hides rows of the model."""
    return any(item.name == "deleted_at" for item in model._meta.local_concrete_fields)


def has_trash(page: Any) -> bool:
    """Say whether what is deleted on the page can be brought back."""
    if page.delete_command is None or getattr(page.model, "undo", "") == "close":
        return False
    audited = getattr(page.model, "audited", False)
    return hides_rows(page.model) or bool(audited and page.delete_command.spec.undoable)


def looks_at_deleted(request: HttpRequest) -> bool:
    """Say whether the request wants what is hidden in place of what lives."""
    return bool(getattr(request, LOOKS_AT_DELETED, False))


def hidden_rows(page: Any, request: HttpRequest) -> models.QuerySet[Any]:
    """Hidden rows that the actor would see in the list if they lived."""
    setattr(request, LOOKS_AT_DELETED, True)
    try:
        rows: models.QuerySet[Any] = page.get_queryset(request).filter(deleted_at__isnull=False)
    finally:
        setattr(request, LOOKS_AT_DELETED, False)
    return rows


def deleted_page(page: Any, request: HttpRequest, *, before: tuple[datetime, UUID] | None = None) -> list[Deleted]:
    """The latest deletions, one more than a page shows; those before a mark."""
    if hides_rows(page.model):
        rows = hidden_rows(page, request)
        if before is not None:
            rows = rows.filter(Q(deleted_at__lt=before[0]) | Q(deleted_at=before[0], pk__lt=before[1]))
        return _of_rows(page.model, list(rows.order_by("-deleted_at", "-pk")[: PER_PAGE + 1]))
    actions = gone_records(page)
    if before is not None:
        actions = actions.filter(Q(created_at__lt=before[0]) | Q(created_at=before[0], resource_id__lt=before[1]))
    return _of_actions(list(actions.order_by("-created_at", "-resource_id")[: PER_PAGE + 1]))


def deleted_named(page: Any, request: HttpRequest, ids: Iterable[UUID]) -> list[Deleted]:
    """The deletions of some records; those that the actor does not see are not there."""
    if hides_rows(page.model):
        return _of_rows(page.model, list(hidden_rows(page, request).filter(pk__in=list(ids))))
    return _of_actions(list(gone_records(page).filter(resource_id__in=list(ids))))


def gone_records(page: Any) -> models.QuerySet[Action]:
    """Deletions that count, of records that are not there: by themselves, or in an order for many."""
    entity = str(page.model.entity_id)
    orders = readable_actions().filter(parent_id=None, command__in=BULK_COMMANDS, resource_entity=entity)
    alone = Q(parent_id=None) | Q(parent_id__in=orders.values("pk"))
    rows = readable_actions().filter(alone, command=page.delete_command.spec.id, resource_id__isnull=False)
    there = page.model._default_manager.filter(pk=OuterRef("resource_id"))
    found: models.QuerySet[Action] = only_counting(rows).filter(~Exists(there))
    return found


def _of_rows(model: type[models.Model], rows: Sequence[Any]) -> list[Deleted]:
    found = _deletions(model, [row.pk for row in rows])
    actions = readable_actions().in_bulk(set(found.values())) if found else {}
    states = states_of(list(actions.values())) if actions else {}
    result = []
    for row in rows:
        action = actions.get(found.get(row.pk))
        state = states.get(action.pk) if action is not None else None
        result.append(Deleted(row.pk, str(row), row.deleted_at, action, state, row))
    return result


def _deletions(model: type[models.Model], ids: list[UUID]) -> dict[UUID, UUID]:
    """For each hidden row the action that is taken back to bring it back."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(DELETIONS, {"ids": ids, "table": model._meta.db_table, "orders": list(BULK_COMMANDS)})
        return dict(cursor.fetchall())


def _of_actions(actions: Sequence[Action]) -> list[Deleted]:
    states = states_of(actions) if actions else {}
    return [
        Deleted(action.resource_id, action.resource_label, action.created_at, action, states[action.pk])
        for action in actions
        if action.resource_id is not None
    ]
