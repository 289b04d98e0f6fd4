"""Buttons that run a command on records: on the record's page, in its row, or on a selection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

from apps.kernel.admin.access import AnyCommand, may_run

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Way:
    """A link as the template of buttons wants it."""

    label: Text
    icon: str
    dangerous: bool = False


def way(label: Text, icon: str, url: str) -> dict[str, Any]:
    """A link to another page among the buttons of a record; see `offered_buttons`."""
    return {"button": Way(label, icon), "url": url}


@dataclass(frozen=True, slots=True)
class RecordCommand:
    """One button. `command(record id, **form fields)` runs when it is pressed and confirmed.

    `name` stands in the address. `confirm` is the question asked before (always asked where `form` wants
    input), `done` what is said afterwards. `shown(record)` decides per record; None shows it everywhere.
    `in_row` and `in_bulk` offer it in the list's rows and for a selection as well; in bulk the command runs
    once for each record.
    """

    name: str
    command: AnyCommand
    label: Text
    icon: str = "play_arrow"
    confirm: Text = ""
    done: Text = ""
    form: type[forms.Form] | None = None
    shown: Callable[[Any], bool] | None = None
    in_row: bool = False
    in_bulk: bool = False
    dangerous: bool = False

    def offered(self, record: Any = None) -> bool:
        """Say whether the actor may press it, on this record where one is given."""
        if not may_run(self.command):
            return False
        return record is None or self.shown is None or self.shown(record)
