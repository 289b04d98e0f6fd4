"""Tabs of records: further pages of a record in the back office, beside its details and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.utils.functional import Promise

from apps.kernel.registry.points import ExtensionPoint

Text = str | Promise


@dataclass(frozen=True, slots=True)
class RecordTab:
    """A link on the pages of records of the kinds that `entity` (a pattern) names.

    `address(record)` is where it leads, "" where the record has no such page.
    """

    id: str
    label: Text
    entity: str
    address: Callable[[Any], str]
    priority: int = 0
    features: tuple[str, ...] = ()


TABS: ExtensionPoint[RecordTab] = ExtensionPoint("record tab")


def record_tab(declared: RecordTab) -> RecordTab:
    """Register a tab."""
    return TABS.add(declared.id, declared)


def tabs_of(record: Any) -> list[tuple[str, Text, str]]:
    """Id, label and address of the record's further tabs that are for the open scope's actor, in their order."""
    entity = str(getattr(record, "entity_id", ""))
    found = [(item, item.address(record)) for item in TABS.open() if entity and fnmatchcase(entity, item.entity)]
    return [(item.id, item.label, address) for item, address in found if address]
