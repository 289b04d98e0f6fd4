"""How widgets of one spot stand beside each other: below one another, in groups, tabs, columns, a row or a menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

Text = str | Promise


class How(StrEnum):
    """The kinds of placement."""

    STACK = "stack"
    GROUP = "group"
    TAB = "tab"
    COLUMN = "column"
    ROW_ACTION = "row-action"
    MENU = "menu"


@dataclass(frozen=True, slots=True)
class Placement:
    """How a widget stands in its spot.

    Widgets of one kind with the same `group` stand together, under `label` and `description` of the first of them.
    `column` is 1 or 2, for groups and columns. A tab is headed by the widget's title.
    """

    kind: How | str = How.STACK
    group: str = ""
    label: Text = ""
    description: Text = ""
    column: int = 1

    def __post_init__(self) -> None:
        """Refuse an unknown kind and a third column."""
        if self.column not in {1, 2}:
            raise ValueError(f"there is no column {self.column}")
        How(self.kind)


STACK = Placement()


@dataclass(frozen=True, slots=True)
class Piece:
    """A drawn widget."""

    id: str
    title: str
    placement: Placement
    html: SafeString


@dataclass(slots=True)
class Block:
    """Pieces that stand together."""

    kind: str
    id: str
    label: Text
    description: Text
    pieces: list[Piece] = field(default_factory=list)

    @property
    def columns(self) -> list[list[Piece]]:
        """The pieces by column; one column where nobody asks for the second."""
        found = [[item for item in self.pieces if item.placement.column == number] for number in (1, 2)]
        return [column for column in found if column]


def laid_out(spot_id: str, pieces: Sequence[Piece]) -> SafeString:
    """The pieces of a spot as their placements say, each group where its first piece stands."""
    if all(item.placement.kind == How.STACK for item in pieces):
        return format_html_join("", "{}", ((item.html,) for item in pieces))
    return render_to_string("extensions/placed.html", {"blocks": blocks_of(spot_id, pieces)})


def blocks_of(spot_id: str, pieces: Sequence[Piece]) -> list[Block]:
    """Pieces that stand together, in the order of their first ones."""
    found: dict[tuple[str, str], Block] = {}
    for item in pieces:
        placement = item.placement
        key = (str(placement.kind), placement.group)
        name = slugify(f"ag {spot_id} {placement.kind} {placement.group}".replace(":", " ").replace(".", " "))
        block = found.setdefault(key, Block(key[0], name, placement.label, placement.description))
        block.pieces.append(item)
    return list(found.values())
