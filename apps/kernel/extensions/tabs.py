"""Tabs of records: further pages of a record in the back office, beside its details and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from django.utils.functional import Promise

from apps.kernel.extensions.asking import said
from apps.kernel.registry.points import ExtensionPoint

Text = str | Promise


@dataclass(frozen=True, slots=True)
class RecordTab:
    """A link on the pages of records of the kinds that `entity` (a pattern) names.

    `address(record)` is where it leads, "" where the record has no such page. One that `leads` stands before the
    record's details: it is where the record is opened. `number(record)` says how much is there, in one query.
    """

    id: str
    label: Text
    entity: str
    address: Callable[[Any], str]
    priority: int = 0
    features: tuple[str, ...] = ()
    leads: bool = False
    number: Callable[[Any], int] | None = None


class ShownTab(NamedTuple):
    """A tab of one record; `number` is None where it has none."""

    id: str
    label: Text
    address: str
    number: int | None = None


TABS: ExtensionPoint[RecordTab] = ExtensionPoint("record tab")


def record_tab(declared: RecordTab) -> RecordTab:
    """Register a tab."""
    return TABS.add(declared.id, declared)


def tabs_of(record: Any, *, leading: bool = False) -> list[ShownTab]:
    """The record's further tabs that are for the open scope's actor, in their order; one that fails is left out.

    `leading` asks for those that stand before the details, in place of those behind them.
    """
    entity = str(getattr(record, "entity_id", ""))
    chosen = (item for item in TABS.open() if item.leads is leading and entity and fnmatchcase(entity, item.entity))
    found = [(item, _address(item, record)) for item in chosen]
    return [_shown(item, record, address) for item, address in found if address]


def _address(item: RecordTab, record: Any) -> str:
    return said(item.id, lambda: item.address(record), otherwise="")


def _shown(item: RecordTab, record: Any, address: str) -> ShownTab:
    count = item.number
    number = None if count is None else said(item.id, lambda: count(record), otherwise=None)
    return ShownTab(item.id, item.label, address, number)
