"""The order of a list: allow-listed columns, an empty value as the greatest, and always the id as the last key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from apps.kernel.api.reading.complaints import Asked
from apps.kernel.bases.custom_columns import CustomColumn, spelled

Column: TypeAlias = "Field[Any, Any]"


@dataclass(frozen=True, slots=True)
class Term:
    """One key of the order. PostgreSQL puts empty values last when it ascends and first when it descends."""

    name: str
    column: Field[Any, Any]
    descending: bool

    @property
    def words(self) -> str:
        """The term for `order_by`."""
        return f"-{self.name}" if self.descending else self.name


Order = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a list may be sorted by: columns, how it is sorted when nobody asks, and the tenant's own fields by name."""

    allowed: Iterable[str]
    default: str
    custom: Callable[[str], CustomColumn | None]


def order_of(asked: Asked, model: type[Model], sorting: Sorting) -> Order:
    """Read `ordering=-name,code,cf_size`; complains with the list of what is possible."""
    fixed = [name for name in sorting.default.split(",") if name]
    names = [spelled(name) for name in asked.names("ordering") or fixed]
    possible = set(sorting.allowed)
    columns = _columns(model, possible.union(name.removeprefix("-") for name in fixed))
    columns |= _custom(sorting, names)
    if unknown := [name for name in names if name.removeprefix("-") not in columns]:
        asked.refuse_unknown("ordering", "kernel.ordering.unknown", unknown=unknown, known=possible)
        names = []
    bare = [name.removeprefix("-") for name in names]
    if len(set(bare)) < len(bare):
        asked.refuse("ordering", "kernel.ordering.repeated", _("Name each field once."))
        names = []
    return _terms({**columns, **_columns(model, ["id"])}, names)


def _columns(model: type[Model], names: Iterable[str]) -> dict[str, Column]:
    columns: Mapping[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    return {name: columns[name] for name in names}


def _custom(sorting: Sorting, names: Iterable[str]) -> dict[str, Column]:
    bare = {name.removeprefix("-") for name in names}
    found = {name: column for name in bare if (column := sorting.custom(name)) is not None and column.is_sortable}
    return {name: column.field for name, column in found.items()}


def _terms(columns: Mapping[str, Column], names: list[str]) -> Order:
    # One direction throughout: an index on (column, id) serves it both ways.
    last = "-id" if names and names[-1].startswith("-") else "id"
    keys = [name for name in names if name.removeprefix("-") != "id"]
    by_id = next((name for name in names if name.removeprefix("-") == "id"), last)
    return tuple(
        Term(name.removeprefix("-"), columns[name.removeprefix("-")], name.startswith("-")) for name in (*keys, by_id)
    )


def reversed_order(order: Order) -> Order:
    """The same list from its end."""
    return tuple(Term(term.name, term.column, not term.descending) for term in order)
