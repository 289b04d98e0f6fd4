"""Figures of records: what may be counted, added up and grouped of a kind of record, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from apps.kernel.registry.points import ExtensionPoint


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be asked of records of `entity`: how many there are, and more where fields are named.

    `measures` are numbers that may be added up, averaged and compared; `groups` fields that they may be told apart
    by; `dates` days or moments that a period cuts, the usual one first. `filters` are fields that conditions may
    name, by default the groups, the measures and the dates. `money` maps a measure to the field of its currency:
    amounts of several currencies are never added up. `rows()` gives the records where those that live and that
    the actor may see are not meant.
    """

    id: str
    entity: str
    features: tuple[str, ...]
    dates: tuple[str, ...]
    measures: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    money: Mapping[str, str] = field(default_factory=dict)
    rows: Callable[[], QuerySet[Any]] | None = None
    priority: int = 0

    @property
    def conditions(self) -> tuple[str, ...]:
        """Fields that conditions may name."""
        return self.filters or tuple(dict.fromkeys([*self.groups, *self.measures, *self.dates]))


FIGURES: ExtensionPoint[Figures] = ExtensionPoint("figures")


def figures(declared: Figures) -> Figures:
    """Register what may be counted of a kind of record."""
    return FIGURES.add(declared.id, declared)
