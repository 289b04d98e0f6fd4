"""The widgets of a dashboard as it keeps them: pure changes of a list of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict
from uuid import UUID

MOST_ITEMS: Final = 30
LONGEST_TITLE: Final = 80


class Item(TypedDict):
    """One widget on a dashboard. `id` is its own; `title` "" shows the widget's; `settings` those that were made."""

    id: str
    widget: str
    width: str
    title: str
    settings: dict[str, Any]


Items = Sequence[Item]


def found(items: Items, item_id: str) -> Item | None:
    """The item of an id, None where there is none."""
    return next((item for item in items if item["id"] == item_id), None)


def moved(items: Items, item_id: str, *, by: int) -> list[Item]:
    """The items with one of them some places later (earlier where negative), as far as there is place."""
    place = next(number for number, item in enumerate(items) if item["id"] == item_id)
    rest = [item for item in items if item["id"] != item_id]
    target = max(0, min(len(rest), place + by))
    return [*rest[:target], items[place], *rest[target:]]


def ordered(items: Items, ids: Sequence[str]) -> list[Item] | None:
    """The items in the order of the ids; None unless each is named once."""
    by_id = {item["id"]: item for item in items}
    return [by_id[name] for name in ids] if sorted(ids) == sorted(by_id) else None


def without(items: Items, item_id: str) -> list[Item]:
    """The items but one."""
    return [item for item in items if item["id"] != item_id]


def changed(items: Items, item_id: str, changes: Mapping[str, Any]) -> list[Item]:
    """The items, one of them with these changes."""
    return [{**item, **changes} if item["id"] == item_id else item for item in items]  # type: ignore[typeddict-item]


def is_item_id(text: str) -> bool:
    """Say whether the text can be the id of an item."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
