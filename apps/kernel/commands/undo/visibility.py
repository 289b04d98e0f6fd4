"""Undo sees only what its actor sees: actions about hidden records look as if they were not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from apps.kernel.access.errors import RecordReadOnly
from apps.kernel.access.objects import Level
from apps.kernel.access.visible import beyond, can_be_restricted, granted, may_hide
from apps.kernel.commands.models import RowImage
from apps.kernel.commands.undo.plan import Run
from apps.kernel.commands.undo.tables import ImagedTable
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope


def demand_reached_rows(runs: tuple[Run, ...], actions: tuple[UUID, ...]) -> None:
    """Refuse actions that touched restricted records, or parts of them, which the actor does not see or may not change.

    Raises RowNotFound where one is hidden, RecordReadOnly where one is only to be seen.
    """
    actor = current_scope().actor
    for table in {run.table.name: run.table for run in runs}.values():
        images = RowImage.objects.filter(action_id__in=actions, table_name=table.name)
        if can_be_restricted(table.model) and may_hide(table.model, actor):
            _demand(partial(_any_beyond, table, images))
        for records in _records_of_parts(table, images):
            if may_hide(records.model, actor):
                _demand(partial(_some_beyond, records))


def _demand(any_beyond: Callable[[Level], bool]) -> None:
    if not any_beyond(Level.CHANGE):
        return
    if any_beyond(Level.VIEW):
        raise RowNotFound
    raise RecordReadOnly


def _records_of_parts(table: ImagedTable, images: models.QuerySet[RowImage]) -> Iterator[models.QuerySet[Any]]:
    """Records that rows of the images are parts of, by kind: a part may be changed while its record is not."""
    entity = ENTITIES.get(table.entity) if table.entity else None
    for column, kinds in entity.about.items() if entity is not None and entity.is_part else ():
        named = Coalesce(KeyTextTransform(column, "after"), KeyTextTransform(column, "before"))
        ids = images.values(record=Cast(named, models.UUIDField()))
        for kind in (ENTITIES[item] for item in kinds if item in ENTITIES):
            yield kind.model._default_manager.filter(pk__in=ids)


def _some_beyond(records: models.QuerySet[Any], level: Level) -> bool:
    return beyond(records, level).exists()


def _any_beyond(table: ImagedTable, images: models.QuerySet[RowImage], level: Level) -> bool:
    present = table.model._default_manager.filter(pk__in=images.values("row_id"))
    return beyond(present, level).exists() or _lost(table, images, level).exists()


def _lost(table: ImagedTable, images: models.QuerySet[RowImage], level: Level) -> models.QuerySet[RowImage]:
    """Images of rows that were restricted when they were deleted for good: undo would bring them back so."""
    again = table.model._default_manager.filter(pk=models.OuterRef("row_id"))
    gone = images.filter(operation="D", before__is_restricted=True).exclude(models.Exists(again))
    return gone.exclude(granted(table.model, level, current_scope().actor, record="row_id"))
