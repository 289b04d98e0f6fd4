"""Which kinds of record there are to find, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from apps.kernel.access.visible import can_be_restricted, is_unbound, visible
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope
from apps.search.contracts import SEARCHABLES, Searchable
from apps.search.models import SearchDocument

Documents = models.QuerySet[SearchDocument]


def installed_kinds() -> dict[str, Searchable]:
    """Declared kinds whose records are known to this house, by entity id."""
    return {entity: kind for entity, kind in SEARCHABLES.items() if entity in ENTITIES}


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
    if is_unbound(current_scope().actor):
        return rows
    restricted = [entity for entity in wanted if can_be_restricted(ENTITIES[entity].model)]
    if not restricted:
        return rows
    test: Any = ~Q(entity__in=restricted) if len(restricted) < len(wanted) else Q()
    for entity in restricted:
        records = visible(ENTITIES[entity].model._default_manager.filter(pk=OuterRef("record_id")))
        test |= Q(entity=entity) & Exists(records)
    return rows.filter(test)
