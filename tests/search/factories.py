"""Indexes of houses, and looks past the walls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.search.contracts import SEARCHABLES, Searchable
from apps.search.models import SearchDocument
from apps.search.selectors.kinds import installed_kinds
from apps.search.services.drift import Drift, compare
from apps.search.services.rebuilding import rebuild, start_here
from tests.kernel.events_probes import everywhere, run_all
from tests.support.scopes import House


def build_index(house: House, *entities: str) -> None:
    """Index what the house has (kinds, all by default); from now on lists are searched by it."""
    with system_scope(house.tenant.pk, "tests"):
        for entity in entities or installed_kinds():
            rebuild(start_here(entity), lambda _index: None)


def catch_up() -> None:
    """Bring the index up to date as workers do: events, and what follows from them."""
    run_all()
    sweep()


def drift_of(house: House, entity: str) -> Drift:
    """What differs between the house's records and their documents."""
    with system_scope(house.tenant.pk, "tests"):
        return compare(SEARCHABLES[entity])


def documents(house: House, entity: str) -> dict[UUID, SearchDocument]:
    """The house's documents of a kind by record."""
    with everywhere(house.scope()):
        return {item.record_id: item for item in SearchDocument.objects.filter(entity=entity)}


@contextmanager
def declared_as(entity: str, **changes: Any) -> Iterator[Searchable]:
    """Have a kind declared otherwise for the block."""
    former = SEARCHABLES[entity]
    SEARCHABLES.remove(entity)
    SEARCHABLES.add(entity, replace(former, **changes))
    try:
        yield SEARCHABLES[entity]
    finally:
        SEARCHABLES.remove(entity)
        SEARCHABLES.add(entity, former)


@contextmanager
def inside(house: House) -> Iterator[None]:
    """The whole house, in a transaction."""
    with system_scope(house.tenant.pk, "tests", organization_ids=house.scope().organization_ids), scoped_transaction():
        yield
