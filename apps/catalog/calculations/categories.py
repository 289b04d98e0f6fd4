"""Places of categories among their neighbours: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Numbers of those that come in, in their order, and the new numbers of those behind them, by their index."""

    own: tuple[int, ...]
    moved: Mapping[int, int] = field(default_factory=dict)


def placed(numbers: Sequence[int], place: int | None, *, count: int = 1) -> Places:
    """Let `count` of them stand before the one at index `place`; None or beyond the last one is the end.

    `numbers` are those of the others in their order. Whoever need not make way keeps its number, so that gaps are
    filled and coming in at the end changes nobody.
    """
    index = len(numbers) if place is None else min(max(place, 0), len(numbers))
    last = numbers[index - 1] if index else -1
    own = tuple(range(last + 1, last + 1 + count))
    last += count
    moved: dict[int, int] = {}
    for following in range(index, len(numbers)):
        if numbers[following] > last:
            break
        last = moved[following] = last + 1
    return Places(own, moved)


def merged(held: Sequence[T], sent: Sequence[T]) -> list[T]:
    """Things that are held, with those that were sent in the order of sending: the others keep their places.

    What was sent and is not held is left out.
    """
    known, chosen = set(held), list(dict.fromkeys(sent))
    wanted = iter(item for item in chosen if item in known)
    there = set(chosen)
    return [next(wanted) if item in there else item for item in held]


def shifted(order: Sequence[T], thing: T, place: int) -> list[T]:
    """The order with one thing at another place, the first or the last where there is no such place."""
    rest = [item for item in order if item != thing]
    rest.insert(min(max(place, 0), len(rest)), thing)
    return rest
