"""Rows about records of any kind (actions, reads, notifications): those about hidden records are left out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps.kernel.access.objects import Level
from apps.kernel.access.visible import beyond, can_be_restricted, is_personal, may_hide
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import Actor, current_scope

RowT = TypeVar("RowT", bound=models.Model)


def restrictable() -> list[Entity]:
    """Kinds of record that may be restricted to those who were granted them."""
    return [entity for entity in ENTITIES.values() if can_be_restricted(entity.model) and not is_personal(entity.model)]


def closed_to(actor: Actor, among: Collection[str] | None = None) -> list[Entity]:
    """Kinds (`among` them; None: any) of which some records may be hidden from the actor."""
    return [
        entity
        for entity in ENTITIES.values()
        if can_be_restricted(entity.model) and (among is None or entity.id in among) and may_hide(entity.model, actor)
    ]


def about_visible(
    rows: models.QuerySet[RowT],
    *,
    record: str,
    actor: Actor | None = None,
    with_parts: bool = False,
    among: Collection[str] | None = None,
) -> models.QuerySet[RowT]:
    """The rows without those whose record, named by the column `record`, is hidden from the actor.

    One condition for each kind that may be restricted, inside the same statement; ids are unique over all kinds.
    `with_parts` where the record may be a part of another one, too. `among` are the kinds whose records the column can
    name, where the caller knows: others are not asked. None: records of any kind.
    """
    acting = actor or current_scope().actor
    for entity in closed_to(acting, among):
        hidden = beyond(entity.model._default_manager.filter(pk=OuterRef(record)), Level.VIEW, acting)
        rows = rows.exclude(Exists(hidden))
    for entity in (item for item in dependent(among) if with_parts or not item.is_part):
        rows = rows.exclude(Exists(about_hidden(entity, acting).filter(pk=OuterRef(record))))
    return rows


def dependent(among: Collection[str] | None = None) -> list[Entity]:
    """Kinds of record (`among` these; None: any) that are about others, and hidden with them."""
    return [entity for entity in ENTITIES.values() if entity.about and (among is None or entity.id in among)]


def about_hidden(entity: Entity, actor: Actor | None = None) -> models.QuerySet[Any]:
    """Rows of a dependent kind that are about records which are hidden from the actor."""
    acting, test = actor or current_scope().actor, Q(pk__in=())
    for column, kinds in entity.about.items():
        for kind in (ENTITIES[item] for item in kinds if item in ENTITIES):
            hidden = beyond(kind.model._default_manager.filter(pk=OuterRef(column)), Level.VIEW, acting)
            test |= Q(Exists(hidden))
    return entity.model._default_manager.filter(test)
