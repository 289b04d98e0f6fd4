"""The grid of a product's prices: what was entered against what is there. Values in, values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from apps.catalog.calculations.periods import Period
from apps.catalog.calculations.tiers import filled

ALWAYS = Period()


class Group(NamedTuple):
    """Prices that are tiers of one another: of a variant (None: the product), a kind and a currency."""

    variant_id: UUID | None
    kind_id: UUID
    currency: str


class Cell(NamedTuple):
    """A price that is there."""

    id: UUID
    amount: Decimal
    includes_tax: bool
    most: Decimal | None
    valid: Period


class Written(NamedTuple):
    """A price to be written; `includes_tax` None leaves it to the kind."""

    group: Group
    least: Decimal
    most: Decimal | None
    amount: Decimal
    includes_tax: bool | None
    valid: Period
    replaces: UUID | None


Cells = Mapping[tuple[Group, Decimal], Cell]
Entered = Mapping[tuple[Group, Decimal], Decimal | None]


def settled(cells: Cells, entered: Entered, *, places: int) -> tuple[list[Written], list[UUID]]:
    """Prices to be written and ids of those to be closed, so that the grid is what was entered; None empties a cell.

    Where a tier comes or goes, each tier of its group ends where the next one begins; otherwise limits stay.
    """
    written: list[Written] = []
    closed: list[UUID] = []
    for group, minima in _by_group(entered).items():
        before = {least: cell for (other, least), cell in cells.items() if other == group}
        wanted = {**{least: cell.amount for least, cell in before.items()}, **minima}
        after = {least: amount for least, amount in wanted.items() if amount is not None}
        limits = {least: cell.most for least, cell in before.items()}
        if set(after) != set(before):
            limits = dict(filled(after, places=places))
        gone = [cell.id for least, cell in before.items() if least not in after or limits[least] != cell.most]
        closed += gone
        written += _news(group, after, before, limits)
    return written, closed


def _news(
    group: Group,
    after: Mapping[Decimal, Decimal],
    before: Mapping[Decimal, Cell],
    limits: Mapping[Decimal, Decimal | None],
) -> Iterator[Written]:
    """Tiers that become others."""
    period = common_period(before.values())
    for least, amount in sorted(after.items()):
        cell, most = before.get(least), limits[least]
        if cell is None:
            yield Written(group, least, most, amount, None, period, None)
        elif most != cell.most or amount != cell.amount:
            kept = cell.id if most == cell.most else None
            yield Written(group, least, most, amount, cell.includes_tax, cell.valid, kept)


def common_period(cells: Iterable[Cell]) -> Period:
    """The period that all cells are valid in, where it is one; otherwise always."""
    periods = {cell.valid for cell in cells}
    return periods.pop() if len(periods) == 1 else ALWAYS


def _by_group(entered: Entered) -> dict[Group, dict[Decimal, Decimal | None]]:
    found: dict[Group, dict[Decimal, Decimal | None]] = defaultdict(dict)
    for (group, least), amount in entered.items():
        found[group][least] = amount
    return found
