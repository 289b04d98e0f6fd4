"""Values in the form in which they are told apart, and the order of a dictionary: pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

USER_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
ORDERS: dict[str, tuple[str, ...]] = {
    "position": ("position", "id"),
    "label_asc": ("label", "id"),
    "label_desc": ("-label", "id"),
    "value_asc": ("normalized_value", "id"),
    "value_desc": ("-normalized_value", "id"),
    "created_asc": ("id",),  # ids grow with time
    "created_desc": ("-id",),
}


def tidy(text: str) -> str:
    """The text without spaces around it, and with single ones inside."""
    return " ".join(text.split())


LONGEST = 450  # letters of a value in the form in which it is compared: some grow when their case is folded


def normalized(value: str) -> str:
    """What tells values apart: neither case, nor spaces, nor the way in which a letter is composed does."""
    return unicodedata.normalize("NFC", tidy(value).casefold())[:LONGEST]


def key_of(name: str, taken: Iterable[str] = ()) -> str:
    """A key for a dictionary of this name, other than those that are taken."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l")).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:90] or "list"
    used, number, key = set(taken), 2, stem
    while key in used:
        key, number = f"{stem}_{number}", number + 1
    return key


def moved(order: Sequence[UUID], entry_id: UUID, *, by: int) -> list[UUID]:
    """The order with one value some places further up (negative) or down, as far as there are places."""
    place = order.index(entry_id)
    rest = [item for item in order if item != entry_id]
    target = min(max(place + by, 0), len(rest))
    return [*rest[:target], entry_id, *rest[target:]]
