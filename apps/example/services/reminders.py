"""Reminders: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.example.features import MANAGE_REMINDERS
from apps.example.models import Reminder
from apps.example.services.samples import example_currency
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope

FIELDS = ("title", "currency_id", "is_done")


def _new_reminder(scope: Scope) -> dict[str, Any]:
    return {"title": "Title"}


def _some_reminder(scope: Scope) -> dict[str, Any]:
    return {"reminder_id": create_reminder(**_new_reminder(scope)).pk}


def _changed_reminder(scope: Scope) -> dict[str, Any]:
    return {**_some_reminder(scope), "title": "Title, changed"}


@command("example.reminder.create", feature=MANAGE_REMINDERS, example=_new_reminder)
def create_reminder(
    *,
    title: str,
    currency_id: UUID | None = None,
    is_done: bool = False,
    custom_fields: Mapping[str, Any] | None = None,
) -> Reminder:
    """Add a reminder. Raises InvalidInput."""
    reminder = Reminder(title=title, currency_id=currency_id, is_done=is_done)
    reminder.take(custom_fields)
    _demand_sound(reminder)
    reminder.save(force_insert=True)
    return reminder


@command("example.reminder.update", feature=MANAGE_REMINDERS, example=_changed_reminder)
def update_reminder(
    reminder_id: UUID,
    *,
    title: str | Unchanged = UNCHANGED,
    currency_id: UUID | Unchanged | None = UNCHANGED,
    is_done: bool | Unchanged = UNCHANGED,
    custom_fields: Mapping[str, Any] | None = None,
) -> Reminder:
    """Change what is given. Raises RowNotFound, InvalidInput.

    Custom values are merged; None under a key removes one.
    """
    reminder = load_living(Reminder, reminder_id)
    changed = set_given(reminder, title=title, currency_id=currency_id, is_done=is_done)
    reminder.take(custom_fields)
    _demand_sound(reminder)
    reminder.save(update_fields=[*changed, "version"])
    return reminder


@command("example.reminder.delete", feature=MANAGE_REMINDERS, example=_some_reminder)
def delete_reminder(reminder_id: UUID) -> Reminder:
    """Hide a reminder. Raises RowNotFound, InUse with counts."""
    reminder = load_living(Reminder, reminder_id)
    keep_pointers_out(reminder)
    hide(reminder)
    return reminder


def _currency_example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": example_currency(), "title": "Look at its rate"}


@command(
    "example.currency.remind",
    feature=MANAGE_REMINDERS,
    example=_currency_example,
    resource="currencies.currency",
)
def remind_of_currency(currency_id: UUID, *, title: str) -> Reminder:
    """Add a reminder about a currency: what a button on another module's records runs. Raises InvalidInput."""
    return create_reminder(title=title, currency_id=currency_id)


def _demand_sound(reminder: Reminder) -> None:
    demand_valid(reminder, FIELDS)
    validate_references([reminder])
