"""Undo sees only what its actor sees: actions about hidden records look as if they were not there."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from apps.kernel.access.errors import RecordReadOnly
from apps.kernel.access.objects import Level
from apps.kernel.access.visible import beyond, can_be_restricted, granted, may_hide
from apps.kernel.commands.models import RowImage
from apps.kernel.commands.undo.plan import Run
from apps.kernel.commands.undo.tables import ImagedTable
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import current_scope


def demand_reached_rows(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Refuse actions that touched restricted records which the actor does not see or may not change.

    Raises RowNotFound where one is hidden, RecordReadOnly where one is only to be seen.
    """
    actor = current_scope().actor
    for table in {run.table.name: run.table for run in runs}.values():
        if not (can_be_restricted(table.model) and may_hide(table.model, actor)):
            continue
        if not _any_beyond(table, Level.CHANGE, actions):
            continue
        if _any_beyond(table, Level.VIEW, actions):
            raise RowNotFound
        raise RecordReadOnly


def _any_beyond(table: ImagedTable, level: Level, actions: tuple[UUID, ...]) -> bool:
    images = RowImage.objects.filter(action_id__in=actions, table_name=table.name)
    present = table.model._default_manager.filter(pk__in=images.values("row_id"))
    return beyond(present, level).exists() or _lost(table, images, level).exists()


def _lost(table: ImagedTable, images: models.QuerySet[RowImage], level: Level) -> models.QuerySet[RowImage]:
    """Images of rows that were restricted when they were deleted for good: undo would bring them back so."""
    again = table.model._default_manager.filter(pk=models.OuterRef("row_id"))
    gone = images.filter(operation="D", before__is_restricted=True).exclude(models.Exists(again))
    return gone.exclude(granted(table.model, level, current_scope().actor, record="row_id"))
