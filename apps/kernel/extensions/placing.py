"""Where an item stands among others: first, last, or beside one of them. One function for menus, fields and actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Position(StrEnum):
    """Which side of the others, or of the one that `relative_to` names."""

    FIRST = "first"
    LAST = "last"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Placing:
    """A wish for a place. `relative_to` is the id of the neighbour for `before` and `after`."""

    position: Position = Position.LAST
    relative_to: str = ""

    def __post_init__(self) -> None:
        """Refuse a side of nothing, and a neighbour without a side."""
        if (self.position in {Position.BEFORE, Position.AFTER}) != bool(self.relative_to):
            raise ValueError(f"{self.position} and relative_to {self.relative_to!r} do not go together")


def first() -> Placing:
    """Before all others."""
    return Placing(Position.FIRST)


def before(neighbour: str) -> Placing:
    """Right before the neighbour; at the end where there is none of that id."""
    return Placing(Position.BEFORE, neighbour)


def after(neighbour: str) -> Placing:
    """Right behind the neighbour; at the end where there is none of that id."""
    return Placing(Position.AFTER, neighbour)


def arranged(
    items: Iterable[T], *, name: Callable[[T], str], wish: Callable[[T], Placing | None]
) -> tuple[list[T], list[T]]:
    """The items in their places, and those of them whose neighbour is not there, which stand at the end.

    Items without a wish keep their order. Of several with the same wish the earlier one stands nearer to the
    beginning. A neighbour may itself have a wish; two that each want to stand beside the other are both lost.
    """
    given = list(items)
    settled = [item for item in given if wish(item) is None]
    firsts = [item for item in given if _at(wish(item), Position.FIRST)]
    lasts = [item for item in given if _at(wish(item), Position.LAST)]
    result = [*firsts, *settled, *lasts]
    waiting = [(item, found) for item in given if (found := wish(item)) is not None and found.relative_to]
    while ready := [(item, own) for item, own in waiting if own.relative_to in map(name, result)]:
        for item, own in ready:
            place = [name(other) for other in result].index(own.relative_to)
            result.insert(place if own.position is Position.BEFORE else _behind(place, own, map(wish, result)), item)
        waiting = [entry for entry in waiting if entry not in ready]
    lost = [item for item, _own in waiting]
    return [*result, *lost], lost


def _at(wish: Placing | None, position: Position) -> bool:
    return wish is not None and wish.position is position


def _behind(place: int, own: Placing, wishes: Iterable[Placing | None]) -> int:
    """The place behind a neighbour and behind those that stand there by the same wish."""
    following = list(wishes)[place + 1 :]
    same = next((index for index, other in enumerate(following) if other != own), len(following))
    return place + 1 + same
