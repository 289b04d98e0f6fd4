"""What other modules may ask of dictionaries, and how they declare their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry

Text = str | Promise
ENTRY = "dictionaries.entry"  # the target of a ReferenceField
SYSTEM_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_-]*)+")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One value of a dictionary, as records show it.

    `dictionary` is the key. `color` is `#RRGGBB` or "", `icon` the name of a Material symbol or "", `tone` one of
    `neutral`, `info`, `success`, `warning`, `danger`. `is_living` is False for a value that was deleted or merged into
    another one: records that kept its id as it was still show its label.
    """

    id: UUID
    dictionary: str
    value: str
    label: str
    color: str
    icon: str
    tone: str
    is_default: bool
    is_living: bool


class DictionaryBook(Protocol):
    """Dictionaries as the open scope sees them: its own, those of organizations above it, and the tenant's."""

    def entries(self, key: str) -> list[EntryFacts]:
        """Values of a dictionary in its order; none where there is no active dictionary of that key.

        Of several with the same key the nearest counts: the organization's own, else the one next above, else the
        tenant's.
        """
        ...

    def entry(self, entry_id: UUID) -> EntryFacts | None:
        """A value by its id, a deleted one too; None for one that the scope does not see."""
        ...

    def entries_by_id(self, ids: Iterable[UUID]) -> dict[UUID, EntryFacts]:
        """Many values by their ids, in as many queries as one."""
        ...

    def is_there(self, key: str) -> bool:
        """Say whether the scope sees an active dictionary of that key, in whatever organization."""
        ...

    def default(self, key: str) -> EntryFacts | None:
        """The value that new records begin with, None where none is marked."""
        ...


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A value that a module's own dictionary begins with. A translated `label` is taken in the tenant's language."""

    value: str
    label: Text = ""
    color: str = ""
    icon: str = ""
    tone: str = "neutral"
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class SystemDictionary:
    """A dictionary that a module needs: every tenant gets it, and nobody deletes it or switches it off."""

    key: str
    name: Text
    entries: tuple[EntryDraft, ...]
    description: Text = ""
    sort_mode: str = "position"


SYSTEM_DICTIONARIES: Registry[SystemDictionary] = Registry("system dictionary")


def system_dictionary(
    key: str, name: Text, entries: Iterable[EntryDraft] = (), *, description: Text = "", sort_mode: str = "position"
) -> SystemDictionary:
    """Declare a dictionary of the module's own, in one of its declaring files: `sales.order_status`.

    Set-up gives it to every tenant, and to those that are there already at the next set-up; values that a later
    release adds come then too, and those that somebody has deleted do not come back. Raises ValueError for a key that
    does not begin with the module's id and a dot: keys that users choose have no dot, so none of theirs is in the way.
    """
    if not SYSTEM_KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not `<module>.<name>`")
    declared = SystemDictionary(key, name, tuple(entries), description, sort_mode)
    return SYSTEM_DICTIONARIES.add(key, declared)


@dataclass(frozen=True, slots=True)
class EntryMerged:
    """A value was merged into `into_id`, which took its place in `moved` rows."""

    resource_id: UUID
    into_id: UUID
    moved: int


@dataclass(frozen=True, slots=True)
class DictionaryReordered:
    """The values of a dictionary have another order."""

    resource_id: UUID
