"""Where something lands in an order that people arrange: stages, variants, parts of a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

ItemT = TypeVar("ItemT")


def placed(order: Sequence[ItemT], item: ItemT, place: int | None) -> list[ItemT]:
    """The order with the item at the place, counted from 0 without it, as far as there are places; None: at the end."""
    rest = [other for other in order if other != item]
    target = len(rest) if place is None else min(max(place, 0), len(rest))
    return [*rest[:target], item, *rest[target:]]
