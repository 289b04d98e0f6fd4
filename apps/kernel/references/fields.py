"""`ReferenceField`: an id of another module's record, without a foreign key."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models

from apps.kernel.registry.entities import ENTITIES

if TYPE_CHECKING:
    UUIDColumn = models.UUIDField[Any, Any]
else:
    UUIDColumn = models.UUIDField


class OnDeletion(StrEnum):
    """What happens to a reference when its target is deleted."""

    PROTECT = "protect"  # the deletion is refused with counts
    CLEAR = "clear"  # the reference becomes empty
    KEEP = "keep"  # the reference stays: the row has a snapshot of what it needs
    DELETE = "delete"  # the row goes with its target, and comes back with it


class ReferenceField(UUIDColumn):
    """A UUID that knows which entity it points to; the field's name ends in `_id`.

    `within` narrows the choice to a part of the kind, as its module names parts (`Entity.part`): of values of
    dictionaries the key of one dictionary. Records that point elsewhere already may keep doing so.
    """

    def __init__(
        self, target: str, *, within: str = "", on_deletion: OnDeletion | str = OnDeletion.PROTECT, **kwargs: Any
    ) -> None:
        self.target, self.within = target, within
        self.on_deletion = OnDeletion(on_deletion)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Arguments for migrations."""
        name, path, args, kwargs = super().deconstruct()
        narrowed = {"within": self.within} if self.within else {}
        return name, path, [self.target, *args], {**kwargs, **narrowed, "on_deletion": self.on_deletion.value}

    @property
    def is_available(self) -> bool:
        """Say whether the target's module is installed; otherwise the field is left out everywhere."""
        return self.target in ENTITIES


def reference_fields(model: type[models.Model]) -> list[ReferenceField]:
    """The reference fields of a model."""
    return [item for item in model._meta.local_concrete_fields if isinstance(item, ReferenceField)]


def absent_references(model: type[models.Model]) -> frozenset[str]:
    """Names of reference fields whose targets are not installed: pages, REST and its document leave them out."""
    return frozenset(item.name for item in reference_fields(model) if not item.is_available)
