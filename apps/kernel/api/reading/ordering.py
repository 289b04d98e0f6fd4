"""The order of a list: allow-listed columns, an empty value as the greatest, and always the id as the last key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext as _

from apps.kernel.api.reading.complaints import Asked


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


def order_of(asked: Asked, *, model: type[Model], allowed: Iterable[str], default: str) -> Order:
    """Read `ordering=-name,code`; complains with the list of what is possible."""
    names = asked.names("ordering") or [name for name in default.split(",") if name]
    possible = set(allowed)
    fixed = {name.removeprefix("-") for name in default.split(",")}
    if unknown := [name for name in names if name.removeprefix("-") not in possible | fixed]:
        asked.refuse_unknown("ordering", "kernel.ordering.unknown", unknown=unknown, known=possible)
        names = []
    bare = [name.removeprefix("-") for name in names]
    if len(set(bare)) < len(bare):
        asked.refuse("ordering", "kernel.ordering.repeated", _("Name each field once."))
        names = []
    return _terms(model, names)


def _terms(model: type[Model], names: list[str]) -> Order:
    # One direction throughout: an index on (column, id) serves it both ways.
    last = "-id" if names and names[-1].startswith("-") else "id"
    keys = [name for name in names if name.removeprefix("-") != "id"]
    by_id = next((name for name in names if name.removeprefix("-") == "id"), last)
    columns: Mapping[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    return tuple(
        Term(name.removeprefix("-"), columns[name.removeprefix("-")], name.startswith("-")) for name in (*keys, by_id)
    )


def reversed_order(order: Order) -> Order:
    """The same list from its end."""
    return tuple(Term(term.name, term.column, not term.descending) for term in order)
