"""What is attached to records of any kind, by the kind's name and the record's id: files, texts in other languages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.kernel.references.holders import Dangling, Usage
from apps.kernel.references.moving import move


@dataclass(frozen=True, slots=True)
class AttachedRows:
    """A holder for rows with the columns `entity` and `record_id`, which belong to the record that they name.

    They keep nobody from deleting it. `once` names columns of which a record has each value once: what stands in the
    way of a row that moves stays, and the row stays where it is.
    """

    model: type[models.Model]
    once: tuple[str, ...] = ()

    def usages(self, target: str, ids: Collection[UUID]) -> Iterable[Usage]:
        """None: they go with their record."""
        return ()

    def repoint(self, target: str, old: UUID, new: UUID) -> int:
        """Two statements."""
        return move(self._movable(target, old, new), record_id=new)

    def dangling(self) -> Iterable[Dangling]:
        """None: whoever shows them asks for the record first."""
        return ()

    def _movable(self, target: str, old: UUID, new: UUID) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.model._default_manager.filter(entity=target)
        own = rows.filter(record_id=old)
        if not self.once:
            return own
        same = {name: models.OuterRef(name) for name in self.once}
        return own.exclude(models.Exists(rows.filter(record_id=new, **same)))
