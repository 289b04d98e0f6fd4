"""Actions and filters that modules add to lists and records of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils.functional import Promise

from apps.kernel.commands.declarations import Command
from apps.kernel.extensions.placing import Placing
from apps.kernel.registry.points import ExtensionPoint

Text = str | Promise
Choices = Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class RecordAction:
    """A button on records of the kinds that `entity` (a pattern) names: on the record's page, in rows, on a selection.

    It runs `command(record id, **form fields)` after a question, or leads to `address(ids)`: one of the two. Whoever
    may not run the command does not see it. `confirm`, `done`, `form`, `shown` and `dangerous` are those of a page's
    own buttons; `place` is a wish for a neighbour, by the name of such a button or the id of another action.
    """

    id: str
    entity: str
    label: Text
    command: Command[..., Any] | None = None
    address: Callable[[Sequence[UUID]], str] | None = None
    icon: str = "play_arrow"
    confirm: Text = ""
    done: Text = ""
    form: type[forms.Form] | None = None
    shown: Callable[[Any], bool] | None = None
    on_page: bool = True
    in_row: bool = False
    in_bulk: bool = False
    dangerous: bool = False
    place: Placing | None = None
    priority: int = 0
    features: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its part of an address."""
        return self.id.replace(".", "-").replace("_", "-")


ACTIONS: ExtensionPoint[RecordAction] = ExtensionPoint("record action")


def record_action(declared: RecordAction) -> RecordAction:
    """Register an action. Raises ValueError for one that does neither or both."""
    if (declared.command is None) == (declared.address is None):
        raise ValueError(f"{declared.id} needs either command or address")
    return ACTIONS.add(declared.id, declared)


def actions_on(entity: str) -> list[RecordAction]:
    """Actions on a kind of record that are for the open scope's actor, in their order."""
    return [item for item in ACTIONS.open() if entity and fnmatchcase(entity, item.entity)]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A filter of lists of the kinds that `entity` (a pattern) names.

    `narrow(value)` gives the ids of the records to keep: a query set of one column, which becomes a part of the list's
    own query, or plain ids. It can only take rows away. `choices` are pairs, or a function that looks them up in the
    reader's scope.
    """

    id: str
    entity: str
    title: Text
    choices: Choices | Callable[[], Choices]
    narrow: Callable[[str], models.QuerySet[Any] | Sequence[UUID]]
    priority: int = 0
    features: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """Its name in the address of the list."""
        return self.id.replace(".", "-")

    def offered(self) -> list[tuple[str, str]]:
        """The choices, as the reader reads them."""
        found = self.choices() if callable(self.choices) else self.choices
        return [(value, str(label)) for value, label in found]


FILTERS: ExtensionPoint[ListFilter] = ExtensionPoint("list filter")


def list_filter(declared: ListFilter) -> ListFilter:
    """Register a filter."""
    return FILTERS.add(declared.id, declared)


def filters_on(entity: str) -> list[ListFilter]:
    """Filters of lists of a kind that are for the open scope's actor, in their order."""
    return [item for item in FILTERS.open() if entity and fnmatchcase(entity, item.entity)]
