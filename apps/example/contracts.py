"""What other modules may know of this one: the desk's stance on currencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Attitude(StrEnum):
    """What the desk thinks of a currency."""

    OPEN = "open"
    CAREFUL = "careful"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stance:
    """What is said about one currency; `ceiling` is an amount in it, None for no limit."""

    attitude: Attitude
    ceiling: Decimal | None = None


class StanceBook(Protocol):
    """The desk's stance on currencies, by their ids; those that nobody has spoken of are left out."""

    def stances(self, ids: Sequence[UUID]) -> Mapping[UUID, Stance]:
        """In one query, within the open scope."""
        ...
