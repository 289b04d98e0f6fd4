"""Shelves: adding, naming, taking away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.tenancy.scope import Scope
from tests.support.shelf.features import MANAGE
from tests.support.shelf.models import Shelf


def _new_shelf(scope: Scope) -> dict[str, Any]:
    return {"name": f"Shelf {uuid7().hex[-8:]}"}


def _some_shelf(scope: Scope) -> dict[str, Any]:
    return {"shelf_id": create_shelf(**_new_shelf(scope)).pk}


def _renamed_shelf(scope: Scope) -> dict[str, Any]:
    return {**_some_shelf(scope), **_new_shelf(scope)}


@command("shelf.shelf.create", feature=MANAGE, example=_new_shelf)
def create_shelf(*, name: str) -> Shelf:
    """Put up a shelf. Raises InvalidInput, Duplicate."""
    shelf = Shelf(name=name)
    demand_valid(shelf, ["name"])
    shelf.save(force_insert=True)
    return shelf


@command("shelf.shelf.update", feature=MANAGE, example=_renamed_shelf)
def update_shelf(shelf_id: UUID, *, name: str) -> Shelf:
    """Rename a shelf. Raises RowNotFound, InvalidInput, Duplicate."""
    shelf = load_for_update(Shelf, shelf_id)
    shelf.name = name
    demand_valid(shelf, ["name"])
    shelf.save(update_fields=["name", "version"])
    return shelf


@command("shelf.shelf.delete", feature=MANAGE, example=_some_shelf)
def delete_shelf(shelf_id: UUID) -> None:
    """Take an empty shelf away. Raises RowNotFound, StillReferenced, InUse."""
    shelf = load_for_update(Shelf, shelf_id)
    keep_pointers_out(shelf)
    release(Shelf.entity_id, [shelf.pk])
    shelf.delete()
