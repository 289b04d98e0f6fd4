"""What undo must know of a table: its columns today, its encrypted ones, and who points to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from apps.kernel.bases.bitemporal import known_once
from apps.kernel.tenancy.wall import is_walled, wall_of


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column of another table (`table`) that points to rows of this one."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class ImagedTable:
    """One audited table and its model."""

    name: str
    model: type[models.Model]
    columns: tuple[str, ...]
    encrypted: tuple[str, ...]
    tenant_column: str
    versioned: bool
    pointers: tuple[Pointer, ...]
    key: Mapping[str, str]  # columns that tell facts apart, and how they are compared; none where rows are put back

    @property
    def closes(self) -> bool:
        """Say whether its rows are neither deleted nor overwritten: undo adds what corrects them."""
        return bool(self.key)

    @property
    def entity(self) -> str:
        """Entity id of the rows, "" for inner tables."""
        return str(getattr(self.model, "entity_id", ""))


@cache
def imaged_table(name: str) -> ImagedTable:
    """The audited table of a name. Raises LookupError when no installed model has it."""
    model = next((item for item in apps.get_models() if item._meta.db_table == name), None)
    if model is None:
        raise LookupError(name)
    wall = wall_of(model)
    columns = tuple(str(item.column) for item in model._meta.local_concrete_fields if not item.generated)
    return ImagedTable(
        name=name,
        model=model,
        columns=columns,
        encrypted=wall.encrypted,
        tenant_column=wall.tenant_column,
        versioned="version" in columns,
        pointers=tuple(_pointers_to(model)),
        key=_key(model),
    )


def _key(model: type[models.Model]) -> dict[str, str]:
    once = known_once(model) if getattr(model, "undo", "") == "close" else None
    if once is None:
        return {}
    columns = {item.name: str(item.column) for item in model._meta.local_concrete_fields}
    return {columns[name]: "=" for name in once.key} | {columns[name]: "&&" for name in once.over}


def _pointers_to(model: type[models.Model]) -> Iterator[Pointer]:
    entity = getattr(model, "entity_id", "")
    for other in apps.get_models():
        if not is_walled(other) or not getattr(other, "audited", False):
            continue
        for field in other._meta.local_concrete_fields:
            if _points_to(field, model, entity):
                yield Pointer(other._meta.db_table, str(field.column))


def _points_to(field: Any, model: type[models.Model], entity: str) -> bool:
    if isinstance(field, models.ForeignKey):
        return bool(field.related_model is model)
    return bool(entity) and getattr(field, "target", None) == entity
