"""Rows about records of any kind (actions, reads, notifications): those about hidden records are left out."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps.kernel.access.objects import Level
from apps.kernel.access.visible import beyond, can_be_restricted, is_unbound
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import Actor, current_scope

RowT = TypeVar("RowT", bound=models.Model)


def restrictable() -> list[Entity]:
    """Kinds of record that may be restricted."""
    return [entity for entity in ENTITIES.values() if can_be_restricted(entity.model)]


def about_visible(rows: models.QuerySet[RowT], *, record: str, actor: Actor | None = None) -> models.QuerySet[RowT]:
    """The rows without those whose record, named by the column `record`, is hidden from the actor.

    One condition for each kind that may be restricted, inside the same statement; ids are unique over all kinds.
    """
    acting = actor or current_scope().actor
    if is_unbound(acting):
        return rows
    for entity in restrictable():
        hidden = beyond(entity.model._default_manager.filter(pk=OuterRef(record)), Level.VIEW, acting)
        rows = rows.exclude(Exists(hidden))
    for entity in dependent():
        rows = rows.exclude(Exists(about_hidden(entity, acting).filter(pk=OuterRef(record))))
    return rows


def dependent() -> list[Entity]:
    """Kinds of record that are about others, and hidden with them."""
    return [entity for entity in ENTITIES.values() if entity.about]


def about_hidden(entity: Entity, actor: Actor | None = None) -> models.QuerySet[Any]:
    """Rows of a dependent kind that are about records which are hidden from the actor."""
    acting, test = actor or current_scope().actor, Q(pk__in=())
    for kind in restrictable():
        hidden = beyond(kind.model._default_manager.filter(pk=OuterRef(entity.about)), Level.VIEW, acting)
        test |= Q(Exists(hidden))
    return entity.model._default_manager.filter(test)
