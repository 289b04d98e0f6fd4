"""Which kinds of record there are to find, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps.kernel.access.visible import can_be_restricted, is_unbound, may_hide, visible
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import current_scope
from apps.search.contracts import MADE_KINDS, SEARCHABLES, MadeKinds, Searchable
from apps.search.models import SearchDocument

Documents = models.QuerySet[SearchDocument]


def installed_kinds() -> dict[str, Searchable]:
    """Kinds that are found, by entity id: declared ones of this house, then those that the open scope's tenant made."""
    declared = {entity: kind for entity, kind in SEARCHABLES.items() if entity in ENTITIES}
    return declared | {entity: kind for family in MADE_KINDS.values() for entity, kind in family.kinds().items()}


def kind_named(entity: str) -> Searchable | None:
    """The kind of an entity id, or None; tenants are asked only for what could be theirs."""
    family = family_of(entity)
    if family is not None:
        return family.kinds().get(entity)
    return SEARCHABLES.get(entity) if entity in ENTITIES else None


def entity_of(kind: Searchable) -> Entity:
    """The entity of a kind, without a query for one that a tenant has made."""
    return kind.made or ENTITIES[kind.entity]


def family_of(entity: str) -> MadeKinds | None:
    """Where a kind belongs that a tenant may have made; None for the others."""
    return next((family for family in MADE_KINDS.values() if entity.startswith(family.prefix)), None)


def family_told_as(entity: str) -> MadeKinds | None:
    """The made kinds of whose records events tell under this entity id."""
    return next((family for family in MADE_KINDS.values() if family.entity == entity), None)


def is_told(entity: str) -> bool:
    """Say whether events of the entity are about records that are found, or about what belongs to them."""
    return entity in SEARCHABLES or family_told_as(entity) is not None or bool(wholes_of(entity))


def wholes_of(entity: str) -> dict[str, str]:
    """The kinds that rows of the entity are a part of, each with the column of the record's id."""
    kinds = ((name, kind) for name, kind in SEARCHABLES.items() if name in ENTITIES)
    return {name: kind.parts[entity] for name, kind in kinds if entity in kind.parts}


def kinds_told_as(entity: str) -> dict[str, Searchable]:
    """The kinds whose records events of the entity are about."""
    family = family_told_as(entity)
    if family is not None:
        return dict(family.kinds())
    return {entity: SEARCHABLES[entity]} if entity in SEARCHABLES and entity in ENTITIES else {}


def told_tables() -> dict[str, str]:
    """Tables whose rows are found or part of what is, each with the entity under which events tell of them."""
    told = [entity for entity in SEARCHABLES if entity in ENTITIES]
    told += [part for kind in SEARCHABLES.values() for part in kind.parts if part in ENTITIES]
    told += [family.entity for family in MADE_KINDS.values() if family.entity in ENTITIES]
    return {ENTITIES[entity].model._meta.db_table: entity for entity in told}


def open_kinds() -> dict[str, Searchable]:
    """The kinds whose records the scope's actor may see."""
    access = current_scope().actor.access
    return {entity: kind for entity, kind in installed_kinds().items() if access.allows(kind.feature)}


def reachable(entities: Iterable[str]) -> Documents:
    """Documents of these kinds that the scope's actor may find: a condition of the statement that searches.

    Restriction is asked of the records themselves, so that a document that is a moment behind tells nothing.
    """
    wanted = sorted(entities)
    rows: Documents = SearchDocument.objects.filter(entity__in=wanted)
    actor = current_scope().actor
    models_of = {entity: _model_of(entity) for entity in wanted}
    narrowing = {
        entity for entity in wanted if entity in ENTITIES and ENTITIES[entity].narrows and not is_unbound(actor)
    }
    hiding = {entity for entity, model in models_of.items() if can_be_restricted(model) and may_hide(model, actor)}
    restricted = [entity for entity in wanted if entity in hiding | narrowing]
    if not restricted:
        return rows
    test: Any = ~Q(entity__in=restricted) if len(restricted) < len(wanted) else Q()
    for entity in restricted:
        rows_of = ENTITIES[entity].living() if entity in narrowing else models_of[entity]._default_manager.all()
        records = visible(rows_of.filter(pk=OuterRef("record_id")))
        test |= Q(entity=entity) & Exists(records)
    return rows.filter(test)


def _model_of(entity: str) -> type[models.Model]:
    family = family_of(entity)
    return ENTITIES[family.entity if family else entity].model
